"""Home tabs in the books: who has opened theirs, and whose is out of date after a step; on both databases."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.effects import ShowHome
from bot.core.home import HomeTab, Look, Show
from bot.core.people.identity import Person
from bot.store import Store, Transaction
from bot.store.transaction.homes import FOLLOWED, MOST_TOLD
from tests.factories import ANA, BO, CHEN, DIA, a_delegation, a_ruling, a_stage, a_subject, approval
from tests.store.asks import a_stored_request, advancing, at_once, submitting
from tests.store.conftest import Clock

FOR_BO = a_ruling(stages=[a_stage("qa", 1, [BO])])


def opening(person: Person, look: Look | None = None) -> Callable[[Transaction, datetime], None]:
    def opened(tx: Transaction, now: datetime) -> None:
        account = person.slack_id or ""
        tx.homes.put(HomeTab(slack_id=account, person=person, opened_at=now, look=look or Look()))

    return opened


async def told(store: Store, clock: Clock) -> list[str]:
    """Whose Home tab is due to be drawn, a moment later."""
    clock.forward(seconds=2)

    def claim(tx: Transaction, _now: datetime) -> list[str]:
        rows = tx.outbox.claim("slack:home:", (), (), 500, timedelta(hours=1))
        return [row.effect.slack_id for row in rows if isinstance(row.effect, ShowHome)]

    return await store.committer.run(claim)


async def test_what_somebody_looks_at_is_kept(store: Store) -> None:
    look = Look(show=Show.ASKED, page=2, environment="production")
    await store.committer.run(opening(BO, look))

    found = await store.read(lambda snapshot: snapshot.history.home(BO.slack_id or ""))

    assert found is not None
    assert (found.look, found.person) == (look, BO)
    assert await store.read(lambda snapshot: snapshot.history.home("U0NOBODY0")) is None


async def test_a_step_reaches_the_tabs_of_those_it_concerns_alone(store: Store, clock: Clock) -> None:
    await at_once(store, opening(ANA), opening(BO), opening(CHEN))

    request = await a_stored_request(store, ruling=FOR_BO, subject=a_subject(requester=ANA))
    assert sorted(await told(store, clock)) == [ANA.slack_id, BO.slack_id]
    await store.committer.run(advancing(request.id, approval(BO)))

    assert sorted(await told(store, clock)) == []  # both are on their way since the first step


async def test_steps_in_one_group_are_one_row_a_tab(store: Store, clock: Clock) -> None:
    await store.committer.run(opening(BO))

    await at_once(store, *(submitting(ruling=FOR_BO) for _ in range(5)))

    assert await told(store, clock) == [BO.slack_id]
    assert await store.read(lambda snapshot: snapshot.outbox_depth()) == 6  # five cards, one tab


async def test_whom_a_right_is_lent_to_is_told_as_well(store: Store, clock: Clock) -> None:
    lent = a_delegation(giver=BO, receiver=DIA)

    def lend(tx: Transaction, now: datetime) -> None:
        tx.delegations.put(replace(lent, since=now, until=now + timedelta(hours=1)))
        tx.homes.put(HomeTab(slack_id=DIA.slack_id or "", person=DIA, opened_at=now))

    await store.committer.run(lend)
    await a_stored_request(store, ruling=FOR_BO)

    assert await told(store, clock) == [DIA.slack_id]


async def test_where_anybody_may_answer_all_tabs_follow_but_no_more_than_are_bound_to(
    store: Store, clock: Clock
) -> None:
    people = [Person(key=f"p{n}", slack_id=f"U0P{n:06}") for n in range(MOST_TOLD + 5)]
    for person in people:
        clock.forward(seconds=1)
        await store.committer.run(opening(person))

    await a_stored_request(store, ruling=a_ruling())

    assert sorted(await told(store, clock)) == [person.slack_id for person in people[5:]]


async def test_a_tab_that_nobody_has_opened_for_weeks_does_not_follow(store: Store, clock: Clock) -> None:
    await store.committer.run(opening(BO))
    clock.now += FOLLOWED

    await a_stored_request(store, ruling=FOR_BO)

    assert await told(store, clock) == []


@pytest.mark.parametrize("name", ["bo", "bo@acme.test", f"slack:{BO.slack_id}"])
async def test_what_somebody_asked_is_found_by_every_name_they_asked_under(store: Store, name: str) -> None:
    asked = await a_stored_request(store, subject=a_subject(requester=Person(key=name)))
    await a_stored_request(store, subject=a_subject(requester=ANA))

    found = await store.read(lambda snapshot: snapshot.history.asked_by(BO, 10))

    assert [one.id for one in found] == [asked.id]


async def test_lists_begin_where_they_should(store: Store, clock: Clock) -> None:
    first, second, third = [await a_stored_request(store, ruling=FOR_BO) for _ in range(3)]
    for request in (second, first):
        clock.forward(seconds=1)
        await store.committer.run(advancing(request.id, approval(BO)))

    decided = await store.read(lambda snapshot: snapshot.history.decided_last(10))
    waiting = await store.read(lambda snapshot: snapshot.history.open_oldest(10))

    assert [one.id for one in decided] == [first.id, second.id]
    assert [one.id for one in waiting] == [third.id]
