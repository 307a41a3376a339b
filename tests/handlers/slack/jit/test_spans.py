"""`until friday` and its kind, on somebody's own clock."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from handlers.slack.jit.spans import draw_end, read_end

BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = datetime(2026, 3, 25, 12, 0, tzinfo=UTC)
"""One o'clock in Berlin, in the week in which its clocks go forward."""


@pytest.mark.parametrize(
    ("words", "end"),
    [
        ("until friday", "2026-03-26T23:00"),
        ("UNTIL Fri", "2026-03-26T23:00"),
        ("until wednesday", "2026-03-31T22:00"),
        ("until monday 9:30", "2026-03-30T07:30"),
        ("until tomorrow", "2026-03-25T23:00"),
        ("until tomorrow 08:00", "2026-03-26T07:00"),
        ("until today 18:00", "2026-03-25T17:00"),
        ("until 18:00", "2026-03-25T17:00"),
        ("until 9:00", "2026-03-25T08:00"),
        ("until 2026-12-01", "2026-11-30T23:00"),
        ("until 2026-12-01 12:15", "2026-12-01T11:15"),
        ("for 3d", "2026-03-28T12:00"),
        ("for 1w2d3h30m", "2026-04-03T15:30"),
    ],
)
def test_a_moment_is_read_on_the_asker_s_clock(words: str, end: str) -> None:
    assert read_end(words, BERLIN, WEDNESDAY) == datetime.fromisoformat(end).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "friday",
        "until",
        "for",
        "until someday",
        "until today",
        "until 25:00",
        "until 2026-02-30",
        "until 0001-01-01",
        "until friday friday",
        "until 9:00 friday",
        "until friday 9:00 sharp",
        "for 3",
        "for d",
        "for 3 d",
        "for 3y",
        "for 9999w9999w9999w9999w9999w",
        "until 2026-12-01T12:00",
        "for ٣d",
    ],
)
def test_what_names_no_moment_is_none(words: str) -> None:
    assert read_end(words, BERLIN, WEDNESDAY) is None


def test_a_moment_is_said_back_with_its_day_and_whose_clock_it_is() -> None:
    assert draw_end(datetime(2026, 3, 26, 23, tzinfo=UTC), BERLIN) == "Friday 2026-03-27 00:00 (Europe/Berlin)"
