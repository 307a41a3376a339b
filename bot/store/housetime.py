"""The house's time: the clock's; and what the log and the time since prove, while the clock is behind that."""

import threading
from datetime import datetime, timedelta

from bot.store.values import StoreWiring, Timekeeper

PACE = 0.99
"""How fast reckoned time goes. A little slower than the clock's, so that the clock catches up in the end: an error of
ten seconds is gone after a quarter of an hour, and until then no span is longer by more than a hundredth."""


class HouseTime:
    """Goes on, and never back before the log's last entry, whatever becomes of the clock.

    Entries carry growing times, so one entry of a clock that was ahead holds the log there. To wait until the clock has
    caught up would stop all deadlines for as long; so time is reckoned on from the entry, by monotonic seconds. Only
    what is committed is reckoned from: a glimpse of a wrong clock that nobody wrote down moves nothing.

    With ``is_databases`` the clock that counts is the database's, and must be told; between two tellings it goes on by
    monotonic seconds, so that whoever looks between transactions goes by the same clock as they do.
    """

    def __init__(self, wiring: StoreWiring, *, is_shared: bool) -> None:
        self.is_databases = is_shared and wiring.timekeeper is Timekeeper.DATABASE
        self._wiring = wiring
        self._guard = threading.Lock()  # the writer, the readers and the event loop ask
        self._entry: datetime | None = None
        self._seen_at = 0.0
        self._told: tuple[datetime, float] | None = None

    def clock(self) -> datetime:
        """Return what the clock of this machine says."""
        return self._wiring.clock()

    def tell(self, head: datetime | None, clock: datetime) -> datetime:
        """Return the time, where *head* is that of the last entry, and *clock* what the clock says that counts."""
        with self._guard:
            if self.is_databases:
                self._told = (clock, self._wiring.monotonic())
            return self._not_before(self._reckon(head), clock)

    def saw(self, head: datetime) -> None:
        """Remember that an entry of this time was just committed; time is reckoned from here."""
        with self._guard:
            self._reckon(head)

    def now(self) -> datetime:
        """Return the time as far as this process has seen the log, by the clock that counts as it was last told."""
        with self._guard:
            return self._not_before(self._reckon(None), self._clock_now())

    def _clock_now(self) -> datetime:
        if self._told is None:
            return self.clock()
        clock, told_at = self._told
        return clock + timedelta(seconds=max(self._wiring.monotonic() - told_at, 0.0))

    @staticmethod
    def _not_before(reckoned: datetime | None, clock: datetime) -> datetime:
        return clock if reckoned is None else max(clock, reckoned)

    def _reckon(self, head: datetime | None) -> datetime | None:
        """Return the time that must have come since the last entry that was seen; a later *head* is seen now."""
        ticks = self._wiring.monotonic()
        if self._entry is not None:
            reckoned = self._entry + timedelta(seconds=max(ticks - self._seen_at, 0.0) * PACE)
            if head is None or head <= reckoned:
                return reckoned
        self._entry, self._seen_at = head, ticks
        return head
