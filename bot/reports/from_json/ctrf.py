"""CTRF, the Common Test Report Format: https://ctrf.io/docs/specification."""

from bot.reports.case import Case, Result, named, path_of
from bot.reports.findings import Findings
from bot.reports.from_json.fields import flag, has_list, inner, items, number, text, texts
from bot.reports.words import Words

NAMES = frozenset(
    {"results", "tests", "summary", "failed", "other", "name", "status", "rawStatus", "suite", "message", "trace"}
    | {"filePath", "line", "flaky"}
)
"""What is looked at; everything else is let go while the document is read."""

_WORDS = Words(field="status", passed=frozenset({"passed"}), skipped=frozenset({"skipped", "pending"}))
_LATER = frozenset({"todo", "pending", "skipped", "disabled"})
"""What some reporters call ``other``: Jest's tests that are yet to be written."""


def is_ctrf(document: object) -> bool:
    """Tell whether it looks like one."""
    return has_list(inner(document, "results"), "tests")


def read_ctrf(document: object, findings: Findings) -> None:
    """Take over every test. What failed first and passed in a later attempt has passed."""
    results = inner(document, "results")
    for test in items(results, "tests"):
        findings.count(_case(test))
    summary = inner(results, "summary")
    counts = [number(summary, name) for name in ("failed", "other")]
    failed, other = counts[0], counts[1] or 0
    left_out = sum(1 for test in items(results, "tests") if _is_for_later(test))
    findings.claim_every_test(number(summary, "tests"), None if failed is None else failed + max(0, other - left_out))


def _case(test: object) -> Case:
    suites, word, file = texts(test, "suite"), text(test, "status"), text(test, "filePath")
    suite, name = path_of(suites), text(test, "name")
    id_ = named("" if suites and name.startswith(suites[0]) else suite, name)  # pytest's names hold all of it
    result = Result.SKIPPED if _is_for_later(test) else _WORDS.result(word)
    if result is not Result.FAILED:
        return Case(id=id_, result=result, retried=flag(test, "flaky") is True)
    return Case(
        id=id_,
        result=result,
        problems=1,
        message=text(test, "message") or _WORDS.message(word),
        detail=text(test, "trace") or text(test, "message"),
        file=file or None,
        line=number(test, "line"),
        suite=suite,
    )


def _is_for_later(test: object) -> bool:
    return text(test, "status").lower() == "other" and text(test, "rawStatus").lower() in _LATER
