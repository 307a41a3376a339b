"""What callers install: nothing but Python, from 3.9 on, with types."""

import ast
import sys
import tomllib
from pathlib import Path

import jit_gate

ROOT = Path(__file__).parent.parent.parent
SDK = ROOT / "sdk"
SOURCES = sorted(SDK.rglob("*.py"))


def _imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def test_it_needs_nothing_but_python() -> None:
    project = tomllib.loads((SDK / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    imported = {name for path in SOURCES for name in _imports(path)}

    assert project["dependencies"] == []
    assert "optional-dependencies" not in project
    assert {name.partition(".")[0] for name in imported} - set(sys.stdlib_module_names) == {"jit_gate"}
    assert "tomllib" not in imported, "which came with 3.11"


def test_its_syntax_is_that_of_the_oldest_python_it_promises() -> None:
    project = tomllib.loads((SDK / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["project"]["requires-python"] == ">=3.9"
    assert project["tool"]["ruff"]["target-version"] == "py39"
    for path in SOURCES:
        ast.parse(path.read_text(encoding="utf-8"), feature_version=(3, 9))


def test_annotations_are_never_evaluated_where_the_oldest_python_could_not() -> None:
    late = [
        path.name
        for path in SOURCES
        if " | " in path.read_text(encoding="utf-8")
        and "from __future__ import annotations" not in path.read_text(encoding="utf-8")
    ]

    assert late == []


def test_whoever_types_their_code_gets_its_types() -> None:
    assert (SDK / "jit_gate" / "py.typed").exists()
    assert all(hasattr(jit_gate, name) for name in jit_gate.__all__)
