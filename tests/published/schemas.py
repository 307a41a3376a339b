"""JSON Schemas made of the types that Slack publishes: `make published` makes them, types.ts says of what.

Where they were not made, the tests that need them are skipped, but never where JIT_REQUIRE_PUBLISHED is set.
"""

import json
import os
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

import jsonschema_rs
import pytest

Json = dict[str, Any]

HERE = Path(__file__).parent
MADE = HERE.parent.parent / ".published"
SOURCES = ("package.json", "types.ts", "schemas.mjs", "echo.mjs")


@cache
def are_there() -> bool:
    """Say whether the schemas were made, and from what is here now."""
    made = MADE / "schemas.json"
    return made.exists() and all((MADE / name).read_bytes() == (HERE / name).read_bytes() for name in SOURCES)


def require_published() -> None:
    """Skip the test when the schemas are not there, or fail it where they have to be."""
    if are_there():
        return
    if os.environ.get("JIT_REQUIRE_PUBLISHED"):
        pytest.fail("Slack's published types are not here, and JIT_REQUIRE_PUBLISHED is set: `make published`")
    pytest.skip("Slack's published types are not here: `make published` fetches them")


def complaints(name: str, document: object) -> list[str]:
    """Return what the published type *name* has against the document."""
    errors = [inner for error in _validator(name).iter_errors(document) for inner in _read(error)]
    return [f"{name}: {'/'.join(map(str, error.instance_path))}: {error.message[:500]}" for error in errors]


def require_legal(name: str, document: object) -> None:
    """Fail when the document is not what the published type says."""
    assert complaints(name, document) == []


def _read(error: jsonschema_rs.ValidationError) -> Iterator[jsonschema_rs.ValidationError]:
    """Yield what is wrong; where there was a choice, what is wrong with the choice that fits best."""
    if not isinstance(error.kind, jsonschema_rs.ValidationErrorKind.AnyOf):
        yield error
        return
    wrong = [branch for branch in error.kind.context if '"null"' not in branch[0].message]
    best = min(wrong, key=len)
    if len(wrong) > 1:
        yield error
    for inner in best:
        yield from _read(inner)


@cache
def _validator(name: str) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(_as_sent(_schemas()[name]))


def _as_sent(schema: Any) -> Any:  # noqa: ANN401 - any JSON
    """Read two things as Slack means them.

    A member that may be missing may be null, as Slack draws many of them (a dialog without ``submit``). And an object
    without members is one whose keys are somebody's own: block ids, or what an app put into metadata.
    """
    if isinstance(schema, list):
        return [_as_sent(inner) for inner in cast("list[Any]", schema)]
    if not isinstance(schema, dict):
        return schema
    drawn: Json = {key: _as_sent(inner) for key, inner in cast("Json", schema).items()}
    if drawn.get("properties") and drawn.get("type") == "object":
        needed = set(drawn.get("required", []))
        members: Json = drawn["properties"]
        drawn["properties"] = {
            name: member if name in needed else {"anyOf": [member, {"type": "null"}]}
            for name, member in members.items()
        }
    elif drawn.get("type") == "object":
        drawn.pop("additionalProperties", None)
    return drawn


@cache
def _schemas() -> Mapping[str, Json]:
    return json.loads((MADE / "schemas.json").read_text(encoding="utf-8"))


def all_names() -> frozenset[str]:
    """Return the name of every published type that is here."""
    return frozenset(_schemas())
