"""What rules compare must be what people see: ``production`` and ``production`` with a zero-width space look alike.

A card leaves out what nobody can see and makes one space of many. A field that differs from what is shown would miss
the rule that the people in front of the card believe to hold. Titles, reasons and metadata are free: they are read.
"""

import re
import unicodedata
from collections.abc import Iterator

from handlers.api.asking.model import IdentityAsked, RequestAsked
from handlers.api.asking.plain import path_of, pointer, walk
from handlers.problems import Fault

NAMES = ("action", "service", "environment", "repository", "ref", "commit", "lane", "severity")

_IGNORABLE = re.compile(  # Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties, and the blank of Braille
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
_SYMBOL = "[\u2190-\u27bf\u2900-\u2bff\U0001f000-\U0001faff]\ufe0f?"
_EMOJI = re.compile(f"{_SYMBOL}(?:\u200d{_SYMBOL})*")
"""In an emoji the joiner and the variation selector are part of what is seen."""

_BREAKS = frozenset("\t\n\r")
_NO_GLYPH = frozenset({"Cc", "Cf", "Zl", "Zp"})


def sight_faults(asked: RequestAsked) -> Iterator[Fault]:
    """Yield every field of *asked* that is judged and would look like another one."""
    for path, text in _names(asked):
        if why := _unlike_its_look(text):
            yield Fault(pointer=pointer(path), detail=why)
    if asked.parameters:
        yield from _parameter_faults(asked.parameters)


def _names(asked: RequestAsked) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for name in NAMES:
        text: str | None = getattr(asked, name)
        if text:
            yield (name,), text
    yield from ((("labels", index), label) for index, label in enumerate(asked.labels))
    yield from ((("flags", flag), flag) for flag in asked.flags)
    for name, person in (("requester", asked.requester), ("triggerer", asked.triggerer)):
        if person is not None:
            yield from _handles((name,), person)
    for index, author in enumerate(asked.authors):
        yield from _handles(("authors", index), author)


def _handles(path: tuple[str | int, ...], person: IdentityAsked) -> Iterator[tuple[tuple[str | int, ...], str]]:
    for name, text in (("email", person.email), ("github", person.github)):
        if text:
            yield (*path, name), text


def _parameter_faults(parameters: object) -> Iterator[Fault]:
    """Look into parameters: their texts may have lines and spaces, as scripts and messages do."""
    for place, _, leaf in walk(parameters):
        name = place[1] if place else None
        why = _unlike_its_look(name) if isinstance(name, str) else None
        why = why or (_unseen(leaf, _BREAKS) if isinstance(leaf, str) else None)
        if why:
            yield Fault(pointer=pointer(("parameters", *path_of(place))), detail=why)


def _unlike_its_look(text: str) -> str | None:
    if why := _unseen(text, frozenset()):
        return why
    if text != text.strip():
        return "begins or ends with a space, which a card does not show"
    return "has several spaces in a row, of which a card shows one" if "  " in text else None


def _unseen(text: str, allowed: frozenset[str]) -> str | None:
    if text.isascii() and text.isprintable():
        return None
    for character in _EMOJI.sub("", text):
        if character not in allowed and _is_unseen(character):
            return f"holds U+{ord(character):04X}, which nobody can see on a card or tell from a space; leave it out"
    return None


def _is_unseen(character: str) -> bool:
    category = unicodedata.category(character)
    return category in _NO_GLYPH or (category == "Zs" and character != " ") or bool(_IGNORABLE.match(character))
