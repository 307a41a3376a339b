"""A shared card stands where whoever leads is shown, in every channel of it and in no other; on both databases."""

from dataclasses import replace
from datetime import timedelta

from bot.core.request import ApprovalRequest
from bot.store import Store, verify_audit
from bot.usecases.desk import Desk
from bot.usecases.escalate import Call, call_more
from bot.usecases.ring import Sweeper
from tests.factories import BO, CHEN, DIA, EVE, GUS, NOON, a_ruling, a_stage, a_step, an_actor
from tests.store.conftest import Clock
from tests.store.owner import owner_of
from tests.store.sharing import answer, ask, click_on, leaders, request_of, standing
from tests.store.test_presence import everybody_goes

MINUTE = timedelta(minutes=1)
CLIMBING = a_ruling(stages=[a_stage("qa", 1, [BO, CHEN], escalate=(a_step(15),))], group_within=5 * MINUTE)


async def two(store: Store, clock: Clock) -> tuple[ApprovalRequest, ApprovalRequest]:
    """Return one with a card, and one that came four minutes later and shares it."""
    first = await ask(store, CLIMBING)
    clock.forward(minutes=4)
    second = await ask(store, CLIMBING)
    assert await leaders(store, first, second) == [None, 0]
    return first, second


def asked_for(url: str, request: ApprovalRequest, kind: str = "show_card") -> list[str]:
    """Return the channels in which the card of *request*, or a line below it, was asked for, as often as it was."""
    with owner_of(url) as run:
        rows = run("SELECT destination FROM outbox WHERE kind = ? AND request_id = ? ORDER BY id", kind, request.id)
    return [where.removeprefix("slack:") for (where,) in rows]


async def test_whoever_leaves_is_taken_off_the_card_wherever_that_stands(store: Store, clock: Clock, url: str) -> None:
    first, second = await two(store, clock)
    clock.now = NOON + 16 * MINUTE
    await Sweeper(Desk(store)).sweep()
    assert [(await request_of(store, one)).channels for one in (first, second)] == [
        ("#approvals", "#incidents"),
        ("#approvals",),
    ]
    before = asked_for(url, first)

    await answer(store, click_on(second, named=None))

    assert sorted(asked_for(url, first)[len(before) :]) == ["#approvals", "#incidents"]


async def test_who_follows_and_asks_others_at_once_brings_its_leaders_card_nowhere_else(store: Store, url: str) -> None:
    """That somebody went is noticed when the second is made, of the first in a moment: then it goes there itself."""
    first = await ask(store, CLIMBING)
    await everybody_goes(store)
    second = await ask(store, CLIMBING)

    assert [(await request_of(store, one)).steps for one in (first, second)] == [0, 1]
    assert await leaders(store, first, second) == [None, 0]
    assert set(asked_for(url, first)) == {"#approvals"}
    assert (await store.read(verify_audit)).ok


async def test_whoever_is_escalated_by_hand_while_it_follows_goes_on_alone_and_calls_them(
    store: Store, clock: Clock, url: str
) -> None:
    first, second = await two(store, clock)

    await store.committer.run(lambda tx, now: call_more(tx, Call(request_id=second.id, by=an_actor(BO)), now))

    assert await leaders(store, first, second) == [None, None]
    assert set(asked_for(url, second)) == {"#approvals", "#incidents"}
    assert asked_for(url, second, "tell_thread") == ["#approvals", "#incidents"]
    assert set(asked_for(url, first)) == {"#approvals"}
    assert (await store.read(verify_audit)).ok


async def test_whoever_leads_and_is_escalated_by_hand_keeps_the_card(store: Store, clock: Clock, url: str) -> None:
    first, second = await two(store, clock)

    await store.committer.run(lambda tx, now: call_more(tx, Call(request_id=first.id, by=an_actor(BO)), now))

    assert await leaders(store, first, second) == [None, 0]
    assert asked_for(url, first, "tell_thread") == ["#approvals", "#incidents"]
    assert replace(await request_of(store, second), leader=None) == replace(second, leader=None)


def on_the_card(request: ApprovalRequest, step: int = 0) -> Call:
    return Call(request_id=request.id, by=replace(an_actor(CHEN), channel="C0APPROVE"), revision=1, stage=0, step=step)


async def test_whoever_escalates_by_a_shared_card_calls_for_everybody_on_it(
    store: Store, clock: Clock, url: str
) -> None:
    first, second = await two(store, clock)

    await store.committer.run(lambda tx, now: call_more(tx, on_the_card(first), now))

    assert await leaders(store, first, second) == [None, 0]
    for one in (first, second):
        now = await request_of(store, one)
        assert (now.steps, now.called, now.channels) == (1, (DIA,), ("#approvals", "#incidents"))
    assert asked_for(url, first, "tell_thread") == ["#approvals", "#incidents"]
    assert asked_for(url, second, "tell_thread") == []
    assert (await store.read(verify_audit)).ok


async def test_whom_a_shared_card_called_answers_for_everybody_on_it(store: Store, clock: Clock) -> None:
    first, second = await two(store, clock)
    await store.committer.run(lambda tx, now: call_more(tx, on_the_card(first), now))

    await answer(store, click_on(first, [second], by=an_actor(DIA)))

    assert await standing(store, first, second) == ["approved", "approved"]
    assert (await store.read(verify_audit)).ok


async def test_one_whose_own_time_lags_behind_catches_up_with_its_card(store: Store, clock: Clock) -> None:
    steps = (a_step(15), a_step(17, [EVE]), a_step(40, [GUS]))
    ruling = replace(CLIMBING, stages=(replace(CLIMBING.stages[0], escalate=steps),))
    first = await ask(store, ruling)
    clock.forward(minutes=4)
    second = await ask(store, ruling)
    clock.now = NOON + 16 * MINUTE
    await Sweeper(Desk(store)).sweep()
    assert [(await request_of(store, one)).steps for one in (first, second)] == [1, 0]

    await store.committer.run(lambda tx, now: call_more(tx, on_the_card(first, step=1), now))

    assert [(await request_of(store, one)).steps for one in (first, second)] == [2, 2]
    assert [(await request_of(store, one)).called for one in (first, second)] == [(DIA, EVE), (DIA, EVE)]
    assert await leaders(store, first, second) == [None, 0]
    assert (await store.read(verify_audit)).ok
