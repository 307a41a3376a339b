"""xUnit.net's own XML, version 2 and what version 3 added: https://xunit.net/docs/format-xml-v2."""

from typing import Any

from bot.reports.case import Case, Result
from bot.reports.findings import Findings
from bot.reports.from_xml.dotnet import failed, named_in
from bot.reports.from_xml.stream import Shape, count_of, text_of, walk
from bot.reports.source import Source
from bot.reports.words import Words

_SHAPE = Shape(suites=("assemblies", "assembly", "collection"), case="test", results=("error",))

_WORDS = Words(
    field="result",
    passed=frozenset({"pass"}),
    skipped=frozenset({"skip", "notrun"}),
    failed=frozenset({"fail"}),
)


def read_xunit(source: Source, findings: Findings) -> None:
    """Take over every test of every assembly. Errors of fixtures stand beside them and make the report doubtful."""
    walk(source.content, _SHAPE, _Pass(findings), findings)


class _Pass:
    """One walk through a report."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._totals: list[int | None] = []
        self._failures: list[int | None] = []
        self._errors = 0

    def begin(self, tag: str, element: Any, depth: int) -> None:  # noqa: ANN401 - lxml's elements have no type
        """Look at what an assembly says of itself, and at errors beside its tests."""
        if tag == "assembly":
            self._totals.append(count_of(element, "total"))
            self._failures.append(count_of(element, "failed"))
        elif tag == "error" and not depth:
            self._errors += 1

    def end(self, tag: str, element: Any, depth: int) -> None:  # noqa: ARG002, ANN401 - as the walk calls it
        """Count a test."""
        if tag == _SHAPE.case:
            self._findings.count(_case(element))

    def judge(self) -> None:
        """Hold what was found against what the assemblies say together."""
        self._findings.claim_every_test(_sum(self._totals), _sum(self._failures))
        if self._errors:
            self._findings.doubt(f"{self._errors} errors stand outside of any test")


def _sum(counts: list[int | None]) -> int | None:
    known = [count for count in counts if count is not None]
    return sum(known) if len(known) == len(counts) and known else None


def _case(element: Any) -> Case:  # noqa: ANN401 - lxml's elements have no type
    owner, word = element.get("type", ""), element.get("result", "")
    id_ = named_in(owner, element.get("name", ""))
    result = _WORDS.result(word)
    if result is not Result.FAILED:
        return Case(id=id_, result=result)
    message = text_of(element, "failure/message") or _WORDS.message(word)
    return failed(id_, message, text_of(element, "failure/stack-trace"), owner)
