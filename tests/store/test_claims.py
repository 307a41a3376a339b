"""Somebody is looking, on both databases: nobody is reminded meanwhile, and all else comes in its time."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from bot.core.effects import Whisper
from bot.core.errors import Refusal, Refused
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Actor, Via
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Ruling, Verdict
from bot.core.stamp import Stamp
from bot.store import Store, verify_audit
from bot.store.codec import draw_json, read_request
from bot.usecases.claim import Claiming, claim
from bot.usecases.desk import Desk
from bot.usecases.needing import MembershipNeeded
from bot.usecases.ring import Sweeper
from tests.factories import BO, CHEN, EVE, GUS, NOON, a_group, a_request, a_ruling, a_stage, a_step, an_actor
from tests.store.asks import a_stored_request
from tests.store.conftest import Clock
from tests.store.sharing import answer, ask, click_on, leaders, request_of, standing

MINUTE = timedelta(minutes=1)
STAGE = a_stage("qa", 1, [BO, CHEN], mention=(BO,), remind_after=10 * MINUTE, escalate=(a_step(15),))
RULING = a_ruling(stages=[STAGE])
SHARED = a_ruling(stages=[STAGE], group_within=5 * MINUTE)


async def look(store: Store, request: ApprovalRequest, by: Actor | None = None, revision: int | None = 1) -> Outcome:
    stage = None if revision is None else request.stage
    looking = Claiming(request_id=request.id, by=by or an_actor(BO), revision=revision, stage=stage)
    outcome = await store.committer.run(lambda tx, now: claim(tx, looking, now), [request.id])
    assert isinstance(outcome, Outcome)
    return outcome


async def events_of(store: Store, request: ApprovalRequest) -> list[str]:
    return [row.event for row in await store.read(lambda snapshot: snapshot.events(request.id))]


async def whispered(store: Store) -> list[str]:
    rows = await store.committer.run(lambda tx, _: tx.outbox.claim("slack:", (), (), 100, timedelta(hours=1)))
    return [row.effect.text for row in rows if isinstance(row.effect, Whisper)]


async def require_true(store: Store) -> None:
    verdict = await store.read(verify_audit)
    assert verdict.ok, verdict.why


async def three(store: Store, ruling: Ruling = SHARED) -> list[ApprovalRequest]:
    return [await ask(store, ruling) for _ in range(3)]


async def test_the_clock_waits_for_whoever_looks_with_reminders_and_with_nothing_else(
    store: Store, clock: Clock
) -> None:
    request = await a_stored_request(store, ruling=RULING)
    clock.now = NOON + 8 * MINUTE
    await look(store, request)
    sweeper, seen = Sweeper(Desk(store)), list[tuple[float, int, int]]()
    for minute in (10, 15, 22.9, 23, 29, 30, 59):
        clock.now = NOON + minute * MINUTE
        await sweeper.sweep()
        now = await request_of(store, request)
        seen.append((minute, now.reminders, now.steps))

    assert seen == [(10, 0, 0), (15, 0, 1), (22.9, 0, 1), (23, 1, 1), (29, 1, 1), (30, 2, 1), (59, 2, 1)]
    clock.now = NOON + 60 * MINUTE
    await sweeper.sweep()
    assert (await request_of(store, request)).state is State.EXPIRED
    await require_true(store)


async def test_after_a_look_the_moment_of_what_comes_next_is_the_end_of_it(store: Store, clock: Clock) -> None:
    request = await a_stored_request(store, ruling=a_ruling(stages=[replace(STAGE, escalate=())]))
    assert await store.read(lambda snapshot: snapshot.next_wake()) == NOON + 10 * MINUTE
    clock.now = NOON + 2 * MINUTE

    await look(store, request, revision=None)

    assert await store.read(lambda snapshot: snapshot.next_wake()) == NOON + 17 * MINUTE
    claim_of = (await request_of(store, request)).claim
    assert claim_of is not None
    assert (claim_of.by.name, claim_of.until) == ("bo", NOON + 17 * MINUTE)


async def test_one_click_is_worth_one_look(store: Store) -> None:
    request = await a_stored_request(store, ruling=RULING)
    claiming = Claiming(request_id=request.id, by=an_actor(BO), replay_key=Stamp("v0=abc"))
    await store.committer.run(lambda tx, now: claim(tx, claiming, now))

    with pytest.raises(Refused) as refused:
        await store.committer.run(lambda tx, now: claim(tx, claiming, now))

    assert refused.value.code is Refusal.REPLAYED
    assert Counter(await events_of(store, request))["request.claimed"] == 1


async def test_whoever_may_be_in_a_live_group_is_looked_up_first_and_nothing_is_written(store: Store) -> None:
    live = a_ruling(stages=[a_stage("qa", 1, [], groups=(a_group(),))])
    request = await a_stored_request(store, ruling=live)
    claiming = Claiming(request_id=request.id, by=an_actor(BO), replay_key=Stamp("v0=abc"))

    found = await store.committer.run(lambda tx, now: claim(tx, claiming, now))

    assert found == MembershipNeeded(request=request, groups=(a_group(),))
    assert await events_of(store, request) == ["request.submitted"]


async def test_a_refusal_is_written_down_once(store: Store) -> None:
    request = await a_stored_request(store, ruling=RULING)

    with pytest.raises(Refused):
        await look(store, request, by=an_actor(GUS))

    rows = await store.read(lambda snapshot: snapshot.events(request.id))
    (refused,) = [row.entry["detail"] for row in rows if row.event == "request.refused"]
    assert (refused["attempted"], refused["code"]) == ("claim", "not_eligible")
    await require_true(store)


async def test_a_request_of_before_there_were_looks_is_read_as_one_that_nobody_looks_at() -> None:
    document = orjson.loads(draw_json(a_request()))
    del document["claim"], document["ruling"]["claim_for"]

    read = read_request(orjson.dumps(document))

    assert (read.claim, read.ruling.claim_for) == (None, 15 * MINUTE)


async def test_whoever_looks_at_a_shared_card_looks_at_all_that_stand_on_it(store: Store, clock: Clock) -> None:
    made = await three(store)
    clock.now = NOON + 8 * MINUTE

    await look(store, made[0])

    claims = {(await request_of(store, one)).claim for one in made}
    assert len(claims) == 1
    assert None not in claims
    assert await leaders(store, *made) == [None, 0, 0]
    clock.now = NOON + 22 * MINUTE
    await Sweeper(Desk(store)).sweep()
    after = [await request_of(store, one) for one in made]
    assert [(one.reminders, one.steps) for one in after] == [(0, 1)] * 3
    clock.now = NOON + 23 * MINUTE
    await Sweeper(Desk(store)).sweep()
    assert [(await request_of(store, one)).reminders for one in made] == [1, 1, 1]
    await answer(store, click_on(made[0], made[1:], Verdict.APPROVE))
    assert await standing(store, *made) == ["approved"] * 3
    await require_true(store)


@pytest.mark.parametrize(("which", "left"), [(0, [None, 0, 0]), (2, [None, 0, None])])
async def test_by_number_the_first_means_the_card_and_another_gets_one_of_its_own(
    store: Store, which: int, left: list[int | None]
) -> None:
    made = await three(store)

    await look(store, made[which], revision=None)

    assert await leaders(store, *made) == left
    looked_at = [(await request_of(store, one)).claim is not None for one in made]
    assert looked_at == ([True] * 3 if which == 0 else [False, False, True])
    await require_true(store)


async def test_whoever_comes_after_one_that_got_a_card_of_its_own_stands_on_that(store: Store) -> None:
    first, second = await ask(store, SHARED), await ask(store, SHARED)
    await look(store, second, revision=None)

    third = await ask(store, SHARED)
    fourth = await ask(store, SHARED)

    made = (first, second, third, fourth)
    followed = [one for one in await leaders(store, *made) if one is not None]
    assert await events_of(store, second) == ["request.submitted", "request.claimed", "request.regrouped"]
    assert len(followed) == 2
    await require_true(store)
    await look(store, fourth, revision=None)
    await require_true(store)


async def test_for_whom_one_may_not_look_on_a_shared_card_nothing_changes_and_one_is_told(
    store: Store, clock: Clock
) -> None:
    """Eve was called by an escalation, which the others have not come to yet."""
    called = replace(STAGE, escalate=(a_step(15, to=[EVE], channel=None),))
    ruling = replace(SHARED, stages=(called,))
    made = [await ask(store, ruling)]
    clock.forward(minutes=4)
    made += [await ask(store, ruling), await ask(store, ruling)]
    clock.now = NOON + 16 * MINUTE
    await Sweeper(Desk(store)).sweep()
    assert await leaders(store, *made) == [None, 0, 0]
    by = replace(an_actor(EVE), via=Via.SLACK_BUTTON, channel="C0APPROVE")

    await look(store, made[0], by=by)

    assert [(await request_of(store, one)).claim is not None for one in made] == [True, False, False]
    assert await leaders(store, *made) == [None, 0, 0]
    assert [(await events_of(store, one)).count("request.refused") for one in made] == [0, 1, 1]
    (told,) = await whispered(store)
    assert told.startswith("Reminders go on for some of those that share the card of #1. #2: You aren't an approver")
    await require_true(store)


async def test_whoever_comes_onto_a_card_that_is_looked_at_joins_it(store: Store, clock: Clock) -> None:
    first = await ask(store, SHARED)
    await look(store, first)
    clock.forward(minutes=1)

    second = await ask(store, SHARED)

    assert await leaders(store, first, second) == [None, 0]
    await require_true(store)
