"""One JUnit test case: what came of it, and in which words. The one module that knows junitparser."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (the three above: junitparser is unannotated; what leaves this module is Case)

import re
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import junitparser

from bot.core.evidence import Failure
from bot.reports.cutting import cut, cut_middle, first_line

MAX_WORDS = 1_000
"""Characters of a message, a detail and every other text that is taken over."""

_MAX_ID = 990
"""Room for the mark that tells several tests with one name apart."""

_NOT_RUN = frozenset({"notrun", "untested", "suppressed", "skipped", "skip", "disabled", "ignored", "pending"})
"""GoogleTest has no <skipped> for disabled tests, but says so in ``status`` or ``result``."""

_RAN = frozenset({"", "run", "completed", "passed", "pass", "success", "successful", "succeeded", "ok", "executed"})
"""What ``status`` and ``result`` of a test say that passed. Any other word is none: it failed, or nobody knows."""

_PLACE = re.compile(r"^([^\s:]+\.[A-Za-z]{1,5}):(\d{1,7}): ", re.MULTILINE)
"""Where pytest says that it failed: ``tests/test_pay.py:41: AssertionError``."""


class Result(Enum):
    """What came of a case; an error is a failure."""

    PASSED = auto()
    FAILED = auto()
    SKIPPED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One case. ``message`` and ``detail`` are those of its first failure, uncut."""

    id: str
    result: Result
    problems: int = 0
    message: str = ""
    detail: str = ""
    file: str | None = None
    line: int | None = None
    suite: str = ""

    def as_failure(self, id_: str) -> Failure:
        """Return what the core keeps of it, cut to the contract's lengths."""
        message = first_line(self.message) or first_line(self.detail) or "failed without a message"
        file, line = _place(self.file, self.line, self.detail)
        return Failure(
            id=id_,
            message=cut(message, MAX_WORDS),
            detail=cut_middle(self.detail or self.message, MAX_WORDS),
            file=None if file is None else cut(file, MAX_WORDS),
            line=line,
            suite=cut(self.suite, MAX_WORDS),
        )


def read_case(element: Any, suite: str) -> Case:  # noqa: ANN401 - lxml's elements have no type
    """Return what a ``<testcase>`` says; *suite* is the name of the nearest suite around it."""
    attributes: dict[str, str] = dict(element.attrib)
    id_ = _id(attributes, suite)
    results = _results(element)
    problems = [each for each in results if isinstance(each, junitparser.Failure | junitparser.Error)]
    if not problems:
        return _without_problems(attributes, id_, suite, is_skipped=bool(results))
    first = problems[0]
    return Case(
        id=id_,
        result=Result.FAILED,
        problems=len(problems),
        message=first.message or first.type or "",
        detail=(first.text or "").strip("\r\n"),
        file=attributes.get("file"),
        line=_line(attributes.get("line")),
        suite=suite,
    )


def _without_problems(attributes: dict[str, str], id_: str, suite: str, *, is_skipped: bool) -> Case:
    """Return a case without <failure> and <error>: some tools say what came of it in an attribute only."""
    said = [(name, attributes[name].strip()) for name in ("status", "result") if name in attributes]
    odd = next(((name, word) for name, word in said if word.lower() not in _RAN | _NOT_RUN), None)
    if odd is not None:
        return Case(
            id=id_,
            result=Result.FAILED,
            problems=1,
            message=f'says {odd[0]}="{odd[1]}" and no more',
            file=attributes.get("file"),
            line=_line(attributes.get("line")),
            suite=suite,
        )
    not_run = is_skipped or any(word.lower() in _NOT_RUN for _, word in said)
    return Case(id=id_, result=Result.SKIPPED if not_run else Result.PASSED)


def _results(element: Any) -> list[Any]:  # noqa: ANN401 - as above
    """Return its failures, errors and skips; most cases are empty, and those cost nothing."""
    if not len(element):
        return []
    case = junitparser.TestCase.fromelem(element)
    return [] if case is None else case.result


def _id(attributes: dict[str, str], suite: str) -> str:
    """Return ``class::name``; tests without a class are told apart by their suite."""
    name = attributes.get("name") or "unnamed test"
    owner = attributes.get("classname") or suite
    return cut(f"{owner}::{name}" if owner else name, _MAX_ID)


def _line(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 7 else None  # noqa: PLR2004 - no file has more lines


def _place(file: str | None, line: int | None, detail: str) -> tuple[str | None, int | None]:
    """Return where it failed; what the detail says of the same file is nearer than where the test begins."""
    for found, at in _PLACE.findall(detail):
        if file is None or found.replace("\\", "/").endswith(file):
            return file or found, int(at)
    return file, line
