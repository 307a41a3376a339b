"""Business time: a clock that stands while its calendar is closed. Arithmetic over what a ruling has frozen.

Everything that a zone or a country could still change stands in the :class:`Calendar` itself, as numbers and dates: the
same deadline comes out years later, whatever was published since.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

DAY = timedelta(days=1)
_MINUTES = 24 * 60
_NO_END = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Opening:
    """Open on a weekday (Monday is 0) from one minute of the local day to another, 1440 at most."""

    day: int
    begin: int
    end: int

    def __post_init__(self) -> None:
        """Refuse what lies in no day, and what takes no time."""
        if not (self.day in range(7) and 0 <= self.begin < self.end <= _MINUTES):
            raise ValueError("An opening lies within one day.")


@dataclass(frozen=True, slots=True)
class Offset:
    """How far local time is ahead of UTC from *since* (aware UTC) on."""

    since: datetime
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """When the clock runs: while local time is within an opening, and the local day is not closed.

    Frozen: ``zone`` is only a name by now, ``offsets`` say how its local time went or will go, and ``closed`` holds the
    dates that a list of holidays came to. Nothing is known after ``until``: from then on the clock runs day and night,
    so that every wait has an end.
    """

    zone: str
    openings: tuple[Opening, ...]
    closed: tuple[date, ...] = ()
    offsets: tuple[Offset, ...]
    until: datetime

    def __post_init__(self) -> None:
        """Refuse a calendar that is never open, or twice at once, and one without a clock to read it by."""
        if not self.openings:
            raise ValueError("A calendar is open at some time.")
        if any((one.day, one.end) > (other.day, other.begin) for one, other in pairwise(self.openings)):
            raise ValueError("Openings come one after the other.")
        if not self.offsets:
            raise ValueError("A calendar knows its local time.")


def later(since: datetime, span: timedelta, calendar: Calendar | None) -> datetime:
    """Return the first moment at which the clock has counted *span* since *since*; without a calendar it never stands.

    What has been counted already (*span* is nothing, or less) lies as far back as any clock would say.
    """
    if calendar is None or span <= timedelta():
        return since + span
    spans = _open(calendar, since)
    begin, end = next(spans)
    while span > end - begin:
        span -= end - begin
        begin, end = next(spans)
    return begin + span


def opens(since: datetime, calendar: Calendar) -> datetime:
    """Return the first moment from *since* on at which it is open."""
    return next(_open(calendar, since))[0]


def elapsed(since: datetime, now: datetime, calendar: Calendar | None) -> timedelta:
    """Return what the clock has counted from *since* to *now*; less than nothing when *now* lies before."""
    if calendar is None:
        return now - since
    if now < since:
        return -elapsed(now, since, calendar)
    total = timedelta()
    for begin, end in _open(calendar, since):
        if begin >= now:
            break
        total += min(end, now) - begin
    return total


def open_until(calendar: Calendar, now: datetime) -> datetime | None:
    """Return when it closes next; None when it is closed, and where nothing is known of it any more."""
    end = None
    spans = _open(calendar, now)
    begin, close = next(spans)
    while begin <= (end or now) and close != _NO_END:
        end = close
        begin, close = next(spans)
    return end


def _open(calendar: Calendar, since: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield when it is open from *since* on, in order; the last time has no end."""
    ends = (*(offset.since for offset in calendar.offsets[1:]), calendar.until)
    for offset, end in zip(calendar.offsets, ends, strict=True):
        yield from _open_within(calendar, timedelta(seconds=offset.seconds), since, end)
        since = max(since, end)
    yield since, _NO_END


def _open_within(
    calendar: Calendar, ahead: timedelta, since: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    """Yield when it is open between two moments through which local time is *ahead* of UTC by the same."""
    midnight = datetime.combine((since + ahead).date(), time(), UTC)  # by the local clock
    while midnight - ahead < until:
        if midnight.date() not in calendar.closed:
            for opening in calendar.openings:
                begin = max(since, midnight + timedelta(minutes=opening.begin) - ahead)
                end = min(until, midnight + timedelta(minutes=opening.end) - ahead)
                if opening.day == midnight.weekday() and begin < end:
                    yield begin, end
        midnight += DAY
