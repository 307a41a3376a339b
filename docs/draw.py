"""Writes the documents that are drawn from the code: `make docs`. tests/test_house.py checks that they are fresh."""  # noqa: INP001 - a script beside what it writes

from collections.abc import Callable
from pathlib import Path

from bot.core.life.lifecycle_drawing import draw_lifecycle
from bot.policy.grammar.reference import draw_reference, draw_schema

GENERATED: dict[str, Callable[[], str]] = {
    "docs/lifecycle.md": draw_lifecycle,
    "docs/policy.md": draw_reference,
    "docs/policy.schema.json": draw_schema,
}

if __name__ == "__main__":
    for name, draw in GENERATED.items():
        Path(name).write_text(draw(), encoding="utf-8")
