"""Counts the test runs that wait, and forgets what was not seen for long: in steps that nobody has to wait for."""

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

import structlog
from prometheus_client import CollectorRegistry, Counter, Gauge

from bot.core.errors import Unavailable
from bot.store import BEGINNING, Commit, Snapshot, Stretch, Transaction
from bot.usecases.desk import Desk
from bot.usecases.past_runs import KEYS_KEPT, count_next, forget, pass_over

COUNT_EVERY = timedelta(seconds=1)
STEPS = 40
"""How many pieces are counted at most before the next tick: 20 000 tests."""

FORGET_EVERY = timedelta(seconds=10)
LOOKED_AT = 4_000
"""How many rows of each table are looked at in a tick: ten million within seven hours."""

FORGOTTEN = 400
"""How many rows one transaction deletes at most."""

_log = structlog.get_logger("history")


class HistoryMeters:
    """The numbers of the history, in *registry*."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self.tests = Gauge("jit_history_tests", "Tests of which earlier runs are known.", registry=registry)
        self.realms = Gauge("jit_history_realms", "Repositories and environments they are in.", registry=registry)
        self.waiting = Gauge("jit_history_waiting", "Pieces of test runs that wait to be counted.", registry=registry)
        self.counted = Counter("jit_history_counted", "Pieces of test runs that were counted.", registry=registry)
        self.dropped = Counter(
            "jit_history_dropped", "Pieces of test runs that were dropped, uncounted.", registry=registry
        )
        self.forgotten = Counter("jit_history_forgotten", "Tests not seen for too long.", registry=registry)

    def heard(self, commit: Commit) -> None:
        """Say loudly that runs were dropped because too many wait."""
        if commit.dropped_runs:
            self.dropped.inc(commit.dropped_runs)
            _log.error("history.inbox_full", dropped=commit.dropped_runs, remedy="see docs/history.md, Limits")


class Historian:
    """Counts what waits. With nothing waiting a tick costs one read."""

    def __init__(self, desk: Desk, meters: HistoryMeters) -> None:
        self._desk = desk
        self._meters = meters

    async def count(self) -> None:
        """Count some of what waits; between two steps everybody else has as long as a step took."""
        for _ in range(STEPS):
            if not await self._desk.read(lambda snapshot: snapshot.pasts.is_waiting()):
                return
            began = time.monotonic()
            await self._step()
            await asyncio.sleep(time.monotonic() - began)

    async def _step(self) -> None:
        try:
            counted = await self._desk.run(count_next)
        except Unavailable:
            raise  # it is the house that is in trouble, and no run
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one must keep no other waiting; it is said
            _log.error("history.piece_dropped", error=type(error).__name__)
            self._meters.dropped.inc()
            await self._desk.run(pass_over)
            return
        self._meters.counted.inc(counted)


class Forgetter:
    """Walks through all that is known, a stretch a tick, and drops what was not seen for *keep*.

    *chance* says where it begins, from 0 to 1: with every start at the beginning, a house that is often restarted would
    never come to the end. *clock* answers aware UTC.
    """

    def __init__(
        self,
        desk: Desk,
        meters: HistoryMeters,
        keep: timedelta,
        clock: Callable[[], datetime],
        chance: Callable[[], float],
    ) -> None:
        self._desk = desk
        self._meters = meters
        self._keep = keep
        self._clock = clock
        self._chance = chance
        self._at: tuple[int, int, int, int] | None = None

    async def forget(self) -> None:
        """Look at the next stretch; with nothing in it that is old nothing is written."""
        now = self._clock()
        before = now - self._keep
        stretch, has_old_keys = await self._desk.read(partial(self._look, before=before, now=now))
        if stretch.tests or stretch.commits or stretch.realms or has_old_keys:
            await self._drop(stretch, before)
        self._at = stretch.ends

    def _look(self, snapshot: Snapshot, before: datetime, now: datetime) -> tuple[Stretch, bool]:
        size = snapshot.pasts.size()
        self._meters.tests.set(size.tests)
        self._meters.realms.set(size.realms)
        self._meters.waiting.set(size.waiting)
        begins = self._at or (*snapshot.pasts.somewhere(self._chance()), *BEGINNING[2:])
        stretch = snapshot.pasts.stretch(begins, LOOKED_AT, int(before.timestamp()))
        return stretch, snapshot.pasts.has_old_keys(now - KEYS_KEPT)

    async def _drop(self, stretch: Stretch, before: datetime) -> None:
        """Drop tests first, some at a time: a realm goes when the last of its tests has gone."""
        for at in range(0, max(len(stretch.tests), 1), FORGOTTEN):
            is_last = at + FORGOTTEN >= len(stretch.tests)
            part = Stretch(
                tests=stretch.tests[at : at + FORGOTTEN],
                commits=stretch.commits if is_last else (),
                realms=stretch.realms if is_last else (),
                ends=stretch.ends,
            )
            count = await self._desk.run(partial(_forget, stretch=part, before=before))
            self._meters.forgotten.inc(count)


def _forget(tx: Transaction, now: datetime, stretch: Stretch, before: datetime) -> int:
    return forget(tx, stretch, before, now)
