"""One click on a card that several share is one answer: all of it is written or nothing, and it is taken once."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from bot.core.effects import Effect, ShowCard
from bot.core.errors import Refusal, Refused
from bot.core.people.identity import Actor
from bot.core.request import ApprovalRequest
from bot.core.ruling import Verdict
from bot.core.stamp import Stamp
from bot.store import OutboxRow, Store, Transaction, verify_audit
from bot.usecases.desk import Desk
from bot.usecases.review import MandatesWanted
from bot.usecases.ring import Sweeper
from tests.factories import BO, DIA, GUS, NOON, a_cancellation, a_mandate, a_ruling, a_stage, a_step, an_actor
from tests.store.asks import advancing
from tests.store.conftest import Clock
from tests.store.sharing import answer, ask, click_on, leaders, request_of, standing
from tests.store.test_delegations import giving

MINUTE = timedelta(minutes=1)
CLIMBING = a_ruling(
    stages=[a_stage("qa", 1, [BO, DIA], escalate=(a_step(15, to=[GUS], channel=None),))], group_within=5 * MINUTE
)

TWO_VOICES = replace(CLIMBING, stages=(replace(CLIMBING.stages[0], quorum=2, reject_quorum=2),))


async def answered_otherwise(store: Store, clock: Clock) -> list[ApprovalRequest]:
    """Return three of one card, of which the last has heard Dia once, and the others Gus and Dia.

    Gus answers in his own name where he was called, and in Dia's where he was not; her no takes that one back.
    """
    made = [await ask(store, TWO_VOICES)]
    for minutes in (1, 3):
        clock.forward(minutes=minutes)
        made.append(await ask(store, TWO_VOICES))
    await store.committer.run(giving())
    clock.now = NOON + 17 * MINUTE
    await Sweeper(Desk(store)).sweep()
    assert [(await request_of(store, one)).steps for one in made] == [1, 1, 0]
    lent = await store.read(lambda snapshot: snapshot.delegations_to(GUS.slack_id or ""))
    mandates = tuple(replace(a_mandate(), delegation=one) for one in lent)
    await answer(store, replace(click_on(made[0], made[1:], by=gus()), mandates=mandates))
    assert await leaders(store, *made) == [None, 0, 0]
    clock.forward(seconds=30)
    await answer(store, click_on(made[0], made[1:], Verdict.REJECT, by=an_actor(DIA)))
    return made


async def escalated_and_not(store: Store, clock: Clock) -> tuple[ApprovalRequest, ApprovalRequest]:
    """Return one that has called Gus, and one on its card that has not; Dia has lent Gus her right."""
    first = await ask(store, CLIMBING)
    clock.forward(minutes=4)
    second = await ask(store, CLIMBING)
    await store.committer.run(giving())
    clock.now = NOON + 16 * MINUTE
    await Sweeper(Desk(store)).sweep()
    assert [(await request_of(store, one)).steps for one in (first, second)] == [1, 0]
    assert await leaders(store, first, second) == [None, 0]
    return first, second


def gus() -> Actor:
    return an_actor(GUS)


async def test_the_message_of_a_click_is_remembered_once_and_worth_nothing_again(store: Store) -> None:
    made = [await ask(store, CLIMBING) for _ in range(3)]
    click = replace(click_on(made[0], made[1:]), replay_key=Stamp("v0=abc"))
    await answer(store, click)
    assert await standing(store, *made) == ["approved"] * 3
    another = await ask(store, CLIMBING)

    with pytest.raises(Refused) as refused:
        await answer(store, replace(click_on(another), replay_key=Stamp("v0=abc")))

    assert refused.value.code is Refusal.REPLAYED
    assert await standing(store, another) == ["pending"]


async def test_while_others_must_be_looked_up_for_one_of_them_nobody_is_answered(store: Store, clock: Clock) -> None:
    """Gus answers the first in his own name, and the second only in Dia's: it takes another try, with all of it."""
    first, second = await escalated_and_not(store, clock)
    click = replace(click_on(first, [second], by=gus()), replay_key=Stamp("v0=abc"))

    with pytest.raises(MandatesWanted):
        await answer(store, click)

    assert await standing(store, first, second) == ["pending", "pending"]
    assert [(await request_of(store, one)).reviews for one in (first, second)] == [(), ()]
    lent = await store.read(lambda snapshot: snapshot.delegations_to("U0GUS0000"))
    await answer(store, replace(click, mandates=tuple(replace(a_mandate(), delegation=one) for one in lent)))
    assert await standing(store, first, second) == ["approved", "approved"]
    (own,), (lent_to,) = [(await request_of(store, one)).reviews for one in (first, second)]
    assert (own.on_behalf_of, lent_to.on_behalf_of) == (None, DIA)


async def test_a_delegation_that_ended_between_the_two_tries_leaves_that_one_out(store: Store, clock: Clock) -> None:
    first, second = await escalated_and_not(store, clock)

    await answer(store, replace(click_on(first, [second], by=gus()), mandates=()))

    assert await standing(store, first, second) == ["approved", "pending"]
    assert await leaders(store, first, second) == [None, None]


async def test_the_card_says_the_earliest_end_of_all_whom_it_shows(store: Store, clock: Clock) -> None:
    """Whoever reads it has at least as long for each of the others, whoever leads."""
    made = list[ApprovalRequest]()
    for _ in range(3):
        made.append(await ask(store, CLIMBING))
        clock.forward(minutes=1)
    ends = [one.deadline for one in made]
    assert ends == [NOON + timedelta(hours=1) + n * MINUTE for n in range(3)]

    await answer(store, click_on(made[0], None))

    assert await leaders(store, *made) == [None, None, 1]


async def test_whom_one_answer_brought_elsewhere_has_a_card_of_its_own(store: Store, clock: Clock) -> None:
    made = await answered_otherwise(store, clock)
    assert await leaders(store, *made) == [None, 0, None]
    assert ShowCard(request=made[2].id, channel="#approvals") in await effects_of(store)

    await answer(store, click_on(made[0], made[1:2]))

    assert await standing(store, *made) == ["approved", "approved", "pending"]
    verdict = await store.read(verify_audit)
    assert verdict.ok, verdict.why


async def test_nobody_is_put_behind_a_card_that_was_answered_otherwise(store: Store, clock: Clock) -> None:
    made = await answered_otherwise(store, clock)

    await store.committer.run(advancing(made[0].id, a_cancellation()), [made[0].id])

    assert await leaders(store, *made) == [None, None, None]
    verdict = await store.read(verify_audit)
    assert verdict.ok, verdict.why


async def effects_of(store: Store) -> list[Effect]:
    """Return what waits to be shown; of one channel one thing after the other."""
    found = list[Effect]()

    while rows := await store.committer.run(lambda tx, _: tx.outbox.claim("slack:", (), (), 100, MINUTE)):
        found += [row.effect for row in rows]
        await store.committer.run(partial(settle, rows))
    return found


def settle(rows: Sequence[OutboxRow], tx: Transaction, _now: datetime) -> None:
    assert all(tx.outbox.done(row.id) for row in rows)
