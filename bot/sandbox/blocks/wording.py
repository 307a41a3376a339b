"""Turns what pydantic found into Slack's sentences with JSON pointers."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

from pydantic_core import ErrorDetails

_HERE: Mapping[str, str] = {
    "union_tag_not_found": "missing required field: type",
    "string_too_long": "must be less than {max_length_plus_one} characters",
    "string_too_short": "must be more than {min_length_less_one} characters",
    "too_long": "no more than {max_length} items allowed",
    "too_short": "no fewer than {min_length} items allowed",
    "value_error": "{error}",
}
_AT_THE_PARENT: Mapping[str, str] = {
    "missing": "missing required field: {field}",
    "extra_forbidden": "invalid additional property: {field}",
}


def draw_problem(error: ErrorDetails, document: object, root: str) -> str:
    """Return one sentence and where; *root* is the pointer of *document*."""
    *parents, field = [root, *_path(error["loc"], document)]
    parent, pointer = "/".join(parents), "/".join([*parents, field])
    values = _values(error, field)
    if error["type"] in _AT_THE_PARENT:
        return f"{_AT_THE_PARENT[error['type']].format_map(values)} [json-pointer:{parent}]"
    if error["type"] == "union_tag_invalid":
        return f"unsupported type: {values['tag']} [json-pointer:{pointer}/type]"
    if error["type"] in _HERE:
        return f"{_HERE[error['type']].format_map(values)} [json-pointer:{pointer}]"
    return f"{error['msg'][0].lower()}{error['msg'][1:]} [json-pointer:{pointer}]"


def _values(error: ErrorDetails, field: str) -> dict[str, Any]:
    context: dict[str, Any] = error.get("ctx", {})
    return {
        **context,
        "field": field,
        "max_length_plus_one": context.get("max_length", 0) + 1,
        "min_length_less_one": context.get("min_length", 0) - 1,
    }


def _path(location: tuple[int | str, ...], document: object) -> Iterator[str]:
    """Yield the path without the names of union members, which pydantic puts between."""
    here = document
    is_entered = False
    for step in location:
        if not is_entered and _below(here, "type") == step:
            is_entered = True
            continue
        yield str(step)
        here, is_entered = _below(here, step), False


def _below(value: object, step: int | str) -> object:
    if isinstance(value, dict):
        return cast("dict[object, object]", value).get(step)
    if isinstance(value, list) and isinstance(step, int):
        items = cast("list[object]", value)
        return items[step] if step < len(items) else None
    return None
