"""Moments are written one way and read back as they were."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.moments import draw_moment, read_moment
from tests.factories import NOON

ZONES = st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours)))


def test_a_moment_is_written_in_utc_with_microseconds() -> None:
    assert draw_moment(NOON) == "2026-03-04T12:00:00.000000Z"
    assert draw_moment(NOON.astimezone(timezone(timedelta(hours=2)))) == "2026-03-04T12:00:00.000000Z"


@settings(deadline=None)
@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=ZONES))  # noqa: DTZ001 - the zones are drawn beside
def test_what_was_written_is_read_back(moment: datetime) -> None:
    assert read_moment(draw_moment(moment)) == moment
    assert read_moment(draw_moment(moment)).tzinfo is UTC


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-04T12:00:00Z",
        "2026-03-04T12:00:00.000000",
        "2026-03-04T12:00:00.000000+00:00",
        "2026-03-04 12:00:00.000000Z",
        "2026-03-04T12:00:00.0000000Z",
        "yesterday",
        "",
    ],
)
def test_any_other_way_to_write_it_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_moment(text)
