"""JSON from strangers: no twins, no more levels than it needs, nothing that is no JSON."""

import json
from typing import Any, cast

MAX_LEVELS = 8


class BadJson(ValueError):
    """It is no JSON that two readers would read alike."""


def read_object(content: bytes) -> dict[str, Any]:
    """Return the object. Raises BadJson."""
    try:
        found: object = json.loads(content.decode(), object_pairs_hook=_without_twins, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise BadJson("is no JSON") from error
    if not isinstance(found, dict) or _is_deep(cast("object", found)):
        raise BadJson("is no object, or too deep")
    return cast("dict[str, Any]", found)


def _without_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadJson("says something twice")
    return found


def _refuse(constant: str) -> object:
    raise BadJson(f"{constant} is no JSON")


def _is_deep(value: object) -> bool:
    """Tell whether more than MAX_LEVELS containers stand in each other, level by level: it needs no stack."""
    level = [value]
    for _ in range(MAX_LEVELS + 1):
        level = [inner for outer in level for inner in _inside(outer)]
    return bool(level)


def _inside(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(cast("dict[str, object]", value).values())
    return cast("list[object]", value) if isinstance(value, list) else []
