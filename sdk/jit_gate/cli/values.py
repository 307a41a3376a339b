"""Values of flags: people, links, ``name=value`` pairs, and the files that a pattern means."""

from __future__ import annotations

import glob
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

from jit_gate.asking import Link, Person, Report, Tests
from jit_gate.errors import BadInput

MAX_REPORT_BYTES = 10 * 1024 * 1024
"""What the bot takes of one ask (413 above it)."""

_SWITCH = {"true": True, "false": False}


def read_person(text: str) -> Person:
    """Return who ``ana@acme.test``, ``github:ana`` or ``slack:U0ANA`` is; several with commas. Raises BadInput."""
    found: dict[str, str] = {}
    for handle in text.split(","):
        kind, _, name = handle.rpartition(":")
        where = {"": "email", "email": "email", "github": "github", "slack": "slack_id"}.get(kind)
        if where is None or not name or where in found or (where == "email" and "@" not in name):
            raise BadInput(f"{text!r} names nobody: write an e-mail address, github:LOGIN or slack:ID.")
        found[where] = name
    return Person(**found)


def read_link(text: str) -> Link:
    """Return the link that ``label=url`` means. Raises BadInput."""
    label, url = _pair("--link", text)
    return Link(label=label, url=url)


def read_values(flag: str, texts: Iterable[str]) -> dict[str, object]:
    """Return what ``name=text`` and ``name:=JSON`` say. Raises BadInput, also for a name that comes twice."""
    found: dict[str, object] = {}
    for text in texts:
        name, value = _pair(flag, text)
        is_json, name = name.endswith(":"), name.removesuffix(":")
        if name in found:
            raise BadInput(f"{flag} {name} is given twice.")
        found[name] = _json(f"{flag} {name}", value) if is_json else value
    return found


def read_switches(texts: Iterable[str]) -> dict[str, bool]:
    """Return what ``name``, ``name=true`` and ``name=false`` say. Raises BadInput."""
    found: dict[str, bool] = {}
    for text in texts:
        name, _, value = text.partition("=")
        if name in found or value not in {"", *_SWITCH} or not name:
            raise BadInput(f"--flag {text!r} is none: write each name once, alone or with =true or =false.")
        found[name] = _SWITCH.get(value, True)
    return found


def read_tests(file: str) -> Tests:
    """Return the counts in a JSON file. Raises BadInput."""
    found = _json("--tests", _content(Path(file)).decode("utf-8", "replace"))
    if not isinstance(found, dict):
        raise BadInput("--tests needs a file with an object: total, failed, skipped, failures.")
    try:
        return Tests(**cast("dict[str, Any]", found))
    except TypeError as error:
        raise BadInput(f"--tests: {error}.") from error


def read_reports(patterns: Sequence[str]) -> list[Report]:
    """Return the files that the patterns mean, each once. Raises BadInput when one of the patterns means none."""
    found: dict[str, Report] = {}
    size = 0
    for pattern in patterns:
        files = [path for path in sorted(glob.glob(pattern, recursive=True)) if Path(path).is_file()]  # noqa: PTH207 - Path.glob takes no absolute pattern
        if not files:
            raise BadInput(f"--report {pattern!r} matches no file: nobody is asked about tests that nobody sees.")
        for path in files:
            if path not in found:
                found[path] = Report(name=Path(path).as_posix(), content=_content(Path(path)))
                size += len(found[path].content)
        if size > MAX_REPORT_BYTES:
            raise BadInput(f"The reports have more than {MAX_REPORT_BYTES // 1024 // 1024} MiB together.")
    return list(found.values())


def _pair(flag: str, text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise BadInput(f"{flag} {text!r} has no name and value: write name=value.")
    return name, value


def _json(what: str, text: str) -> object:
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadInput(f"{what} is no JSON ({error}).") from error
    return found


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as opened:
            return opened.read(MAX_REPORT_BYTES + 1)
    except OSError as error:
        raise BadInput(f"{path} can't be read ({error.strerror}).") from error
