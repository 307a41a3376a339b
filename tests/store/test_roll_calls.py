"""Live groups that hold too few, on both databases: looked up when they are asked, and every minute from then on."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.core.judging.freeze_windows import never_frozen
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Person
from bot.core.people.membership import Crowd, GroupKind, LiveGroup, Roll, Rolls
from bot.core.request import ApprovalRequest, RequestId
from bot.core.ruling import Ruling, Verdict
from bot.store import Store, Transaction
from bot.usecases.ask_back import Answer, Question, answer, ask_back
from bot.usecases.desk import Desk
from bot.usecases.muster import Musterer, ask_others
from bot.usecases.review import Click, review
from bot.usecases.ring import Sweeper
from bot.usecases.roll_call import RollCaller
from tests.factories import (
    ANA,
    BO,
    CHEN,
    DIA,
    EVE,
    GUS,
    HOUR,
    NOON,
    a_group,
    a_ruling,
    a_stage,
    a_step,
    an_actor,
    in_group,
)
from tests.store.asks import submitting
from tests.store.conftest import Clock, OpenStore
from tests.store.failing import failing_for
from tests.store.owner import owner_of
from tests.store.test_presence import STEPPED_OR_WRITTEN, everybody_goes, is_whole, steps_of
from tests.store.test_ringing import request_of

MINUTE = timedelta(minutes=1)
RELEASE = a_group()
ROTA = a_group("on-call", GroupKind.CALENDAR, fallback=[GUS])


@dataclass
class World:
    """Who is in which group by now, as Slack and the calendars say; who is not known here, nobody can tell."""

    clock: Clock
    groups: dict[LiveGroup, tuple[Person, ...]] = field(default_factory=dict[LiveGroup, tuple[Person, ...]])
    looks: int = 0

    async def look(self, groups: Iterable[LiveGroup]) -> Rolls:
        self.looks += 1
        return {group: self._roll(group) for group in groups}

    def _roll(self, group: LiveGroup) -> Roll:
        people = self.groups.get(group)
        trouble = "Slack: ratelimited" if people is None else None
        return Roll(people=people or (), read_at=self.clock(), trouble=trouble)


@pytest.fixture
def world(clock: Clock) -> World:
    return World(clock, {RELEASE: (BO, CHEN), ROTA: (DIA,)})


def a_rule(*groups: LiveGroup, quorum: int = 2, steps: tuple[object, ...] | None = None) -> Ruling:
    escalate = (a_step(15, to=[DIA], channel=None),) if steps is None else steps
    stage = a_stage("release", quorum, [], groups=groups or (RELEASE,), escalate=escalate)
    return replace(a_ruling(stages=[stage], timeout=3 * HOUR), fallback=Crowd(people=(EVE,)))


async def asked(store: Store, ruling: Ruling | None = None) -> ApprovalRequest:
    """Make a request, and look for who is there, as submitting does."""
    make = submitting(ruling=ruling or a_rule())

    def submit(tx: Transaction, now: datetime) -> Outcome:
        outcome = make(tx, now)
        ask_others(tx, outcome.request, now)
        return outcome

    return (await store.committer.run(submit)).request


async def call(store: Store, world: World) -> None:
    await RollCaller(Desk(store), world.look).call()


async def is_waited_for(store: Store, request: ApprovalRequest) -> bool:
    """Tell whether a look is still ahead."""
    found = await store.read(lambda snapshot: snapshot.musters.roll_calls(9, NOON + 99 * HOUR))
    return request.id in found


async def test_a_group_that_holds_too_few_brings_the_next_step_at_once_and_once(store: Store, world: World) -> None:
    world.groups[RELEASE] = (BO,)
    request = await asked(store)

    for _ in range(3):
        await call(store, world)

    assert await steps_of(store, request) == (1, 1)
    assert (await request_of(store, request.id)).called == (DIA,)
    await is_whole(store)


async def test_a_group_that_holds_enough_is_looked_at_every_minute_until_it_does_not(
    store: Store, world: World, clock: Clock
) -> None:
    request = await asked(store)
    await call(store, world)
    await call(store, world)
    assert (await steps_of(store, request), world.looks) == ((0, 0), 1)

    world.groups[RELEASE] = (CHEN, ANA)
    clock.now += MINUTE
    await call(store, world)

    assert await steps_of(store, request) == (1, 1)
    await is_whole(store)


async def test_step_after_step_and_then_the_fallback_and_then_nothing_more(
    store: Store, world: World, clock: Clock
) -> None:
    world.groups[RELEASE] = ()
    steps = (a_step(15, to=[], groups=[ROTA], channel=None), a_step(30, to=[GUS], channel=None))
    request = await asked(store, a_rule(quorum=4, steps=steps))

    await call(store, world)

    now = await request_of(store, request.id)
    assert (await steps_of(store, request), now.called, now.called_groups) == ((2, 3), (GUS, EVE), (ROTA,))
    assert not await is_waited_for(store, request)
    clock.now += MINUTE
    await call(store, world)
    assert (await steps_of(store, request))[1] == 3
    await is_whole(store)


async def test_where_nobody_can_tell_nothing_is_brought_forward_and_it_is_looked_up_again(
    store: Store, world: World, clock: Clock
) -> None:
    del world.groups[RELEASE]
    request = await asked(store)
    await call(store, world)
    assert await steps_of(store, request) == (0, 0)

    world.groups[RELEASE] = (BO,)
    clock.now += MINUTE / 3
    await call(store, world)

    assert await steps_of(store, request) == (1, 1)


async def test_a_look_that_a_crash_left_is_carried_out_by_the_next_life(open_store: OpenStore, world: World) -> None:
    world.groups[RELEASE] = ()
    store = await open_store()
    request = await asked(store)
    await store.close()

    woken = await open_store()
    await call(woken, world)
    await call(woken, world)

    assert await steps_of(woken, request) == (1, 2), "the step, and then the fallback"
    await is_whole(woken)


@pytest.mark.postgres
async def test_two_replicas_take_each_step_once(open_store: OpenStore, world: World) -> None:
    one, two = await open_store("one"), await open_store("two")
    world.groups[RELEASE] = (BO,)
    requests = [await asked(one) for _ in range(20)]

    await asyncio.gather(*(call(store, world) for store in (one, two, one, two)))

    assert {await steps_of(two, request) for request in requests} == {(1, 1)}
    await is_whole(one)


async def test_what_was_found_before_somebody_else_acted_is_counted_anew(store: Store, world: World) -> None:
    """Both have looked; the second finds that the first has called enough."""
    world.groups[RELEASE] = (BO,)
    request = await asked(store)
    gate, looked = asyncio.Event(), asyncio.Event()

    async def slowly(groups: Iterable[LiveGroup]) -> Rolls:
        found = await world.look(groups)
        looked.set()
        await gate.wait()
        return found

    late = asyncio.create_task(RollCaller(Desk(store), slowly).call())
    await looked.wait()
    await call(store, world)
    gate.set()
    await late

    assert await steps_of(store, request) == (1, 1)


async def test_a_new_stage_and_an_escalation_are_looked_at(store: Store, world: World, clock: Clock) -> None:
    world.groups[RELEASE] = ()
    first = a_stage("first", 1, [GUS], escalate=(a_step(15, to=[], groups=[RELEASE], channel=None),))
    chain = replace(a_rule(), stages=(first, *a_rule().stages))
    request = await asked(store, chain)
    assert not await is_waited_for(store, request)

    clock.now += 15 * MINUTE
    await Sweeper(Desk(store)).sweep()
    assert await is_waited_for(store, request)
    click = Click(request_id=request.id, verdict=Verdict.APPROVE, by=an_actor(GUS))
    await store.committer.run(lambda tx, now: review(tx, click, never_frozen, now))
    await call(store, world)

    now = await request_of(store, request.id)
    assert (now.stage, now.steps, now.called) == (1, 1, (DIA, EVE))
    await is_whole(store)


async def test_whoever_is_in_it_and_goes_is_missed_at_once(store: Store, world: World) -> None:
    request = await asked(store)
    await call(store, world)

    await everybody_goes(store, CHEN)
    await Musterer(Desk(store)).look()
    await call(store, world)

    assert await steps_of(store, request) == (1, 1)
    assert (await request_of(store, request.id)).deserted == (CHEN,)
    await is_whole(store)


async def test_a_question_stops_it_and_its_answer_looks_again(store: Store, world: World) -> None:
    world.groups[RELEASE] = ()
    request = await asked(store)
    question = Question(request_id=request.id, by=in_group(BO, RELEASE), text="Which customers?")
    await store.committer.run(lambda tx, now: ask_back(tx, question, now))
    await call(store, world)
    assert await steps_of(store, request) == (0, 0)
    assert not await is_waited_for(store, request)

    said = Answer(request_id=request.id, by=an_actor(ANA), text="None.")
    await store.committer.run(lambda tx, now: answer(tx, said, now))
    await call(store, world)

    assert (await steps_of(store, request))[0] == 1


async def test_at_its_deadline_a_request_only_ends(store: Store, world: World, clock: Clock) -> None:
    world.groups[RELEASE] = ()
    request = await asked(store)
    clock.now += 3 * HOUR

    await call(store, world)

    assert await steps_of(store, request) == (0, 0)


async def test_one_that_cannot_be_read_stops_no_other(store: Store, world: World, url: str) -> None:
    world.groups[RELEASE] = (BO,)
    broken, request = await asked(store), await asked(store)
    with owner_of(url) as run:
        run("UPDATE requests SET document = ? WHERE id = ?", '{"state": "perhaps"}', broken.id)

    with capture_logs() as log:
        await call(store, world)
        await call(store, world)

    assert [(one["event"], one["request"]) for one in log] == [("presence.request_stuck", broken.id)]
    assert await steps_of(store, request) == (1, 1)


@pytest.mark.parametrize("place", STEPPED_OR_WRITTEN)
async def test_whatever_one_raises_when_stepped_or_written_stops_no_other_and_is_tried_again(
    store: Store, world: World, clock: Clock, place: str
) -> None:
    world.groups[RELEASE] = (BO,)
    requests = [await asked(store) for _ in range(3)]

    with failing_for(requests[1].id, place), capture_logs() as log:
        await RollCaller(Desk(store), world.look).call()

    assert [await steps_of(store, request) for request in requests] == [(1, 1), (0, 0), (1, 1)]
    assert {(one["event"], one["request"]) for one in log} == {("presence.request_stuck", requests[1].id)}
    clock.forward(minutes=1)
    await RollCaller(Desk(store), world.look).call()
    assert await steps_of(store, requests[1]) == (1, 1)
    await is_whole(store)


async def test_a_look_for_what_has_ended_is_dropped(store: Store, world: World) -> None:
    request = await asked(store, a_rule(quorum=1))
    click = Click(request_id=request.id, verdict=Verdict.APPROVE, by=in_group(BO, RELEASE))
    await store.committer.run(lambda tx, now: review(tx, click, never_frozen, now))

    await call(store, world)

    assert not await is_waited_for(store, request)


async def test_the_last_word_counts_within_one_group(store: Store) -> None:
    some = RequestId("019a0000-0000-7000-8000-000000000009")

    def look(tx: Transaction, now: datetime) -> list[bool]:
        found = [tx.roll_calls.is_due(some)]
        tx.roll_calls.put(some, now)
        found.append(tx.roll_calls.is_due(some))
        tx.roll_calls.put(some, now + MINUTE)
        found.append(tx.roll_calls.is_due(some))
        tx.roll_calls.drop(some)
        return [*found, tx.roll_calls.is_due(some)]

    assert await store.committer.run(look) == [False, True, False, False]
