"""JUnit XML of every dialect: counts come from the cases themselves, each looked at once however suites are nested."""

from typing import Any

from bot.reports.findings import Findings
from bot.reports.from_xml.junit_case import read_case
from bot.reports.from_xml.junit_claims import Claims
from bot.reports.from_xml.stream import Shape, walk
from bot.reports.refusal import Damaged
from bot.reports.source import Source

ROOTS = ("testsuites", "testsuite")

MAX_SUITES = 100_000

_SHAPE = Shape(suites=ROOTS, case="testcase", results=("failure", "error"))


def read_junit(source: Source, findings: Findings) -> None:
    """Take over every case. Raises Damaged when there is none that can be read."""
    walk(source.content, _SHAPE, _Pass(findings), findings)


class _Pass:
    """One walk through a report."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._claims = Claims()
        self._suites: list[str] = []
        self._begun = 0
        self._strays = 0

    def begin(self, tag: str, element: Any, depth: int) -> None:  # noqa: ANN401 - lxml's elements have no type
        """Look at a suite, or at an error that stands in none of its cases."""
        if tag in ROOTS:
            self._begun += 1
            if self._begun > MAX_SUITES:
                raise Damaged(f"holds more than {MAX_SUITES} suites; send it in several reports")
            self._claims.begin(element.attrib)
            self._suites.append(element.get("name") or (self._suites[-1] if self._suites else ""))
        elif tag != _SHAPE.case and not depth:
            self._strays += 1

    def end(self, tag: str, element: Any, depth: int) -> None:  # noqa: ARG002, ANN401 - as the walk calls it; as above
        """Count a case; leave a suite."""
        if tag == _SHAPE.case:
            self._findings.count(read_case(element, self._suites[-1] if self._suites else ""))
        elif tag in ROOTS and self._suites:
            self._claims.end()
            self._suites.pop()

    def judge(self) -> None:
        """Hold what was found against what the suites say; one that a damaged report never ends has ended here.

        Fewer tests than claimed are no doubt: pytest counts each passed subtest and writes none of them down.
        """
        total, problems = self._claims.whole()
        self._findings.claim(total, problems, "failures and errors")
        if self._strays:
            self._findings.doubt(f"{self._strays} errors stand outside of any test")
