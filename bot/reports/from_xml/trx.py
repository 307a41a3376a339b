"""TRX, what ``dotnet test --logger trx`` and Visual Studio write: schemas/VisualStudio/TeamTest/2010 (vstst.xsd)."""

from collections.abc import Mapping
from sys import intern
from typing import Any

from bot.reports.case import Case, Result
from bot.reports.findings import Findings
from bot.reports.from_xml.dotnet import failed, named_in
from bot.reports.from_xml.stream import Shape, count_of, glance, text_of, walk
from bot.reports.source import Source
from bot.reports.words import Words

_RESULTS = Shape(
    suites=("TestRun", "ResultSummary"), case="UnitTestResult", results=("Counters", "RunInfo", "TestMethod")
)
_DEFINITIONS = Shape(suites=("TestRun",), case="UnitTest")

_WORDS = Words(
    field="outcome",
    passed=frozenset({"passed"}),
    skipped=frozenset({"notexecuted", "inconclusive", "pending"}),
    failed=frozenset({"failed", "error", "timeout", "aborted"}),
)
_BAD_RUNS = frozenset({"error", "timeout", "aborted", "disconnected", "inprogress"})
_NO_WORD = "Error"
"""The logger leaves an attribute out that has the first value of its list."""


def read_trx(source: Source, findings: Findings) -> None:
    """Take over every result. One with inner results counts only when it failed and none of these did.

    Which class a test is in stands behind the results, so the report is walked through twice.
    """
    definitions = _Definitions()
    glance(source.content, _DEFINITIONS, definitions)
    walk(source.content, _RESULTS, _Pass(findings, definitions.classes), findings)


class _Definitions:
    """Collects the class of each test, by its id."""

    def __init__(self) -> None:
        self.classes: dict[str, str] = {}

    def begin(self, tag: str, element: Any, depth: int) -> None:  # noqa: ANN401 - as the walk calls it
        """Pass over what is not complete."""

    def end(self, tag: str, element: Any, depth: int) -> None:  # noqa: ARG002, ANN401 - as the walk calls it
        """Note the class of a test."""
        method = element.find("TestMethod") if tag == _DEFINITIONS.case else None
        if method is not None:
            # Older loggers add the assembly: "Acme.PayTests, Acme.Tests, Version=1.0.0.0, …".
            self.classes[element.get("id", "")] = intern(method.get("className", "").partition(",")[0])


class _Pass:
    """One walk through the results, and the summary behind them."""

    def __init__(self, findings: Findings, classes: Mapping[str, str]) -> None:
        self._findings = findings
        self._classes = classes
        self._claimed: tuple[int | None, int | None] = (None, None)
        self._around, self._around_failed = 0, 0
        self._failed_inside: list[bool] = []

    def begin(self, tag: str, element: Any, depth: int) -> None:  # noqa: ARG002, ANN401 - as the walk calls it
        """Look at what the run says of itself, and remember where inner results begin."""
        if tag == _RESULTS.case:
            self._failed_inside.append(False)
        elif tag == "Counters":
            counts = [count_of(element, name) for name in ("failed", "error", "timeout", "aborted")]
            known = [count for count in counts if count is not None]
            self._claimed = (count_of(element, "total"), sum(known) if known else None)
        elif tag == "ResultSummary" and (word := element.get("outcome", "")).lower() in _BAD_RUNS:
            self._findings.doubt(f"the run ended as {word}")

    def end(self, tag: str, element: Any, depth: int) -> None:  # noqa: ARG002, ANN401 - as the walk calls it
        """Count a result; say what went wrong with the run."""
        if tag == _RESULTS.case:
            self._count(element)
        elif tag == "RunInfo" and element.get("outcome", "").lower() in _BAD_RUNS:
            self._findings.doubt(f"the run says: {' '.join(text_of(element, '{*}Text').split())[:200]}")

    def judge(self) -> None:
        """Hold what was found against the counters, which count the results around inner ones, too."""
        total, problems = self._claimed
        self._findings.claim_every_test(
            None if total is None else total - self._around,
            None if problems is None else problems - self._around_failed,
        )

    def _count(self, element: Any) -> None:  # noqa: ANN401 - lxml's elements have no type
        word = element.get("outcome", _NO_WORD)
        result, inside_failed = _WORDS.result(word), self._failed_inside.pop()
        is_failed = result is Result.FAILED
        if is_failed and self._failed_inside:
            self._failed_inside[-1] = True
        if element.find("{*}InnerResults") is not None and (inside_failed or not is_failed):
            self._around += 1
            self._around_failed += is_failed
            return
        owner = self._classes.get(element.get("testId", ""), "")
        id_ = named_in(owner, element.get("testName", ""))
        if not is_failed:
            self._findings.count(Case(id=id_, result=result))
            return
        message = text_of(element, "{*}Output/{*}ErrorInfo/{*}Message") or _WORDS.message(word)
        self._findings.count(failed(id_, message, text_of(element, "{*}Output/{*}ErrorInfo/{*}StackTrace"), owner))
