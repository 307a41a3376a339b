"""One JUnit test case: what came of it, and in which words. The one module that knows junitparser."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (the three above: junitparser is unannotated; what leaves this module is Case)

from dataclasses import replace
from typing import Any

import junitparser

from bot.reports.case import Case, Result, named, only_says

_NOT_RUN = frozenset({"notrun", "untested", "suppressed", "skipped", "skip", "disabled", "ignored", "pending"})
"""GoogleTest has no <skipped> for disabled tests, but says so in ``status`` or ``result``."""

_RAN = frozenset({"", "run", "completed", "passed", "pass", "success", "successful", "succeeded", "ok", "executed"})
"""What ``status`` and ``result`` of a test say that passed. Any other word is none: it failed, or nobody knows."""


_FLAKY = frozenset({"flakyFailure", "flakyError"})
"""What Surefire leaves of the runs before the one that passed."""


def read_case(element: Any, suite: str) -> Case:  # noqa: ANN401 - lxml's elements have no type
    """Return what a ``<testcase>`` says; *suite* is the name of the nearest suite around it.

    A test without a class is told apart by its suite. Most cases passed and say no more: those cost little.
    """
    get = element.get
    id_ = named(get("classname") or suite, get("name") or "")
    if not len(element) and get("status") is None and get("result") is None:
        return Case(id=id_, result=Result.PASSED)
    attributes: dict[str, str] = dict(element.attrib)
    results = _results(element)
    problems = [each for each in results if isinstance(each, junitparser.Failure | junitparser.Error)]
    if not problems:
        case = _without_problems(attributes, id_, suite, is_skipped=bool(results))
        return replace(case, retried=any(child.tag in _FLAKY for child in element)) if len(element) else case
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
            message=only_says(*odd),
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


def _line(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 7 else None  # noqa: PLR2004 - no file has more lines
