"""A night over a real store: cards at once, one digest a channel in the morning, whoever dies in between."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.business_time import Calendar, Offset, Opening
from bot.core.life import lifecycle
from bot.core.request import RequestId
from bot.store import Store, Transaction
from tests.factories import BO, a_calendar, a_ruling, a_stage, a_submission, some_tests
from tests.relay.slack_world import Weather, World
from tests.relay.test_store import Clock, approved, clock, living, logged, store, until

__all__ = ["clock", "store"]

IDS = [RequestId(f"019a0000-0000-7000-8000-00000000000{n}") for n in range(1, 4)]
DAY = timedelta(days=1)


def a_quiet_noon(now: datetime) -> Calendar:
    """It is noon now, somewhere, and quiet there from eleven to two."""
    ahead = 12 * 3600 - (now.hour * 3600 + now.minute * 60 + now.second)
    openings = tuple(Opening(day, 11 * 60, 14 * 60) for day in range(7))
    return a_calendar(openings=openings, offsets=(Offset(now - DAY, ahead),), until=now + 2 * DAY)


async def asked(store: Store, request_id: RequestId, channels: tuple[str, ...], quiet: Calendar) -> None:
    def write(tx: Transaction, now: datetime) -> None:
        stage = a_stage("qa", 1, [BO], mention=(BO,))
        ruling = replace(a_ruling(stages=[stage], channels=channels, timeout=DAY), quiet=quiet)
        event = a_submission(request_id=request_id, number=tx.requests.next_number(), ruling=ruling)
        tx.record(lifecycle.submit(event, now), evidence=some_tests())

    await store.committer.run(write)


def digests(world: World) -> list[str]:
    return sorted(message.about for message in world.messages if message.about.startswith("digest:"))


async def test_one_digest_a_channel_says_what_still_waits_in_the_morning(store: Store, clock: Clock) -> None:
    world, quiet = World(seconds=0), a_quiet_noon(clock())
    async with living(store, world, clock):
        await asked(store, IDS[0], ("#approvals",), quiet)
        await asked(store, IDS[1], ("#approvals", "#general"), quiet)
        await asked(store, IDS[2], ("#approvals",), quiet)
        await approved(store, IDS[2])
        await until(lambda: len(world.cards()) == 4)
    assert digests(world) == []

    clock.ahead = timedelta(hours=2, minutes=1)
    async with living(store, world, clock):
        await until(lambda: len(digests(world)) == 2)
    clock.ahead = timedelta(hours=3)
    world.updates.clear()
    async with living(store, world, clock):
        await approved(store, IDS[0])
        await until(lambda: world.updates)

    assert digests(world) == ["digest:#approvals:1,2", "digest:#general:2"]
    entries = [await logged(store, request_id) for request_id in IDS]
    assert sum(entry["digest.posted"] for entry in entries) == 2


async def test_a_digest_whose_answer_is_lost_is_looked_for_before_it_is_sent_again(store: Store, clock: Clock) -> None:
    world, quiet = World(seconds=0), a_quiet_noon(clock())
    async with living(store, world, clock):
        await asked(store, IDS[0], ("#approvals",), quiet)
        await until(lambda: len(world.cards()) == 1)
    sky = iter([Weather.CUT_AFTER])
    world.weather = lambda: next(sky, Weather.FINE)

    clock.ahead = timedelta(hours=2, minutes=1)
    async with living(store, world, clock):
        await until(lambda: digests(world))
        clock.ahead += timedelta(minutes=5)
    async with living(store, world, clock):
        while not (await logged(store, IDS[0]))["digest.posted"]:
            clock.ahead += timedelta(seconds=1)
            await until(lambda: True)

    assert digests(world) == ["digest:#approvals:1"]
