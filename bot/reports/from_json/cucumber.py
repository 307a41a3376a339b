"""Cucumber's JSON (https://github.com/cucumber/cucumber-json-schema), and what ``behave --format json`` makes of it."""

from collections.abc import Iterator
from typing import cast

from bot.reports.case import Case, Result, named, only_says
from bot.reports.findings import Findings
from bot.reports.from_json.fields import has_list, inner, items, number, text, texts

NAMES = frozenset(
    {"elements", "uri", "keyword", "name", "line", "location", "type", "status", "steps", "before", "after", "result"}
    | {"error_message"}
)
"""What is looked at; everything else is let go while the document is read."""

_FINE = frozenset({"passed", "skipped", "untested", "untested_pending", "untested_undefined"})
"""Words that are no failure. Undefined, pending and ambiguous steps fail a run: that is strict, as is the default."""

_MAX_DIGITS = 7


def is_cucumber(document: object) -> bool:
    """Tell whether it looks like one: a list of features. An empty one is what Cucumber writes when nothing ran."""
    return isinstance(document, list) and all(
        has_list(feature, "elements") or text(feature, "keyword") for feature in cast("list[object]", document)
    )


def read_cucumber(document: object, findings: Findings) -> None:
    """Take over every scenario, and every row of an outline. What it says of itself is in its steps and hooks."""
    for feature in cast("list[object]", document):
        for case in _scenarios(feature):
            findings.count(case)


def _scenarios(feature: object) -> Iterator[Case]:
    """Yield its scenarios. Cucumber-JVM writes each one's background before it, with what came of its steps."""
    background: list[object] = []
    for element in items(feature, "elements"):
        if text(element, "type") == "background":
            background = items(element, "steps")
            continue
        yield _case(feature, element, background)
        background = []


def _case(feature: object, scenario: object, background: list[object]) -> Case:
    owner, name = text(feature, "name"), text(scenario, "name")
    id_ = named(owner, name)
    parts = [*items(scenario, "before"), *background, *items(scenario, "steps"), *items(scenario, "after")]
    words = [word for part in parts if (word := text(inner(part, "result"), "status").lower())]
    bad = next((part for part in parts if _word(part) not in _FINE and _word(part)), None)
    own = text(scenario, "status").lower()
    if bad is None and own in {*_FINE, ""}:
        passed = own == "passed" or (not own and bool(words) and all(word == "passed" for word in words))
        return Case(id=id_, result=Result.PASSED if passed else Result.SKIPPED)
    file, line = _place(feature, scenario, bad)
    message, detail = _said(bad, own)
    return Case(
        id=id_, result=Result.FAILED, problems=1, message=message, detail=detail, file=file, line=line, suite=owner
    )


def _word(part: object) -> str:
    return text(inner(part, "result"), "status").lower()


def _said(bad: object, own: str) -> tuple[str, str]:
    """Return message and detail: the step, and what it said."""
    if bad is None:
        return only_says("status", own), ""
    step = f"{text(bad, 'keyword').strip()} {text(bad, 'name')}".strip()
    words = "\n".join(texts(inner(bad, "result"), "error_message"))
    return words or f"{_word(bad)}: {step}", f"{step}\n{words}".strip()


def _place(feature: object, scenario: object, bad: object) -> tuple[str | None, int | None]:
    """Return the line of the step, or of the scenario; behave writes ``file:line``, Cucumber apart."""
    for part in (bad, scenario):
        file, _, line = text(part, "location").rpartition(":")
        if file and line.isascii() and line.isdecimal() and len(line) <= _MAX_DIGITS:
            return file, int(line)
        if (at := number(part, "line")) is not None:
            return text(feature, "uri") or None, at
    return text(feature, "uri") or text(feature, "location").rpartition(":")[0] or None, None
