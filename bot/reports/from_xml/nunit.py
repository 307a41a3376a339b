"""NUnit 3's own XML: https://docs.nunit.org/articles/nunit/technical-notes/usage/Test-Result-XML-Format.html."""

from typing import Any

from bot.reports.case import Case, Result
from bot.reports.findings import Findings
from bot.reports.from_xml.dotnet import failed, named_in
from bot.reports.from_xml.stream import Shape, count_of, text_of, walk
from bot.reports.source import Source
from bot.reports.words import Words

_SHAPE = Shape(suites=("test-run", "test-suite"), case="test-case", results=("failure",))

_WORDS = Words(field="result", passed=frozenset({"passed", "warning"}), skipped=frozenset({"skipped", "inconclusive"}))
_OF_ITS_TESTS = frozenset({"Child", "Parent", "SetUp"})
"""Where a suite failed that is told by its tests anyway: those of a suite whose set-up failed have failed with it."""


def read_nunit(source: Source, findings: Findings) -> None:
    """Take over every case. A suite that failed by itself, after its tests, makes the report doubtful."""
    walk(source.content, _SHAPE, _Pass(findings), findings)


class _Pass:
    """One walk through a report."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._claimed: tuple[int | None, int | None] = (None, None)
        self._is_red = False
        self._strays = 0

    def begin(self, tag: str, element: Any, depth: int) -> None:  # noqa: ANN401 - lxml's elements have no type
        """Look at what the run says of itself, and at failures of suites."""
        if tag == "test-run":
            self._claimed = (count_of(element, "total"), count_of(element, "failed"))
            self._is_red = element.get("result", "").startswith("Failed")
        elif tag == "failure" and not depth:
            parent = element.getparent()
            self._strays += parent is None or parent.get("site", "") not in _OF_ITS_TESTS

    def end(self, tag: str, element: Any, depth: int) -> None:  # noqa: ARG002, ANN401 - as the walk calls it
        """Count a case."""
        if tag == _SHAPE.case:
            self._findings.count(_case(element))

    def judge(self) -> None:
        """Hold what was found against what the run says."""
        self._findings.claim_every_test(*self._claimed)
        if self._strays:
            self._findings.doubt(f"{self._strays} suites failed outside of any test")
        if self._is_red:
            self._findings.expect_a_failure("says that the run failed, but holds no failure")


def _case(element: Any) -> Case:  # noqa: ANN401 - lxml's elements have no type
    owner, word = element.get("classname", ""), element.get("result", "")
    id_ = named_in(owner, element.get("name", "") if owner else element.get("fullname", ""))
    result = _WORDS.result(word)
    if result is not Result.FAILED:
        return Case(id=id_, result=result)
    message = text_of(element, "failure/message") or text_of(element, "reason/message") or _WORDS.message(word)
    return failed(id_, message, text_of(element, "failure/stack-trace"), owner)
