"""The relay over a real store: exactly one card, one reference and one log entry, wherever the process is killed."""

import asyncio
import contextlib
import itertools
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from bot.core.attempts import Delivered
from bot.core.effects import ShowCard, TellThread
from bot.core.events import Reviewed
from bot.core.life import lifecycle
from bot.core.request import RequestId
from bot.core.ruling import Verdict
from bot.relay import Chances, Pace, Relay, SlackDoor
from bot.relay.books import Books
from bot.relay.errand import Errand, Wanted
from bot.relay.settling import Arrived, Settlement
from bot.store import Snapshot, Store, StoreWiring, Timekeeper, Transaction
from tests.factories import BO, ID, a_ruling, a_submission, an_actor, some_tests
from tests.relay.slack_world import FakeSlack, Weather, World

IDS = itertools.count()


class Clock:
    """The wall clock, moved on at will."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
async def store(request: pytest.FixtureRequest, tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    wiring = StoreWiring(
        clock=clock,
        monotonic=lambda: 0.0,
        new_id=lambda: f"019a0000-0000-7000-8000-{next(IDS):012x}",
        replica="test",
        version="0",
        timekeeper=Timekeeper.WIRING,
    )
    is_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/jit.db" if is_sqlite else request.getfixturevalue("postgres_url")
    opened = Store.open(url, wiring=wiring)
    await opened.start()
    yield opened
    await opened.close()


class Killed:
    """Stops at one point and stays there until the process is killed."""

    def __init__(self, point: str) -> None:
        self.point = point
        self.reached = asyncio.Event()

    async def __call__(self, point: str) -> None:
        if point == self.point:
            self.reached.set()
            await asyncio.Event().wait()


class HaltingBooks(Books):
    """Books that can be killed around every write."""

    def __init__(self, store: Store, halt: Killed) -> None:
        super().__init__(store)
        self._halt = halt

    async def claim(self, wanted: Wanted) -> tuple[Errand, ...]:
        errands = await super().claim(wanted)
        await self._halt("after the claim")
        return errands

    async def settle(self, errand: Errand, settlement: Settlement) -> None:
        await self._halt("before it is settled")
        await super().settle(errand, settlement)
        await self._halt("after it is settled")


@asynccontextmanager
async def living(store: Store, world: World, clock: Clock, books: Books | None = None) -> AsyncGenerator[Relay]:
    """One life of the relay, ended as a power cut would: nothing is given back."""
    books = books or Books(store)
    door = SlackDoor(FakeSlack(world), books, Pace(1000))
    relay = Relay(store, books, [door], Chances(clock=clock, chance=lambda: 0.0))
    await relay.start()
    try:
        yield relay
    finally:
        await kill(relay)


async def kill(relay: Relay) -> None:
    tasks = relay._tasks  # pyright: ignore[reportPrivateUsage] - a power cut asks nobody
    for task in tasks:
        task.cancel()
    for task in tasks:
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - what is waited for is a state, not an event
            await asyncio.sleep(0.01)


async def drained(store: Store) -> None:
    async with asyncio.timeout(60):
        while await store.read(lambda snapshot: snapshot.outbox_depth()):  # noqa: ASYNC110 - a state, not an event
            await asyncio.sleep(0.01)


def slack_due(snapshot: Snapshot) -> datetime | None:
    return snapshot.next_due("slack:", (), ())


async def submitted(
    store: Store, request_id: RequestId = ID, channels: tuple[str, ...] = ("#approvals",), quorum: int = 1
) -> None:
    def write(tx: Transaction, now: datetime) -> None:
        event = a_submission(
            request_id=request_id, number=tx.requests.next_number(), ruling=a_ruling(channels=channels, quorum=quorum)
        )
        tx.record(lifecycle.submit(event, now), evidence=some_tests())

    await store.committer.run(write)


async def approved(store: Store, request_id: RequestId = ID) -> None:
    def write(tx: Transaction, now: datetime) -> None:
        request = tx.requests.lock(request_id)
        review = Reviewed(by=an_actor(BO), verdict=Verdict.APPROVE, revision=1, stage=0)
        tx.record(lifecycle.advance(request, review, now))

    await store.committer.run(write)


async def logged(store: Store, request_id: RequestId = ID) -> Counter[str]:
    entries = await store.read(lambda snapshot: snapshot.events(request_id))
    return Counter(entry.event for entry in entries)


async def test_a_commit_wakes_the_relay_and_the_card_is_posted_and_known(store: Store, clock: Clock) -> None:
    world = World(seconds=0)
    async with living(store, world, clock):
        await submitted(store, channels=("#approvals", "#general"))
        await drained(store)

    view = await store.read(lambda snapshot: snapshot.view(ID))
    assert view
    assert [card.channel for card in view.cards] == ["#approvals", "#general"]
    assert set(world.cards().values()) == {1}
    assert (await logged(store))["card.posted"] == 2


async def test_what_a_card_has_shown_is_kept_and_stands_in_the_log(store: Store) -> None:
    await submitted(store)
    seen: list[int] = []
    for revision in (2, 1):
        if revision == 1:
            await store.committer.run(lambda tx, _: tx.enqueue(ShowCard(request=ID, channel="#approvals")))
        (errand,) = await Books(store).claim(Wanted(scope="slack:", blocked={}, paced={}, limit=9))
        attempt = Delivered(channel="C0APPROVE", ts="1.1", revision=revision)
        await Books(store).settle(errand, Arrived(attempt=attempt))
        view = await store.read(lambda snapshot: snapshot.view(ID))
        assert view
        seen += [card.revision for card in view.cards]

    rows = await store.read(lambda snapshot: snapshot.events(ID))
    lines = [orjson.loads(row.canonical) for row in rows if row.event.startswith("card.")]
    assert seen == [2, 2]
    assert [(line["event"], line["detail"]["revision"]) for line in lines] == [("card.posted", 2), ("card.updated", 1)]


async def test_a_decision_updates_the_card_and_tells_thread_and_requester(store: Store, clock: Clock) -> None:
    world = World(seconds=0)
    async with living(store, world, clock):
        await submitted(store)
        await drained_of_slack(store)
        await approved(store)
        await drained_of_slack(store)

    about = Counter(message.about.split(":")[0] for message in world.messages)
    log = await logged(store)
    assert about["card"] == 1
    assert about["line"] >= 1
    assert about["direct"] == 1
    assert log["card.posted"] == 1
    assert log["card.updated"] >= 1
    assert log["requester.told"] == 1


async def drained_of_slack(store: Store) -> None:
    """Wait until nothing for Slack waits; the callback has no door in these tests."""
    async with asyncio.timeout(60):
        while await store.read(slack_due) is not None:  # noqa: ASYNC110 - a state, not an event
            await asyncio.sleep(0.01)


POINTS = (
    "after the claim",
    "before it is sent",
    "before the answer comes",
    "before it is settled",
    "after it is settled",
)


@pytest.mark.parametrize("point", POINTS)
async def test_killed_anywhere_there_is_one_card_after_the_restart(store: Store, clock: Clock, point: str) -> None:
    killed = Killed(point)
    world = World(seconds=0, halt=killed)
    async with living(store, world, clock, HaltingBooks(store, killed)):
        await submitted(store)
        await killed.reached.wait()
    world.halt = World().halt

    async with living(store, world, clock):
        await drained(store)

    view = await store.read(lambda snapshot: snapshot.view(ID))
    assert view
    assert [(card.channel, card.ts) for card in view.cards] == [("#approvals", world.messages[0].ts)]
    assert len(world.messages) == 1
    assert (await logged(store))["card.posted"] == 1


@pytest.mark.parametrize("point", POINTS[:-1])
async def test_killed_and_overtaken_by_a_decision_there_is_still_one_card(
    store: Store, clock: Clock, point: str
) -> None:
    killed = Killed(point)
    world = World(seconds=0, halt=killed)
    async with living(store, world, clock, HaltingBooks(store, killed)):
        await submitted(store)
        await killed.reached.wait()
    world.halt = World().halt
    await approved(store)

    async with living(store, world, clock):
        await drained_of_slack(store)

    assert world.cards() == {f"card:{ID}:#approvals": 1}


@pytest.mark.parametrize("weather", [Weather.FAILED, Weather.LIMITED, Weather.CUT_BEFORE, Weather.CUT_AFTER])
async def test_failed_and_failed_but_happened_both_end_in_one_card(
    store: Store, clock: Clock, weather: Weather
) -> None:
    forecast = iter([weather])
    world = World(seconds=0, weather=lambda: next(forecast, Weather.FINE))
    async with living(store, world, clock) as relay:
        await submitted(store)
        await until(lambda: next(forecast, None) is None)
        clock.ahead += timedelta(seconds=20)
        relay.wake()
        await drained(store)

    assert world.cards() == {f"card:{ID}:#approvals": 1}
    assert (await logged(store))["card.posted"] == 1


async def test_stopping_gives_back_what_could_not_finish_and_nothing_is_lost(store: Store, clock: Clock) -> None:
    killed = Killed("before the answer comes")
    world = World(seconds=0, halt=killed)
    books = Books(store)
    door = SlackDoor(FakeSlack(world), books, Pace(1000))
    relay = Relay(store, books, [door], Chances(clock=clock, chance=lambda: 0.0))
    await relay.start()
    await submitted(store)
    await killed.reached.wait()
    await relay.stop(timedelta(seconds=0.05))
    world.halt = World().halt

    due = await store.read(slack_due)
    assert due is not None
    assert due <= clock()
    async with living(store, world, clock):
        await drained(store)
    assert world.cards() == {f"card:{ID}:#approvals": 1}


async def test_a_card_that_slack_refused_for_good_comes_after_a_restart_with_its_thread(
    store: Store, clock: Clock
) -> None:
    async with living(store, World(seconds=0, weather=lambda: Weather.HOPELESS), clock):
        await submitted(store, quorum=2)
        await approved(store)
        await drained_of_slack(store)
    dead = await store.read(lambda snapshot: snapshot.dead(10))
    world = World(seconds=0)
    async with living(store, world, clock):
        await drained_of_slack(store)

    assert {type(row.effect) for row in dead} == {ShowCard, TellThread}
    assert [message.about.split(":")[0] for message in world.messages] == ["card", "line"]
    assert (await logged(store))["card.posted"] == 1


async def test_a_card_of_a_request_that_ended_is_not_revived(store: Store, clock: Clock) -> None:
    async with living(store, World(seconds=0, weather=lambda: Weather.HOPELESS), clock):
        await submitted(store)
        await drained(store)
        await approved(store)
        await drained_of_slack(store)
    world = World(seconds=0)
    async with living(store, world, clock):
        await drained_of_slack(store)

    assert world.messages == []


async def test_what_somebody_mended_is_tried_at_once_when_they_say_so(store: Store, clock: Clock) -> None:
    is_mended = False
    world = World(seconds=0, weather=lambda: Weather.FINE if is_mended else Weather.UNMENDED)
    async with living(store, world, clock) as relay:
        await submitted(store)
        await until(lambda: world.refusals > 1)
        is_mended = True
        await relay.revive()
        await drained(store)

    assert world.cards() == {f"card:{ID}:#approvals": 1}


async def test_an_idle_house_commits_nothing(store: Store, clock: Clock) -> None:
    commits = 0

    def count(_commit: object) -> None:
        nonlocal commits
        commits += 1

    store.on_commit(count)
    async with living(store, World(), clock) as relay:
        await asyncio.sleep(0.2)
        before = commits
        for _ in range(50):
            relay.wake()
            await asyncio.sleep(0.005)

    assert commits == before


async def test_many_requests_at_once_all_get_their_card(store: Store, clock: Clock) -> None:
    world = World(seconds=0)
    ids = [RequestId(f"019a0000-0000-7000-9000-{n:012x}") for n in range(40)]
    async with living(store, world, clock):
        await asyncio.gather(*(submitted(store, request_id) for request_id in ids))
        await drained(store)

    assert world.cards() == {f"card:{request_id}:#approvals": 1 for request_id in ids}
