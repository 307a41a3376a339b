"""Writes the documents that are drawn from the code: `make docs`. tests/test_house.py checks that they are fresh."""  # noqa: INP001 - a script beside what it writes

import re
from collections.abc import Callable
from pathlib import Path

from bot.core.life.lifecycle_drawing import draw_lifecycle
from bot.policy.grammar.reference import draw_reference, draw_schema
from bot.reports import FORMATS

API = Path(__file__).parent / "api.md"
_BETWEEN_MARKS = re.compile(r"(?<=<!-- formats: drawn -->\n).*(?=<!-- formats: end -->)", re.DOTALL)


def draw_api() -> str:
    """Return docs/api.md with the formats of reports drawn anew; the rest of it is written by hand."""
    rows = [f"| `{each.name}` | {each.title} | {each.begins} | {each.writers} |" for each in FORMATS]
    table = "\n".join(["| format | what it is | begins with | written by |", "|---|---|---|---|", *rows, ""])
    return _BETWEEN_MARKS.sub(lambda _: table, API.read_text(encoding="utf-8"))


GENERATED: dict[str, Callable[[], str]] = {
    "docs/api.md": draw_api,
    "docs/lifecycle.md": draw_lifecycle,
    "docs/policy.md": draw_reference,
    "docs/policy.schema.json": draw_schema,
}

if __name__ == "__main__":
    for name, draw in GENERATED.items():
        Path(name).write_text(draw(), encoding="utf-8")
