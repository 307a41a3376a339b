"""Counts and failures of the test runs a request carries."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

SHOWN_FAILURES = 5
"""How many failures a card shows; the rest is behind Details."""

NAMED_FAILURES = 10_000
"""How many failures of all reports together are kept by name; with more, the evidence is incomplete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failed test. ``id`` is stable over runs (``tests.api.test_pay::test_refund``)."""

    id: str
    message: str = ""
    detail: str = ""
    file: str | None = None
    line: int | None = None
    owner: str | None = None
    suite: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TestEvidence:
    """What all reports of one revision say together.

    ``incomplete`` names why the evidence cannot be trusted to be whole (a report that was cut off, say); evidence that
    is incomplete never satisfies an automatic yes. ``failures`` may be fewer than ``failed``: some callers only count.
    """

    __test__ = False  # the name starts with "Test", and pytest would try to collect it

    total: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: tuple[Failure, ...] = ()
    incomplete: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()

    def headline(self) -> "TestEvidence":
        """Return the same counts with only the failures a card shows."""
        return replace(self, failures=self.failures[:SHOWN_FAILURES])


def merged(parts: Iterable[TestEvidence]) -> TestEvidence:
    """Add several reports up into one evidence, in the order given, with at most NAMED_FAILURES of the failures."""
    whole = tuple(parts)
    failures = tuple(f for p in whole for f in p.failures)
    incomplete = tuple(i for p in whole for i in p.incomplete)
    if len(failures) > NAMED_FAILURES:
        incomplete = (*incomplete, f"only the first {NAMED_FAILURES} failures are kept by name")
    return TestEvidence(
        total=sum(p.total for p in whole),
        passed=sum(p.passed for p in whole),
        failed=sum(p.failed for p in whole),
        skipped=sum(p.skipped for p in whole),
        failures=failures[:NAMED_FAILURES],
        incomplete=incomplete,
        reports=tuple(r for p in whole for r in p.reports),
    )
