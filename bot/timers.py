"""One ticker that wakes the sweep and the relay. It holds no state: what is due stands in the books."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol, cast

import structlog
from apscheduler.events import EVENT_JOB_ERROR  # pyright: ignore[reportMissingTypeStubs] - APScheduler has no types
from apscheduler.schedulers.asyncio import (  # pyright: ignore[reportMissingTypeStubs] - the same
    AsyncIOScheduler,
)
from apscheduler.triggers.base import BaseTrigger  # pyright: ignore[reportMissingTypeStubs] - the same
from prometheus_client import CollectorRegistry, Counter

SWEEP_EVERY = timedelta(seconds=0.25)
"""A quarter of what an expiry may be late."""

_log = structlog.get_logger("timers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Something to do again and again. It must be cheap when there is nothing to do."""

    name: str
    every: timedelta
    do: Callable[[], Awaitable[None]]


class Timers:
    """Ticks from :meth:`start` on; :meth:`stop` returns when nothing is under way.

    ``clock`` is the wall clock of this machine, aware UTC, because APScheduler goes by nothing else. ``registry`` is
    where failed ticks are counted.
    """

    def __init__(self, *ticks: Tick, clock: Callable[[], datetime], registry: CollectorRegistry | None = None) -> None:
        self._ticks = ticks
        self._clock = clock
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self._guard: asyncio.TimerHandle | None = None
        # A late tick is still wanted and two late ones are as good as one; the default would drop it for good.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = cast("_Scheduler", AsyncIOScheduler(timezone=UTC, job_defaults=defaults))
        self._scheduler.add_listener(self._say_failed, EVENT_JOB_ERROR)
        registry = registry or CollectorRegistry()
        self._faults = Counter("jit_timer_faults", "Ticks that failed.", ["job"], registry=registry)

    def start(self) -> None:
        """Begin to tick, at once: after a restart a deadline may have passed already."""
        for tick in self._ticks:
            self._add(tick)
        self._scheduler.start()
        self._watch_clock()

    async def stop(self) -> None:
        """Begin nothing more and let what is under way finish: the scheduler itself would cancel it."""
        if self._guard is not None:
            self._guard.cancel()
        self._scheduler.pause()
        await self._idle.wait()
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # the scheduler shuts down in the loop's next turn

    def _add(self, tick: Tick) -> None:
        async def run() -> None:
            self._under_way += 1
            self._idle.clear()
            try:
                await tick.do()
            finally:
                self._under_way -= 1
                if not self._under_way:
                    self._idle.set()

        self._scheduler.add_job(run, _Steadily(tick.every), id=tick.name)

    def _say_failed(self, event: "_Failed") -> None:
        """Log a tick that failed; the next one tries again, and what is due stays due."""
        self._faults.labels(event.job_id).inc()
        _log.error("timers.tick_failed", job=event.job_id, exc_info=event.exception)

    def _watch_clock(self) -> None:
        """Tick on when the wall clock was set back: to the scheduler the next tick then lies hours ahead."""
        now = self._clock()
        for tick in self._ticks:
            job = self._scheduler.get_job(tick.name)
            if job.next_run_time > now + 2 * tick.every:
                job.modify(next_run_time=now)
        self._guard = asyncio.get_running_loop().call_later(SWEEP_EVERY.total_seconds(), self._watch_clock)


class _Steadily(BaseTrigger):
    """Fires at once, then after each interval.

    APScheduler's own interval counts every tick that was missed: a machine that slept for a week wakes to a million.
    """

    def __init__(self, every: timedelta) -> None:
        self._every = every

    def get_next_fire_time(  # pyright: ignore[reportIncompatibleMethodOverride] - the untyped base seems to return None
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime:
        """Return when to tick next."""
        return now if previous_fire_time is None else max(previous_fire_time, now) + self._every


class _Job(Protocol):
    next_run_time: datetime

    def modify(self, *, next_run_time: datetime) -> object: ...


class _Failed(Protocol):
    job_id: str
    exception: BaseException


class _Scheduler(Protocol):
    """What is used of APScheduler's."""

    def add_listener(self, callback: Callable[[_Failed], None], mask: int) -> None: ...
    def add_job(self, func: Callable[[], Awaitable[None]], trigger: BaseTrigger, **options: object) -> _Job: ...
    def get_job(self, job_id: str) -> _Job: ...
    def start(self) -> None: ...
    def pause(self) -> None: ...
    def shutdown(self, *, wait: bool) -> None: ...
