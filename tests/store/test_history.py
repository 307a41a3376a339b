"""What policies count: by the transaction that judges, with what its group has done so far, on both databases."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast

import pytest

from bot.core.judging.budget import Limit
from bot.core.judging.counting import APPROVED, COUNTED, OPEN_IN_LANE, REJECTED, Counts, Uses, Window
from bot.core.request import Subject
from bot.core.ruling import Handling
from bot.store import Store, Transaction
from bot.store.transaction.ground import Ground
from bot.store.transaction.history import History
from tests.factories import NOON, a_cancellation, a_ruling, a_subject, approval, rejection
from tests.store.asks import a_stored_request, advancing, at_once, submitting
from tests.store.conftest import Clock, OpenStore

YES, ASK = Handling.AUTO_APPROVE, Handling.REQUIRE_APPROVAL
GREEN = a_ruling(handling=YES, rule="green", channels=())
SUBJECT = a_subject()
TWO = Window(rule="green", handling=YES, limit=Limit(count=2, per=timedelta(hours=1)))


def counting(subject: Subject = SUBJECT, source: str = "ci") -> Callable[[Transaction, datetime], Counts]:
    return lambda tx, _: tx.history.counts(source, subject, COUNTED)


def used(window: Window = TWO) -> Callable[[Transaction, datetime], Uses]:
    return lambda tx, _: tx.history.uses(window)


async def answered(store: Store, *, yes: int = 0, no: int = 0, subject: Subject = SUBJECT, source: str = "ci") -> None:
    for event in (*[approval()] * yes, *[rejection()] * no):
        request = await a_stored_request(store, subject=subject, source=source)
        await store.committer.run(advancing(request.id, event), (request.id,))


async def test_nothing_was_before_the_beginning(store: Store) -> None:
    assert await store.committer.run(counting()) == Counts()
    assert await store.committer.run(used()) == Uses()


async def test_answers_of_people_to_requests_alike_are_counted_by_what_they_said(store: Store) -> None:
    await answered(store, yes=2, no=1)
    await answered(store, yes=1, subject=a_subject(title="another", lane=None))
    for other in (a_subject(service="x"), a_subject(environment="x"), a_subject(action="x")):
        await answered(store, yes=1, subject=other)
    await answered(store, yes=1, source="cd")
    await a_stored_request(store, ruling=GREEN)

    assert await store.committer.run(counting()) == Counts(approved_last_30d=3, rejected_last_30d=1)


async def test_what_was_left_out_is_alike_what_is_empty(store: Store) -> None:
    await answered(store, yes=1, subject=a_subject(service=None))

    assert (await store.committer.run(counting(a_subject(service="")))).approved_last_30d == 1


async def test_an_answer_counts_for_thirty_days_and_no_longer(store: Store, clock: Clock) -> None:
    await answered(store, yes=1)
    clock.forward(days=30, microseconds=-1)
    just_inside = await store.committer.run(counting())
    clock.forward(microseconds=1)

    assert just_inside.approved_last_30d == 1
    assert await store.committer.run(counting()) == Counts()


async def test_the_age_of_an_answer_is_not_that_of_its_request(store: Store, clock: Clock) -> None:
    request = await a_stored_request(store, ruling=a_ruling(timeout=timedelta(days=40)))
    clock.forward(days=35)
    await store.committer.run(advancing(request.id, approval()), (request.id,))
    clock.forward(days=29)

    assert (await store.committer.run(counting())).approved_last_30d == 1


async def test_open_requests_of_the_lane_are_those_of_this_source_that_have_not_ended(store: Store) -> None:
    first = await a_stored_request(store)
    await a_stored_request(store)
    await a_stored_request(store, subject=a_subject(lane="another"))
    await a_stored_request(store, source="cd")
    await store.committer.run(advancing(first.id, a_cancellation()), (first.id,))

    assert await store.committer.run(counting()) == Counts(open_in_lane=1)
    assert await store.committer.run(counting(a_subject(lane=None))) == Counts()


async def test_a_group_sees_what_its_earlier_use_cases_did(store: Store) -> None:
    one, two = await a_stored_request(store), await a_stored_request(store)

    answers = await at_once(
        store,
        counting(),
        advancing(one.id, approval()),
        counting(),
        submitting(),
        counting(),
        advancing(two.id, rejection()),
        counting(),
        advancing(two.id, approval()),  # too late, and so nothing
        counting(),
    )

    assert [answer for answer in answers if isinstance(answer, Counts)] == [
        Counts(open_in_lane=2),
        Counts(open_in_lane=1, approved_last_30d=1),
        Counts(open_in_lane=2, approved_last_30d=1),
        Counts(open_in_lane=1, approved_last_30d=1, rejected_last_30d=1),
        Counts(open_in_lane=1, approved_last_30d=1, rejected_last_30d=1),
    ]
    assert await store.committer.run(counting()) == answers[-1]


async def test_a_use_case_that_failed_counts_for_nobody(store: Store) -> None:
    def fails(tx: Transaction, now: datetime) -> None:
        submitting(ruling=GREEN)(tx, now)
        assert tx.history.uses(TWO).count == 1
        raise ValueError("no")

    answers = await at_once(store, fails, used())

    assert isinstance(answers[0], ValueError)
    assert answers[1] == Uses()


async def test_uses_of_a_rule_slide_out_of_its_window_one_by_one(store: Store, clock: Clock) -> None:
    await a_stored_request(store, ruling=GREEN)
    second = clock.forward(minutes=10)
    await a_stored_request(store, ruling=GREEN)
    clock.forward(minutes=50, microseconds=-1)
    full = await store.committer.run(used())
    clock.forward(microseconds=1)

    assert full == Uses(count=2, since=NOON)
    assert await store.committer.run(used()) == Uses(count=1, since=second)


async def test_only_the_newest_uses_are_counted_and_the_group_s_own_among_them(store: Store, clock: Clock) -> None:
    await a_stored_request(store, ruling=GREEN)
    second = clock.forward(minutes=1)
    await a_stored_request(store, ruling=GREEN)
    third = clock.forward(minutes=1)

    answers = await at_once(store, submitting(ruling=GREEN), used(), *[submitting(ruling=GREEN)] * 2, used())

    assert answers[1] == Uses(count=2, since=second)
    assert answers[-1] == Uses(count=2, since=third)
    assert await store.committer.run(used()) == Uses(count=2, since=third)


async def test_another_name_or_another_handling_is_another_rule(store: Store) -> None:
    await a_stored_request(store, ruling=a_ruling(handling=YES, rule="Green", channels=()))
    await a_stored_request(store, ruling=a_ruling(rule="green"))

    assert await store.committer.run(used()) == Uses()
    asking = Window(rule="green", handling=ASK, limit=TWO.limit)
    assert await store.committer.run(used(asking)) == Uses(count=1, since=NOON)


async def test_a_request_that_moves_on_counts_once_against_the_rule_that_asked(store: Store, clock: Clock) -> None:
    request = await a_stored_request(store, ruling=a_ruling(rule="green"))
    asking = Window(rule="green", handling=ASK, limit=TWO.limit)
    clock.forward(minutes=1)

    answers = await at_once(store, advancing(request.id, approval()), used(asking))

    assert answers[-1] == await store.committer.run(used(asking)) == Uses(count=1, since=NOON)


async def test_what_was_counted_is_counted_again_after_a_restart(open_store: OpenStore, clock: Clock) -> None:
    store = await open_store("one")
    await answered(store, yes=1)
    await a_stored_request(store, ruling=GREEN)
    await store.close()
    clock.forward(minutes=1)

    again = await open_store("one")

    assert (await again.committer.run(counting())).approved_last_30d == 1
    assert await again.committer.run(used()) == Uses(count=1, since=NOON)


class Untouchable:
    """A ground that nobody may stand on."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"the database was asked although nobody reads it: {name}")


def test_what_no_policy_reads_is_not_counted() -> None:
    history = History(cast("Ground", Untouchable()))

    assert history.counts("ci", SUBJECT, frozenset()) == Counts()
    assert history.counts("ci", a_subject(lane=None), {OPEN_IN_LANE}) == Counts()
    for name in (APPROVED, REJECTED, OPEN_IN_LANE):
        with pytest.raises(AssertionError, match="nobody reads it"):
            history.counts("ci", SUBJECT, {name})
