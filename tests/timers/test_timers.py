"""The ticker: at once, again and again, through faults and clocks set back, and never cut short."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from bot.timers import Tick, Timers

OFTEN = timedelta(seconds=0.05)


def wall_clock() -> datetime:
    return datetime.now(UTC)


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - what is waited for is a number, not an event
            await asyncio.sleep(0.01)


class Counting:
    """Counts its ticks; fails on the ones told to."""

    def __init__(self, *failing: int) -> None:
        self.ticks = 0
        self.failing = failing

    async def __call__(self) -> None:
        self.ticks += 1
        if self.ticks in self.failing:
            raise OSError("disk I/O error")


async def test_the_first_tick_is_at_once() -> None:
    counting = Counting()
    timers = Timers(Tick(name="sweep", every=timedelta(hours=1), do=counting.__call__), clock=wall_clock)

    timers.start()
    await until(lambda: counting.ticks == 1)
    await timers.stop()


async def test_it_ticks_again_and_again() -> None:
    counting = Counting()
    timers = Timers(Tick(name="sweep", every=OFTEN, do=counting.__call__), clock=wall_clock)

    timers.start()
    await until(lambda: counting.ticks >= 3)
    await timers.stop()
    ticks = counting.ticks
    await asyncio.sleep(3 * OFTEN.total_seconds())

    assert counting.ticks == ticks


async def test_a_tick_that_fails_is_logged_and_the_next_one_comes(caplog: pytest.LogCaptureFixture) -> None:
    counting = Counting(1, 2)
    timers = Timers(Tick(name="sweep", every=OFTEN, do=counting.__call__), clock=wall_clock)

    timers.start()
    await until(lambda: counting.ticks >= 4)
    await timers.stop()

    assert any("sweep" in record.message or "run" in record.message for record in caplog.records)


async def test_a_slow_tick_never_runs_beside_itself_and_delays_no_other() -> None:
    at_once, most = 0, 0

    async def slow() -> None:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        await asyncio.sleep(0.3)
        at_once -= 1

    quick = Counting()
    timers = Timers(
        Tick(name="slow", every=OFTEN, do=slow), Tick(name="quick", every=OFTEN, do=quick.__call__), clock=wall_clock
    )
    timers.start()
    await until(lambda: quick.ticks >= 8)
    await timers.stop()

    assert most == 1


async def test_stopping_waits_for_what_is_under_way() -> None:
    begun, ended = asyncio.Event(), False

    async def slow() -> None:
        nonlocal ended
        begun.set()
        await asyncio.sleep(0.2)
        ended = True

    timers = Timers(Tick(name="sweep", every=OFTEN, do=slow), clock=wall_clock)
    timers.start()
    await begun.wait()
    await timers.stop()

    assert ended


async def test_a_clock_that_is_set_back_stops_nothing() -> None:
    counting = Counting()
    with time_machine.travel(datetime(2026, 3, 4, 12, tzinfo=UTC)) as traveller:
        timers = Timers(Tick(name="sweep", every=OFTEN, do=counting.__call__), clock=wall_clock)
        timers.start()
        await until(lambda: counting.ticks >= 2)
        traveller.move_to(datetime(2026, 3, 4, 9, tzinfo=UTC))
        ticks = counting.ticks
        await until(lambda: counting.ticks >= ticks + 3)
        await timers.stop()


async def test_a_machine_that_slept_for_a_year_makes_up_for_it_with_one_tick() -> None:
    counting = Counting()
    with time_machine.travel(datetime(2026, 3, 4, 12, tzinfo=UTC)) as traveller:
        timers = Timers(Tick(name="sweep", every=timedelta(seconds=0.5), do=counting.__call__), clock=wall_clock)
        timers.start()
        await until(lambda: counting.ticks == 1)
        traveller.shift(timedelta(days=365))
        await until(lambda: counting.ticks >= 3)
        await timers.stop()

    assert counting.ticks == 3
