"""Playwright's JSON reporter: https://playwright.dev/docs/api/class-testresult, and the types of its own reporter."""

from collections.abc import Iterator

from bot.reports.case import Case, Result, named, path_of
from bot.reports.cutting import first_line, fit
from bot.reports.findings import Findings
from bot.reports.from_json.fields import has_list, inner, items, number, text
from bot.reports.words import Words

NAMES = frozenset(
    {"suites", "specs", "tests", "results", "errors", "error", "stats", "expected", "unexpected", "flaky", "skipped"}
    | {"title", "file", "line", "projectName", "status", "expectedStatus", "message", "stack", "location"}
)
"""What is looked at; everything else is let go while the document is read."""

_WORDS = Words(
    field="status",
    passed=frozenset({"expected", "flaky"}),
    skipped=frozenset({"skipped"}),
    failed=frozenset({"unexpected"}),
)


def is_playwright(document: object) -> bool:
    """Tell whether it looks like one."""
    return has_list(document, "suites") and ("unexpected" in inner(document, "stats") or has_list(document, "errors"))


def read_playwright(document: object, findings: Findings) -> None:
    """Take over every test of every project. One that passed when it was run again (flaky) has passed."""
    for case in _cases(document):
        findings.count(case)
    for error in items(document, "errors"):
        findings.doubt(f"an error outside of any test: {first_line(fit(text(error, 'message')))[:200]}")
    stats = inner(document, "stats")
    counts = [number(stats, name) for name in ("expected", "unexpected", "flaky", "skipped")]
    known = [count for count in counts if count is not None]
    findings.claim_every_test(sum(known) if len(known) == len(counts) else None, number(stats, "unexpected"))


def _cases(document: object) -> Iterator[Case]:
    """Walk through suites in suites. The outermost is the file, and its title is the file's name."""
    waiting: list[tuple[object, tuple[str, ...]]] = [(suite, ()) for suite in reversed(items(document, "suites"))]
    while waiting:
        suite, around = waiting.pop()
        for spec in items(suite, "specs"):
            for test in items(spec, "tests"):
                yield _case(spec, test, around)
        waiting += [(each, (*around, text(each, "title"))) for each in reversed(items(suite, "suites"))]


def _case(spec: object, test: object, around: tuple[str, ...]) -> Case:
    file, project, word = text(spec, "file"), text(test, "projectName"), text(test, "status")
    title = path_of([*around, text(spec, "title")])
    id_ = named(file, f"{title} [{project}]" if project else title)
    result = _WORDS.result(word)
    if result is not Result.FAILED:
        return Case(id=id_, result=result, retried=word.lower() == "flaky")
    attempt = next(iter(items(test, "results")), None)
    error = inner(attempt, "error")
    return Case(
        id=id_,
        result=result,
        problems=1,
        message=text(error, "message") or _without_an_error(test, attempt, word),
        detail=text(error, "stack") or text(error, "message"),
        file=file or None,
        line=number(inner(error, "location"), "line") or number(spec, "line"),
        suite=path_of(around) or file,
    )


def _without_an_error(test: object, attempt: object, word: str) -> str:
    """Say why a test is unexpected whose first attempt has no error: it passed, where a failure was expected."""
    ended, wanted = text(attempt, "status"), text(test, "expectedStatus")
    return f"{ended}, but {wanted} was expected" if ended and wanted else _WORDS.message(word)
