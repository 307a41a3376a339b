"""Whether the engine can look at a value within its time: how large it is, and what it is made of."""

from collections.abc import Iterable, Sized
from datetime import datetime
from itertools import chain
from typing import cast

from bot.policy.conditions.cost import MAX_ENTRIES, MAX_TEXT

_MAX_LEVELS = 24
_INTEGERS = range(-(2**63), 2**63)
_UNREADABLE = 2**63


def is_readable(value: object, level: int) -> bool:
    """Tell whether the engine can look at *value* within its time: sizes, numbers of 64 bits, JSON's types."""
    match value:
        case None | bool() | float() | datetime():
            return True
        case str():
            return len(value) <= MAX_TEXT
        case int():
            return value in _INTEGERS
        case _:
            return level < _MAX_LEVELS and all(is_readable(part, level + 1) for part in _parts_of(value))


def weight(value: object) -> int:
    """Return the characters of all texts in a readable *value*."""
    match value:
        case str():
            return len(value)
        case dict() | list() | tuple():
            return sum(map(weight, _parts_of(cast("object", value))))
        case _:
            return 1


def _parts_of(value: object) -> Iterable[object]:
    """Return keys and values of a mapping, or the items of a list; something unreadable for anything else."""
    match value:
        case dict() | list() | tuple() if len(cast("Sized", value)) > MAX_ENTRIES:
            return (_UNREADABLE,)
        case dict():
            return chain.from_iterable(cast("dict[object, object]", value).items())
        case list() | tuple():
            return cast("list[object]", value)
        case _:
            return (_UNREADABLE,)
