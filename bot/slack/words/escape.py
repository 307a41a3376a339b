"""Untrusted text made harmless: titles, test names, branches, reasons. Strip, then escape, then cut, in this order.

Lengths are counted as Slack's own clients count them, in UTF-16 units, so that an emoji is never half a character.
https://docs.slack.dev/messaging/formatting-message-text/#escaping
"""

import re
import unicodedata

CUT = "…"
"""What stands where text was cut."""

_UNSEEN = re.compile(
    "["
    "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"  # controls
    "\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f"  # soft hyphen, marks of direction, fillers
    "\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"  # embeddings, overrides, isolates, invisible operators
    "\ud800-\udfff"  # halves of a pair
    "\U000e0000-\U000e0fff"  # tags: text that nobody sees
    "]"
)
_BREAKS = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")
_SPACES = re.compile(r"\s+")
_MANY_BREAKS = re.compile(r"\n\s*\n\s*\n+")
_PILE = 4
_MAY_PILE = re.compile(rf"[\u0300-\U0010ffff]{{{_PILE + 1},}}")
"""No mark that piles up comes before U+0300: whatever is shorter, or between such letters, need not be looked at."""

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def line(text: str, limit: int) -> str:
    """Return *text* on one line, at most *limit* long, for ``plain_text`` and ``rich_text``; it may be empty."""
    return cut(_SPACES.sub(" ", strip(text)).strip(), limit)


def lines(text: str, limit: int) -> str:
    """Return *text* with its line breaks, but never more than one empty line in a row."""
    return cut(_MANY_BREAKS.sub("\n\n", strip(text)).strip(), limit)


def tail(text: str, limit: int) -> str:
    """Return *text* on one line, cut at its front: what matters in the name of a test stands at its end."""
    whole = _SPACES.sub(" ", strip(text)).strip()
    if length(whole) <= limit:
        return whole
    return cut(whole[::-1], limit).removesuffix(CUT)[::-1].join((CUT, "")) if limit > 0 else ""


def mrkdwn(text: str, limit: int) -> str:
    """Return *text* on one line for a message's own text: it can neither ping nor link."""
    return _cut_pieces([_ENTITIES.get(character, character) for character in line(text, limit)], limit)


def strip(text: str) -> str:
    """Return *text* without what cannot be seen or turns the line round; breaks of all kinds become newlines."""
    if text.isascii() and text.isprintable():
        return text
    visible = _UNSEEN.sub("", _BREAKS.sub("\n", text))
    return _MAY_PILE.sub(_without_piles, visible)


def cut(text: str, limit: int) -> str:
    """Return *text*, ended by a mark when it is longer than *limit*."""
    if len(text) * 2 <= limit or length(text) <= limit:
        return text
    return _cut_pieces(list(text[: limit + 1]), limit)  # more can't fit, however long the rest is


def length(text: str) -> int:
    """Return how long *text* is in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _cut_pieces(pieces: list[str], limit: int) -> str:
    """Join whole pieces as long as they fit: an entity is never cut in two."""
    if sum(length(piece) for piece in pieces) <= limit:
        return "".join(pieces)
    kept: list[str] = []
    room = limit - length(CUT)
    for piece in pieces:
        room -= length(piece)
        if room < 0:
            break
        kept.append(piece)
    return "".join(kept).rstrip() + CUT if limit > 0 else ""


def _without_piles(match: re.Match[str]) -> str:
    """Drop the marks that pile up on one letter until they cover the lines around it."""
    kept: list[str] = []
    pile = 0
    for character in match[0]:
        pile = pile + 1 if unicodedata.category(character) in {"Mn", "Me"} else 0
        if pile <= _PILE:
            kept.append(character)
    return "".join(kept)
