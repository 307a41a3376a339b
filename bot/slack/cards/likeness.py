"""What a card looks like: told apart from another drawing, and recognised in what Slack shows of it."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from html import unescape
from typing import Any, cast

import orjson

from bot.slack.cards.card import Card
from bot.slack.words import rich

_CALLS = frozenset({"user", "usergroup", "broadcast"})
_OURS = ("action_id", "value", "url", "user_id", "usergroup_id", "timestamp")


def digest_of(card: Card) -> str:
    """Return a digest of what *card* is drawn as: another one when another version of the software draws otherwise."""
    return _digest([card.text, card.blocks])


def words_kept(message: Mapping[str, Any] | None) -> str | None:
    """Return a digest of all words, people, times and buttons of a *message* as Slack tells of it; None without blocks.

    What Slack makes of it in its own way leaves it the same: ids and defaults it adds, runs of text it joins, escapes.
    """
    blocks = cast("object", (message or {}).get("blocks"))
    return _digest("".join(_said(cast("object", blocks)))) if isinstance(blocks, list) and blocks else None


def hush(blocks: Sequence[rich.Json]) -> list[rich.Json]:
    """Return *blocks* with nobody in them who would be called when they are posted."""
    return [cast("rich.Json", _hushed(block)) for block in blocks]


def _hushed(part: object) -> object:
    if isinstance(part, list):
        return [_hushed(one) for one in cast("list[object]", part)]
    if not isinstance(part, dict):
        return part
    element = cast("dict[str, object]", part)
    if element.get("type") in _CALLS:
        return {"type": "text", "text": "…"}
    return {key: _hushed(value) for key, value in element.items()}


def _said(part: object) -> Iterator[str]:
    if isinstance(part, list):
        for one in cast("list[object]", part):
            yield from _said(one)
    elif isinstance(part, dict):
        element = cast("dict[str, object]", part)
        text = element.get("text")
        yield unescape(text) if isinstance(text, str) else ""
        yield from (f"\0{key}={element[key]}\0" for key in _OURS if key in element)
        yield from _said(list(element.values()))


def _digest(value: object) -> str:
    return hashlib.sha256(orjson.dumps(value)).hexdigest()
