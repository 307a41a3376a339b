"""What a receiver's answer to a callback means."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from bot.core.attempts import Attempt, Delivered, GiveUp, TryLater

LONGEST_WAIT = timedelta(hours=24)
"""No receiver may ask us to wait longer; the schedule's own longest step."""


def read_answer(status: int, headers: Mapping[str, str], now: datetime) -> Attempt:
    """Return what *status* says: 2xx arrived, 410 never again, anything else later."""
    after = read_retry_after(headers.get("Retry-After"), now)
    match status // 100:
        case 2:
            return Delivered(detail={"status": status})
        case 3:
            return TryLater(why=f"answered {status}, and redirects are not followed", after=after)
        case _ if status == HTTPStatus.GONE:
            return GiveUp(why="answered 410: it wants no more callbacks")
        case _:
            return TryLater(why=f"answered {status}", after=after)


def read_retry_after(text: str | None, now: datetime) -> timedelta | None:
    """Return how long to wait (RFC 9110, 10.2.3: seconds or a date), None when it says nothing we understand."""
    if text is None:
        return None
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=int(text[:9])), LONGEST_WAIT)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    when = when.replace(tzinfo=UTC) if when.tzinfo is None else when
    return min(max(when - now, timedelta()), LONGEST_WAIT)
