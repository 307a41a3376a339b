"""What the house promises about itself: sizes, floors, names, freshness."""

import ast
import re
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parent.parent
FOLDERS = ("bot", "handlers", "sdk", "tests", "docs", "deploy", "examples", "benchmarks", ".ci")
SOURCES = sorted(path for folder in ("bot", "handlers", "sdk") for path in (ROOT / folder).rglob("*.py"))
PYTHON = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
ADDRESS = re.compile(r"https?://[\w.-]+")


def _everything() -> Iterator[tuple[str, str]]:
    """Every text file of the project, by its name."""
    # In a second work tree of a repository `.git` is a file, and names the first.
    found = [p for p in ROOT.iterdir() if p.is_file() and p.suffix not in {".db", ".key"} and p.name != ".git"]
    found += [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.is_file()]
    for path in sorted(found):
        if "__pycache__" in path.parts or path.name.startswith((".coverage", ".env", "jit.db")):
            continue
        try:
            yield str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_module_is_longer_than_300_lines() -> None:
    assert {_name(path): _lines(path) for path in SOURCES if _lines(path) > 300} == {}


def test_half_of_all_modules_fit_into_100_lines() -> None:
    assert statistics.median(_lines(path) for path in SOURCES) <= 100


def test_no_function_is_longer_than_40_lines() -> None:
    too_long = {
        f"{_name(path)}:{function.lineno} {function.name}": length
        for path in SOURCES
        for function in _functions(path)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > 40
    }

    assert too_long == {}


def test_half_of_all_functions_fit_into_10_lines() -> None:
    lengths = [(f.end_lineno or 0) - f.lineno + 1 for path in SOURCES for f in _functions(path)]

    assert statistics.median(lengths) <= 10


def test_no_function_has_more_than_5_parameters() -> None:
    too_many = {
        f"{_name(path)}:{function.lineno} {function.name}": count
        for path in SOURCES
        for function in _functions(path)
        if (count := _parameters(function)) > 5
    }

    assert too_many == {}


def _parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    names = [a.arg for a in (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)]
    return len([name for name in names if name not in {"self", "cls"}])


def test_every_module_says_what_it_is_for_in_its_first_line() -> None:
    silent = [_name(path) for path in SOURCES if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))]

    assert silent == []


def test_no_folder_or_module_is_named_after_nothing() -> None:
    nameless = {"utils", "util", "helpers", "helper", "common", "manager", "managers", "base", "misc", "core_utils"}

    found = [_name(path) for path in SOURCES if nameless & {part.removesuffix(".py") for part in path.parts}]

    assert found == []


def test_every_exception_to_a_linter_has_its_reason_in_words() -> None:
    bare = [f"{_name(path)}:{number}" for path in PYTHON if path != Path(__file__) for number in _bare_marks(path)]

    assert bare == []


MARK = re.compile(r"#\s*(?:noqa|pyright:|pragma:|type:\s*ignore).*")
REASONED = re.compile(r"#\s*(noqa: [A-Z0-9, ]+|pyright: ignore\[[\w, ]+\]|pragma: no (cover|branch)) - \w+")


def _bare_marks(path: Path) -> Iterator[int]:
    """Numbers of lines with a mark and no reason; one for a whole module has it in brackets on the line below."""
    lines = [*path.read_text(encoding="utf-8").splitlines(), ""]
    for number, line in enumerate(lines, start=1):
        mark = MARK.search(line)
        if mark is None or REASONED.match(mark[0]):
            continue
        if line.startswith("# pyright: ") and lines[number].startswith(("# pyright: ", "# (")):
            continue
        yield number


def test_only_settings_read_the_environment() -> None:
    reader = re.compile(r"\bos\.(environ|getenv)\b|\bfrom os import .*\b(environ|getenv)\b|dotenv_values")

    found = [_name(path) for path in SOURCES if reader.search(path.read_text(encoding="utf-8"))]

    assert found == ["bot/environment.py", "sdk/jit_gate/cli/surroundings.py"]


def test_the_clock_is_read_in_one_place() -> None:
    reads = [
        _name(path)
        for path in SOURCES
        if "sandbox" not in path.parts  # a house of its own, with a clock of its own
        for _ in re.finditer(r"datetime\.(now|utcnow|today)\(", path.read_text(encoding="utf-8"))
    ]

    assert len(reads) == 1, reads


def test_the_floors_hold() -> None:
    done = subprocess.run(  # noqa: S603 - our own linter on our own code
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_decision_has_a_number_of_its_own_and_says_it() -> None:
    found = sorted((ROOT / "docs" / "decisions").glob("*.md"))

    assert [path.name[:4] for path in found] == [f"{number:04}" for number in range(1, len(found) + 1)]
    assert [one.name for one in found if not one.read_text(encoding="utf-8").startswith(f"# {one.name[:4]} ")] == []


def test_generated_documents_are_fresh() -> None:
    from docs.draw import GENERATED  # noqa: PLC0415 - imports the whole house, so only here

    stale = [name for name, draw in GENERATED.items() if (ROOT / name).read_text(encoding="utf-8") != draw()]

    assert stale == [], "run `make docs`"


def test_the_manifest_asks_for_what_is_registered() -> None:
    from bot.slack.manifest import EVENTS_PATH, PLACEHOLDER, Mode, draw_manifest  # noqa: PLC0415 - as above
    from handlers import slack  # noqa: PLC0415 - as above

    written: Any = YAML(typ="safe").load((ROOT / "manifest.yml").read_text(encoding="utf-8"))  # pyright: ignore[reportUnknownMemberType] - ruamel leaves it open

    assert written == draw_manifest(PLACEHOLDER, Mode.HTTP)
    assert {command["command"] for command in written["features"]["slash_commands"]} == slack.COMMANDS
    assert set(written["settings"].get("event_subscriptions", {}).get("bot_events", [])) == slack.EVENTS
    assert slack.PATH == EVENTS_PATH


def test_nothing_names_the_host_of_a_package_index_or_a_place_on_one_machine() -> None:
    hosts = "|".join(("pyp" + "i", "python" + "hosted", "files" + r"\.python", "npm" + "js"))
    homes = "|".join(("wor" + "k", "roo" + "t", "hom" + "e/[a-z]", "User" + "s", "opt/py" + "pi", "opt/whee" + "ls"))
    forbidden = re.compile(rf"({hosts})\.(org|com)|(?<![\w.}}])/({homes})\b")

    found = {
        f"{name}: {mark[0]}" for name, text in _everything() if (mark := forbidden.search(text)) and name != "LICENSE"
    }

    assert found == set()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_pinned_by_hash_and_name_no_address(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z0-9][^\n]*==[^\n]*(?:\n    --hash=[^\n]*)*", text, re.MULTILINE)

    assert len(pins) > 20
    assert [pin.split("\n")[0] for pin in pins if "--hash=sha256:" not in pin] == []
    assert ADDRESS.findall(text) == []
    assert re.findall(r"^(?![a-z0-9]|    --hash=|    #)[^\n]+", text, re.MULTILINE) == []


def test_the_image_is_made_of_the_same_steps_as_the_checkout() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    step = re.search(r"^PIP_INSTALL := \$\(BIN\)/python (.*)$", makefile, re.MULTILINE)

    assert step is not None
    assert f"RUN .venv/bin/python {step[1]} -r requirements.txt" in dockerfile
    assert "COPY deploy/jit .venv/bin/jit" in dockerfile
    assert "cp deploy/jit $(BIN)/jit" in makefile


def test_the_image_is_not_root_and_asks_the_bot_whether_it_lives() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")

    assert re.findall(r"^USER (\S+)", dockerfile, re.MULTILINE) == ["10001"]
    assert "/healthz" in dockerfile
    assert all(
        re.fullmatch(r"python:3\.\d+-slim", image) for image in re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    )
