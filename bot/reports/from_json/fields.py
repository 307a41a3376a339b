"""Looking into JSON that somebody else wrote: each returns what it is asked for, or its nothing."""

from collections.abc import Mapping
from typing import cast

_MOST = 10**9
"""No report counts, and no file has, as many; larger numbers are none of ours."""


def inner(value: object, name: str) -> Mapping[str, object]:
    """Return the object called *name* in *value*; empty when there is none."""
    found = _of(value).get(name)
    return cast("Mapping[str, object]", found) if isinstance(found, dict) else {}


def items(value: object, name: str) -> list[object]:
    """Return the list called *name* in *value*; empty when there is none."""
    found = _of(value).get(name)
    return cast("list[object]", found) if isinstance(found, list) else []


def text(value: object, name: str) -> str:
    """Return the text called *name* in *value*; empty when there is none."""
    found = _of(value).get(name)
    return found if isinstance(found, str) else ""


def texts(value: object, name: str) -> list[str]:
    """Return the texts in the list called *name*, or the one text that stands there alone."""
    alone = text(value, name)
    return [alone] if alone else [item for item in items(value, name) if isinstance(item, str)]


def number(value: object, name: str) -> int | None:
    """Return the count or line called *name* in *value*; None when there is none."""
    found = _of(value).get(name)
    if not isinstance(found, int) or isinstance(found, bool):
        return None
    return found if 0 <= found < _MOST else None


def flag(value: object, name: str) -> bool | None:
    """Return the yes or no called *name* in *value*; None when there is none."""
    found = _of(value).get(name)
    return found if isinstance(found, bool) else None


def has_list(value: object, name: str) -> bool:
    """Tell whether *value* is an object with a list called *name*."""
    return isinstance(_of(value).get(name), list)


def _of(value: object) -> Mapping[str, object]:
    return cast("Mapping[str, object]", value) if isinstance(value, dict) else {}
