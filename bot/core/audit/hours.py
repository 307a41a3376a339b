"""What a clock counted, from what the log says of its calendar; written apart from the arithmetic of the core."""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.core.moments import read_moment

Written = Mapping[str, Any]
_ALMOST = timedelta(microseconds=1)


def worked(calendar: Written | None, since: datetime, until: datetime) -> timedelta:
    """Return how long the calendar was open between; without one every minute counts."""
    if calendar is None:
        return until - since
    total = max(timedelta(), until - max(since, read_moment(calendar["until"])))
    for begin, end, ahead in _clocks(calendar, since):
        total += _on_clock(calendar, max(since, begin) + ahead, min(until, end) + ahead)
    return total


def is_first(calendar: Written | None, moment: datetime) -> bool:
    """Tell whether the clock was running until *moment*, so that none before it had counted as much."""
    return worked(calendar, moment - _ALMOST, moment) > timedelta()


def _clocks(calendar: Written, since: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """Yield from when until when local time was how far ahead; the first holds for what lies before it, too."""
    moments = [read_moment(moment) for moment, _ in calendar["offsets"]]
    moments[0] = min(moments[0], since)
    ends = [*moments[1:], read_moment(calendar["until"])]
    for begin, end, (_, seconds) in zip(moments, ends, calendar["offsets"], strict=True):
        yield begin, end, timedelta(seconds=seconds)


def _on_clock(calendar: Written, since: datetime, until: datetime) -> timedelta:
    """Return how long it was open between two times of one local clock."""
    total = timedelta()
    for number in range(since.toordinal(), until.toordinal() + 1):
        day = date.fromordinal(number)
        midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
        for weekday, first, last in calendar["openings"]:
            if weekday == day.weekday() and day.isoformat() not in calendar["closed"]:
                begin = max(since, midnight + timedelta(minutes=first))
                total += max(timedelta(), min(until, midnight + timedelta(minutes=last)) - begin)
    return total
