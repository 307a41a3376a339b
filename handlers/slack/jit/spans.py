"""Moments as people type them: `until friday`, `until 18:00`, `for 3d`. Pure, and nothing is guessed."""

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LIKE_THIS = "until friday, until 2026-12-01, until 18:00, until tomorrow 9:00, or for 3d"

_SPAN = re.compile(r"(?:[0-9]{1,4}[wdhm]){1,4}")
_PART = re.compile(r"([0-9]+)([wdhm])")
_UNITS = {"w": timedelta(weeks=1), "d": timedelta(days=1), "h": timedelta(hours=1), "m": timedelta(minutes=1)}
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_LIKE_A_CLOCK = re.compile(r"[0-9]{1,2}(?:[:.h][0-9]| ?[ap]m\b|$)", re.IGNORECASE)
_WORDS = 3
"""At most: `until`, a day and a time."""


def read_end(words: str, zone: tzinfo, now: datetime) -> datetime | None:
    """Return the moment that *words* name, aware UTC; None when they name none.

    A day without a time is meant from its first minute on: `until friday` is over when Friday begins, in *zone*. A
    weekday is the next one to come. Whether the moment lies ahead is not asked here.
    """
    parts = words.casefold().split()
    match parts:
        case ["for", span] if _SPAN.fullmatch(span):
            return now + _length(span)
        case ["until", *rest] if 0 < len(rest) < _WORDS:
            return _moment(rest, zone, now)
        case _:
            return None


def read_span(words: str) -> timedelta | None:
    """Return how long `30d` or `1w2d` is; None when it is no length of time, or none at all."""
    text = words.strip().casefold()
    return (_length(text) or None) if _SPAN.fullmatch(text) else None


def read_beginning(words: str, zone: tzinfo, now: datetime) -> tuple[datetime | None, str]:
    """Return the moment that *words* begin with, and the words behind it; None when they begin with none.

    What looks like one more part of a moment, and is none, is no reason: nobody is away until another time than theirs.
    """
    parts = words.split()
    for length in range(min(_WORDS, len(parts)), 0, -1):
        end = read_end(" ".join(parts[:length]), zone, now)
        if end is not None:
            rest = " ".join(parts[length:])
            return (None, "") if _LIKE_A_CLOCK.match(rest) else (end, rest)
    return None, ""


def draw_end(end: datetime, zone: tzinfo) -> str:
    """Return *end* as it is said back: day, time, and whose clock that is."""
    local = end.astimezone(zone)
    return f"{WEEKDAYS[local.weekday()].capitalize()} {local:%Y-%m-%d %H:%M} ({zone})"


def _length(span: str) -> timedelta:
    return sum((int(count) * _UNITS[unit] for count, unit in _PART.findall(span)), timedelta())


def _moment(parts: list[str], zone: tzinfo, now: datetime) -> datetime | None:
    clock = _CLOCK.fullmatch(parts[-1])
    named = parts[:-1] if clock else parts
    at = time(int(clock[1]), int(clock[2])) if clock else time()
    if len(named) > 1 or (not clock and named == ["today"]):
        return None
    try:
        day = _day(named[0] if named else "today", now.astimezone(zone))
        return None if day is None else datetime.combine(day, at, zone).astimezone(UTC)
    except (ValueError, OverflowError):
        return None  # there is no such day, or none that anybody means


def _day(word: str, today: datetime) -> datetime | None:
    if word == "today":
        return today
    if word == "tomorrow":
        return today + timedelta(days=1)
    if _DAY.fullmatch(word):
        return datetime.fromisoformat(word)
    known = [index for index, name in enumerate(WEEKDAYS) if word in {name, name[:3]}]
    ahead = (known[0] - today.weekday() - 1) % 7 + 1 if known else None
    return None if ahead is None else today + timedelta(days=ahead)
