"""Business time against a slow second opinion that asks of every single minute whether it is open."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.audit.hours import is_first, worked
from bot.core.business_time import Calendar, Offset, Opening, elapsed, later
from bot.core.life.terms import of_calendar
from tests.factories import a_calendar

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MONDAY = datetime(2026, 3, 23, tzinfo=UTC)
"""Six days before clocks go forward in Europe."""


def is_open(calendar: Calendar, moment: datetime) -> bool:
    """Say it as the docstring of a calendar does, of one minute."""
    if moment >= calendar.until:
        return True
    known = [offset for offset in calendar.offsets if offset.since <= moment] or calendar.offsets[:1]
    local = moment + timedelta(seconds=known[-1].seconds)
    minute = local.hour * 60 + local.minute
    is_within = any(o.day == local.weekday() and o.begin <= minute < o.end for o in calendar.openings)
    return is_within and local.date() not in calendar.closed


def slowly_later(calendar: Calendar, moment: datetime, minutes: int) -> datetime:
    while minutes:
        minutes -= is_open(calendar, moment)
        moment += MINUTE
    return moment


def slowly_elapsed(calendar: Calendar, since: datetime, until: datetime) -> int:
    span = int((until - since) / MINUTE)
    return sum(is_open(calendar, since + n * MINUTE) for n in range(span))


MOMENTS = st.integers(0, 9 * 24 * 60).map(lambda n: MONDAY + n * MINUTE)
MINUTES = st.integers(0, 1440)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    """Draw hours, holidays in a row, and clocks that are put forward and back within the week."""
    halves = st.tuples(st.integers(0, 6), MINUTES, MINUTES).filter(lambda drawn: drawn[1] < drawn[2])
    openings = draw(st.lists(halves, min_size=1, max_size=6, unique_by=lambda drawn: drawn[0]))
    changes = draw(st.lists(MOMENTS, max_size=2, unique=True).map(sorted))
    ahead = st.integers(-11 * 60, 12 * 60).map(lambda minutes: minutes * 60)
    first, second = draw(st.integers(0, 8)), draw(st.integers(0, 8))
    return Calendar(
        zone="Europe/Berlin",
        openings=tuple(sorted((Opening(*drawn) for drawn in openings), key=lambda o: (o.day, o.begin))),
        closed=tuple((MONDAY + timedelta(days=n)).date() for n in range(first, second)),
        offsets=(Offset(MONDAY, draw(ahead)), *(Offset(change, draw(ahead)) for change in changes)),
        until=MONDAY + timedelta(days=draw(st.integers(9, 12))),
    )


@given(calendar=calendars(), since=MOMENTS, minutes=st.integers(1, 3000))
def test_a_span_ends_where_counting_minute_by_minute_ends(calendar: Calendar, since: datetime, minutes: int) -> None:
    assert later(since, minutes * MINUTE, calendar) == slowly_later(calendar, since, minutes)


@given(calendar=calendars(), since=MOMENTS, until=MOMENTS)
def test_what_is_counted_is_what_minute_by_minute_is_open(calendar: Calendar, since: datetime, until: datetime) -> None:
    counted = slowly_elapsed(calendar, min(since, until), max(since, until)) * MINUTE

    assert elapsed(since, until, calendar) == (counted if since <= until else -counted)
    assert worked(of_calendar(calendar), min(since, until), max(since, until)) == counted


@given(calendar=calendars(), since=MOMENTS, micros=st.integers(1, 9 * 24 * 3600 * 10**6))
def test_a_span_is_counted_whole_and_never_sooner(calendar: Calendar, since: datetime, micros: int) -> None:
    span = timedelta(microseconds=micros)

    due = later(since, span, calendar)

    assert elapsed(since, due, calendar) == worked(of_calendar(calendar), since, due) == span
    assert elapsed(since, due - timedelta(microseconds=1), calendar) < span
    assert is_first(of_calendar(calendar), due)


@given(calendar=calendars(), since=MOMENTS, first=st.integers(1, 2000), second=st.integers(1, 2000))
def test_two_spans_after_each_other_are_one(calendar: Calendar, since: datetime, first: int, second: int) -> None:
    between = later(since, first * MINUTE, calendar)

    assert later(between, second * MINUTE, calendar) == later(since, (first + second) * MINUTE, calendar)


def test_without_a_calendar_every_minute_counts() -> None:
    assert later(MONDAY, HOUR, None) == MONDAY + HOUR
    assert elapsed(MONDAY + HOUR, MONDAY, None) == -HOUR
    assert worked(None, MONDAY, MONDAY + HOUR) == HOUR


def test_what_was_counted_already_lies_back() -> None:
    assert later(MONDAY, -HOUR, a_calendar()) == MONDAY - HOUR


def test_what_is_asked_on_friday_evening_is_due_on_monday() -> None:
    friday = datetime(2026, 3, 6, 17, 50, tzinfo=UTC)

    assert later(friday, timedelta(minutes=30), a_calendar()) == datetime(2026, 3, 9, 9, 20, tzinfo=UTC)
    assert later(friday, timedelta(minutes=10), a_calendar()) == datetime(2026, 3, 6, 18, tzinfo=UTC)


def test_decades_of_closed_days_end_where_nothing_is_known() -> None:
    days = tuple(date.fromordinal(MONDAY.toordinal() + n) for n in range(366 * 30))
    calendar = a_calendar(closed=days, until=MONDAY + timedelta(days=400))

    assert later(MONDAY, HOUR, calendar) == calendar.until + HOUR
    assert elapsed(MONDAY, calendar.until + HOUR, calendar) == HOUR


@pytest.mark.parametrize("opening", [(7, 0, 60), (-1, 0, 60), (0, 60, 60), (0, -1, 60), (0, 0, 1441)])
def test_an_opening_lies_within_one_day(opening: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="within one day"):
        Opening(*opening)


def test_openings_come_one_after_the_other() -> None:
    for second in (Opening(1, 30, 90), Opening(0, 0, 60)):
        with pytest.raises(ValueError, match="one after the other"):
            a_calendar(openings=(Opening(1, 0, 60), second))


def test_a_calendar_is_open_at_some_time_and_knows_its_clock() -> None:
    with pytest.raises(ValueError, match="open at some time"):
        a_calendar(openings=())
    with pytest.raises(ValueError, match="local time"):
        a_calendar(offsets=())
