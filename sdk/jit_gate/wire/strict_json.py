"""JSON that says one thing: UTF-8, one object, no name twice, no number that is none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn, cast

from jit_gate.errors import Astray


def read_object(body: bytes) -> Mapping[str, Any]:
    """Return the object in *body*. Raises Astray."""
    try:
        found: object = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_never)
    except (ValueError, RecursionError) as error:  # so are what is no UTF-8, and a number of too many digits
        raise Astray("What came back is not one whole JSON document.") from error
    if not isinstance(found, dict):
        raise Astray("What came back is JSON, but no object.")
    return cast("Mapping[str, Any]", found)


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """Refuse twins: of two readers one would take the first, and the other the last."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is written twice in one object")
    return found


def _never(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number of JSON")
