"""Pages of long answers: opaque cursors, newest or first first."""

import base64
import binascii
from collections.abc import Sequence
from typing import TypeVar

from bot.sandbox.refusal import SlackRefusal

T = TypeVar("T")


def cut_page(items: Sequence[T], cursor: str, limit: int) -> tuple[Sequence[T], str]:
    """Return one page and the cursor of the next, empty at the end. Raises SlackRefusal invalid_cursor."""
    start = _read_cursor(cursor)
    end = start + limit
    return items[start:end], _draw_cursor(end) if end < len(items) else ""


def _read_cursor(cursor: str) -> int:
    if not cursor:
        return 0
    try:
        word, _, place = base64.b64decode(cursor, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        raise SlackRefusal("invalid_cursor") from None
    if word != "next" or not place.isdecimal():
        raise SlackRefusal("invalid_cursor")
    return int(place)


def _draw_cursor(place: int) -> str:
    return base64.b64encode(f"next:{place}".encode()).decode()
