"""Who is on duty when: attendees, else whom the summary names, else the organizer; nothing that could hold us up."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.rolls.ical import MAX_BYTES, BadCalendar, Shift, read_shifts
from tests.factories import HOUR, NOON

DAY = timedelta(days=1)


def a_calendar(*events: str) -> bytes:
    """Events of 12:00 to 13:00 UTC on the day of NOON; each text holds its further lines."""
    lines = "\r\n".join(
        f"BEGIN:VEVENT\r\nUID:{n}\r\nDTSTART:20260304T120000Z\r\nDTEND:20260304T130000Z\r\n{event}\r\nEND:VEVENT"
        for n, event in enumerate(events)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//acme//EN\r\n{lines}\r\nEND:VCALENDAR\r\n".encode()


def names(*lines: str) -> tuple[str, ...]:
    (shift,) = read_shifts(a_calendar("\r\n".join(lines)), NOON, NOON + HOUR)
    return shift.names


def test_an_event_is_a_shift_with_an_end() -> None:
    found = read_shifts(a_calendar("ATTENDEE:mailto:dia@acme.test"), NOON - DAY, NOON + DAY)

    assert found == (Shift(start=NOON, end=NOON + HOUR, names=("dia@acme.test",)),)


def test_those_who_are_invited_and_have_not_declined_are_on_duty() -> None:
    assert names(
        "SUMMARY:bo@acme.test",
        "ORGANIZER:mailto:boss@acme.test",
        "ATTENDEE;PARTSTAT=ACCEPTED:mailto:dia@acme.test",
        "ATTENDEE;PARTSTAT=DECLINED:mailto:ana@acme.test",
        "ATTENDEE;CUTYPE=ROOM:mailto:room-7@acme.test",
        "ATTENDEE:MAILTO:chen@acme.test",
    ) == ("dia@acme.test", "chen@acme.test")


def test_else_the_summary_names_them_and_else_the_organizer_does() -> None:
    assert names("SUMMARY:On call: dia@acme.test", "ORGANIZER:mailto:boss@acme.test") == (
        "dia@acme.test",
        "organizer:boss@acme.test",
    )
    assert names("SUMMARY:dia, chen") == ("dia", "chen")
    assert names("ORGANIZER:mailto:boss@acme.test") == ("organizer:boss@acme.test",)


def test_a_weekly_rota_is_found_on_any_of_its_days_and_a_cancelled_event_on_none() -> None:
    weekly = a_calendar("RRULE:FREQ=WEEKLY\r\nATTENDEE:mailto:dia@acme.test")
    later = NOON + 7 * DAY

    assert [shift.start for shift in read_shifts(weekly, later, later + HOUR)] == [later]
    assert read_shifts(a_calendar("STATUS:CANCELLED\r\nATTENDEE:mailto:dia@acme.test"), NOON, NOON + HOUR) == ()


@pytest.mark.parametrize("statuses", [("CONFIRMED", "CANCELLED"), ("CANCELLED", "CONFIRMED")])
def test_an_event_that_says_that_it_is_cancelled_is_so_whatever_else_it_says(statuses: tuple[str, str]) -> None:
    content = a_calendar("\r\n".join(["SUMMARY:dia", *(f"STATUS:{status}" for status in statuses)]))

    assert read_shifts(content, NOON, NOON + HOUR) == ()


@pytest.mark.parametrize("twice", ["SUMMARY:dia\r\nSUMMARY:chen", "SUMMARY:dia\r\nDTSTART:20260304T110000Z"])
def test_an_event_that_says_twice_who_or_when_is_no_rota(twice: str) -> None:
    with pytest.raises(BadCalendar):
        read_shifts(a_calendar(twice), NOON, NOON + HOUR)


def test_a_whole_day_is_one_of_utc() -> None:
    event = "BEGIN:VEVENT\r\nUID:x\r\nDTSTART;VALUE=DATE:20260304\r\nSUMMARY:dia\r\nEND:VEVENT"
    content = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{event}\r\nEND:VCALENDAR\r\n".encode()

    (shift,) = read_shifts(content, NOON, NOON + HOUR)

    assert (shift.start, shift.end) == (datetime(2026, 3, 4, tzinfo=UTC), datetime(2026, 3, 5, tzinfo=UTC))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"x" * (MAX_BYTES + 1), "larger than"),
        (b"BEGIN:VEVENT" * 5001, "more than 5000 events"),
        (a_calendar("RRULE:FREQ=SECONDLY"), "every second or minute"),
        (a_calendar("RRULE:INTERVAL=1;FRE\r\n Q=MINUTELY"), "every second or minute"),
        (b"<html>Sign in</html>", "can't be read as iCalendar"),
        (b"", "can't be read as iCalendar"),
    ],
    ids=["too large", "too many", "restless", "restless and folded", "a page", "nothing"],
)
def test_what_is_no_rota_is_refused(content: bytes, why: str) -> None:
    with pytest.raises(BadCalendar, match=why):
        read_shifts(content, NOON, NOON + HOUR)
