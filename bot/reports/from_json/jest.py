"""What ``jest --json`` and ``vitest --reporter=json`` write: https://jestjs.io/docs/configuration#testresultsprocessor-string."""

import re

from bot.reports.case import Case, Result, named, path_of
from bot.reports.findings import Findings
from bot.reports.from_json.fields import flag, has_list, inner, items, number, text, texts
from bot.reports.words import Words

NAMES = frozenset(
    {"testResults", "assertionResults", "numTotalTests", "numFailedTests", "success", "wasInterrupted", "name"}
    | {"status", "message", "title", "ancestorTitles", "failureMessages", "location", "line", "retryReasons"}
)
"""What is looked at; everything else is let go while the document is read."""

_WORDS = Words(
    field="status",
    passed=frozenset({"passed", "focused"}),
    skipped=frozenset({"pending", "skipped", "todo", "disabled"}),
)

_HEADING = "●"
"""Above what went wrong Jest says where: ``● Test suite failed to run``."""


def is_jest(document: object) -> bool:
    """Tell whether it looks like one."""
    return has_list(document, "testResults")


def read_jest(document: object, findings: Findings) -> None:
    """Take over every test, and each file that failed although none of its tests did: it could not be loaded, say."""
    broken = 0
    for file in items(document, "testResults"):
        before = findings.tally.failed
        for test in items(file, "assertionResults"):
            findings.count(_case(test, text(file, "name")))
        if text(file, "status") == "failed" and findings.tally.failed == before:
            findings.count(_broken(file))
            broken += 1
    total, failed = number(document, "numTotalTests"), number(document, "numFailedTests")
    findings.claim_every_test(None if total is None else total + broken, None if failed is None else failed + broken)
    _doubt_the_whole(document, findings)


def _doubt_the_whole(document: object, findings: Findings) -> None:
    """Believe no green that the run itself does not."""
    if flag(document, "wasInterrupted"):
        findings.doubt("the run was interrupted")
    if flag(document, "success") is False:
        findings.expect_a_failure("says that the run failed, but holds no failure")


def _case(test: object, path: str) -> Case:
    file, around = _short(path), texts(test, "ancestorTitles")
    word = text(test, "status")
    id_ = named(file, path_of([*around, text(test, "title")]))
    result = _WORDS.result(word)
    if result is not Result.FAILED:
        return Case(id=id_, result=result, retried=bool(items(test, "retryReasons")))
    messages = texts(test, "failureMessages")
    return Case(
        id=id_,
        result=result,
        problems=1,
        message=messages[0] if messages else _WORDS.message(word),
        detail="\n\n".join(messages),
        file=path or None,
        line=_line(messages, path) or number(inner(test, "location"), "line"),
        suite=path_of(around) or file,
    )


def _broken(file: object) -> Case:
    path, words = text(file, "name"), text(file, "message")
    message = "\n".join(line for line in words.splitlines() if not line.lstrip().startswith(_HEADING))
    return Case(
        id=_short(path) or "unnamed file",
        result=Result.FAILED,
        problems=1,
        message=message or "the file failed, though none of its tests did",
        detail=words,
        file=path or None,
        suite=_short(path),
    )


def _short(path: str) -> str:
    """Return the last folder and the file: paths are absolute, and where CI checks out changes from run to run."""
    return "/".join(path.replace("\\", "/").split("/")[-2:])


def _line(messages: list[str], path: str) -> int | None:
    """Return the line in the test's own file that the first error came through."""
    if not messages or not path:
        return None
    found = re.search(re.escape(path) + r":(\d{1,7})\b", messages[0])
    return int(found[1]) if found else None
