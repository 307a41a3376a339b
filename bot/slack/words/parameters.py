"""Parameters for the eye: a few on the card, every one in Details, as JSON and over as many pages as it takes.

An approval is bound to all of them, so whoever approves must be able to read each, whatever its shape and length.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from bot.slack.words import rich
from bot.slack.words.escape import length, line, strip

PIECE = 2000
"""How long one preformatted piece may be."""

PIECES = 2
"""How many of them stand on a page."""

_SHOWN, _KEY, _VALUE = 6, 30, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """What the card shows: key and value of the first ones, and how many are not shown, or not to their end."""

    pairs: tuple[tuple[str, str], ...]
    hidden: int


def excerpt(given: Mapping[str, object]) -> Excerpt:
    """Return plain parameters for the card, ``version`` first."""
    plain = {
        key: _draw_plain(given[key]) for key in _ordered(given) if isinstance(given[key], str | int | float | bool)
    }
    first = list(plain.items())[:_SHOWN]
    pairs = [(line(key, _KEY), line(value, _VALUE)) for key, value in first]
    whole = sum(pair == shown for pair, shown in zip(first, pairs, strict=True))
    named = tuple((key or "(no name)", value or "(empty)") for key, value in pairs)
    return Excerpt(pairs=named, hidden=len(given) - whole)


def pages(given: Mapping[str, object]) -> list[list[rich.Json]]:
    """Return the blocks of each page that it takes to show all parameters; none for none."""
    pieces = _pieces("\n".join(_draw_json(key, given[key]) for key in _ordered(given)))
    sheets = [pieces[first : first + PIECES] for first in range(0, len(pieces), PIECES)]
    return [_page(sheet, number, len(sheets)) for number, sheet in enumerate(sheets, start=1)]


def _page(sheet: list[str], number: int, last: int) -> list[rich.Json]:
    part = f", part {number} of {last}" if last > 1 else ""
    title = rich.block(rich.section(rich.bold(f"All parameters{part}")))
    return [title, *(rich.block(rich.preformatted(piece)) for piece in sheet)]


def _ordered(given: Mapping[str, object]) -> list[str]:
    return sorted(given, key=lambda key: (key != "version", key))


def _pieces(text: str) -> list[str]:
    """Cut *text*, between lines where that is possible."""
    found: list[str] = []
    while text:
        piece = text[:PIECE] if length(text[:PIECE]) <= PIECE else text[: PIECE // 2]
        end = piece.rfind("\n") if len(piece) < len(text) else -1
        found.append(piece[:end] if end > 0 else piece)
        text = text[len(found[-1]) :].removeprefix("\n")
    return found


def _draw_json(key: str, value: object) -> str:
    """Return ``"key": value`` on one line; where anything in it could not be seen, all in escapes."""
    drawn = json.dumps({key: value}, ensure_ascii=False)[1:-1]
    return drawn if strip(drawn) == drawn else json.dumps({key: value})[1:-1].replace("\x7f", "\\u007f")


def _draw_plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
