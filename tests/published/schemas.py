"""JSON Schemas made of the types that Slack publishes: `make published` makes them, types.ts says of what.

Where they were not made, the tests that need them are skipped, but never where JIT_REQUIRE_PUBLISHED is set.
"""

import json
import os
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

Json = dict[str, Any]

HERE = Path(__file__).parent
MADE = HERE.parent.parent / ".published"
SOURCES = ("package.json", "types.ts", "schemas.mjs")


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
    errors = _validator(name).iter_errors(document)
    return [f"{name}: {'/'.join(map(str, error.instance_path))}: {error.message[:500]}" for error in errors]


def require_legal(name: str, document: object) -> None:
    """Fail when the document is not what the published type says."""
    assert complaints(name, document) == []


@cache
def _validator(name: str) -> jsonschema_rs.Draft7Validator:
    return jsonschema_rs.Draft7Validator(_schemas()[name])


@cache
def _schemas() -> Mapping[str, Json]:
    return json.loads((MADE / "schemas.json").read_text(encoding="utf-8"))
