"""pytest-json-report: https://github.com/numirias/pytest-json-report#format."""

from bot.reports.case import Case, Result, named
from bot.reports.cutting import said_by_pytest
from bot.reports.findings import Findings
from bot.reports.from_json.fields import has_list, inner, items, number, text
from bot.reports.words import Words

NAMES = frozenset(
    {"tests", "summary", "collectors", "exitcode", "total", "failed", "error", "nodeid", "outcome", "lineno", "setup"}
    | {"call", "teardown", "crash", "message", "longrepr"}
)
"""What is looked at; everything else is let go while the document is read."""

_WORDS = Words(
    field="outcome",
    passed=frozenset({"passed", "xpassed"}),
    skipped=frozenset({"skipped", "xfailed"}),
    failed=frozenset({"failed", "error"}),
)
_IF_ALL_WENT_WELL = frozenset({"rerun", "subtests passed"})
"""What other plugins make it write, instead of how the test ended: believed when pytest ended with exit code 0 only."""

_PHASES = ("setup", "call", "teardown")
_RAN = frozenset({0, 1})
_NO_TESTS = 5


def is_pytest_json(document: object) -> bool:
    """Tell whether it looks like one; a report that was asked for its summary only has no tests."""
    return (has_list(document, "tests") or "total" in inner(document, "summary")) and _exit_code(document) is not None


def read_pytest_json(document: object, findings: Findings) -> None:
    """Take over every test, and every file or class that could not be collected."""
    exit_code = _exit_code(document)
    for test in items(document, "tests"):
        findings.count(_case(test, exit_code))
    broken = [each for each in items(document, "collectors") if text(each, "outcome") == "failed"]
    for collector in broken:
        findings.count(_broken(collector))
    summary = inner(document, "summary")
    total = number(summary, "total")
    failed = sum(number(summary, name) or 0 for name in ("failed", "error"))
    findings.claim_every_test(None if total is None else total + len(broken), failed + len(broken) if summary else None)
    if exit_code not in _RAN and exit_code != _NO_TESTS:
        findings.doubt(f"pytest ended with exit code {exit_code}")
    if exit_code == 1:
        findings.expect_a_failure("pytest ended with exit code 1, but no failure is written down")


def _exit_code(document: object) -> int | None:
    return number(document, "exitcode")


def _case(test: object, exit_code: int | None) -> Case:
    id_, word = text(test, "nodeid"), text(test, "outcome")
    result = _WORDS.result(word)
    if word in _IF_ALL_WENT_WELL and exit_code == 0:
        result = Result.PASSED
    if result is not Result.FAILED:
        return Case(id=named("", id_), result=result)
    phase = next((name for name in _PHASES if text(inner(test, name), "outcome") == "failed"), "call")
    said = inner(test, phase)
    message = text(inner(said, "crash"), "message")
    at = number(test, "lineno")
    return Case(
        id=named("", id_),
        result=result,
        problems=1,
        message=f"failed on {phase}: {message}" if phase != "call" else message or _WORDS.message(word),
        detail=text(said, "longrepr"),
        file=_file(id_),
        line=None if at is None else at + 1,
        suite=id_.rpartition("::")[0],
    )


def _broken(collector: object) -> Case:
    id_, words = text(collector, "nodeid"), text(collector, "longrepr")
    return Case(
        id=named("", id_),
        result=Result.FAILED,
        problems=1,
        message=said_by_pytest(words) or "could not be collected",
        detail=words,
        file=_file(id_),
        suite=id_,
    )


def _file(id_: str) -> str | None:
    return id_.partition("::")[0] or None
