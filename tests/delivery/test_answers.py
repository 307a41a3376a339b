"""Retry-After, in both of its forms and in none."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.delivery.answers import LONGEST_WAIT, read_retry_after

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("0", timedelta()),
        ("120", timedelta(seconds=120)),
        (" 7 ", timedelta(seconds=7)),
        ("999999999999999999999", LONGEST_WAIT),
        ("Mon, 02 Mar 2026 12:05:00 GMT", timedelta(minutes=5)),
        ("Mon, 02 Mar 2026 13:05:00 +0100", timedelta(minutes=5)),
        ("Mon, 02 Mar 2026 12:05:00 -0000", timedelta(minutes=5)),
        ("Mon, 02 Mar 2026 11:00:00 GMT", timedelta()),
        ("Mon, 02 Mar 2099 11:00:00 GMT", LONGEST_WAIT),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("", None),
        ("²", None),
        (None, None),
    ],
)
def test_retry_after_is_read_as_rfc_9110_has_it(text: str | None, wait: timedelta | None) -> None:
    assert read_retry_after(text, NOON) == wait
