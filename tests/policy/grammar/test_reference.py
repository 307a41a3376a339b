"""The reference says what the grammar takes: every key, and a schema that agrees with the loader."""

import json
from pathlib import Path

import jsonschema_rs
import pytest
from ruamel.yaml import YAML

from bot.policy.conditions.facts import FACTS
from bot.policy.grammar import mappings, times
from bot.policy.grammar.reference import draw_reference, draw_schema

ROOT = Path(__file__).parents[3]
PARTS = [
    part
    for room in (mappings, times)
    for part in vars(room).values()
    if isinstance(part, type) and issubclass(part, mappings.Part)
]


@pytest.mark.parametrize("part", [part for part in PARTS if part is not mappings.Part])
def test_every_key_has_a_line_that_explains_it(part: type[mappings.Part]) -> None:
    page = draw_reference()

    for key, field in part.model_fields.items():
        assert f"| `{field.alias or key}` |" in page
        assert field.description, f"{part.__name__}.{key} has no description"


def test_every_fact_is_listed() -> None:
    page = draw_reference()

    assert all(f"| `{fact.name}` | {fact.kind} |" in page for fact in FACTS)


@pytest.mark.parametrize(
    "name",
    [
        "examples/policy.yaml",
        "examples/contextual-triggers.yaml",
        "examples/time.yaml",
        "examples/people.yaml",
        "bot/policy/starter.yaml",
    ],
)
def test_what_we_ship_is_valid_by_the_schema(name: str) -> None:
    policy = YAML(typ="safe").load((ROOT / name).read_text(encoding="utf-8"))  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] - ruamel leaves it open

    assert jsonschema_rs.validator_for(json.loads(draw_schema())).is_valid(policy)


@pytest.mark.parametrize(
    "policy",
    [
        {"version": 2},
        {"version": 1, "colour": "red"},
        {"version": 1, "rules": [{"name": "a"}]},
        {"version": 1, "rules": [{"name": "a", "then": "approve"}]},
        {"version": 1, "rules": [{"name": "a", "then": "require_approval", "stages": [{"quorum": 0}]}]},
        {"version": 1, "defaults": {"timeout": "30"}},
    ],
)
def test_an_editor_shows_what_the_loader_would_refuse(policy: dict[str, object]) -> None:
    assert not jsonschema_rs.validator_for(json.loads(draw_schema())).is_valid(policy)
