"""Counts and failures of the test runs a request carries."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.core.evidence.past import Sighting
from bot.core.evidence.waived import Waived, WaiverUse

SHOWN_FAILURES = 5
"""How many failures a card shows; the rest is behind Details."""

NAMED_FAILURES = 10_000
"""How many failures of all reports together are kept by name; with more, the evidence is incomplete."""


class Triage(StrEnum):
    """What a failure means, as far as its past tells; see :func:`bot.core.evidence.triage.triage`."""

    NEW = "new"
    UNKNOWN = "unknown"
    KNOWN = "known"
    FLAKY = "flaky"
    WAIVED = "waived"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """One failed test. ``id`` is stable over runs (``tests.api.test_pay::test_refund``).

    What its past said when it was triaged stands beside it and does not change any more: ``first_bad`` is the first
    failure known to us since it last passed on the base ref, ``last_failed`` the newest before this one. One that is
    waived says by which ``waiver``.
    """

    id: str
    message: str = ""
    detail: str = ""
    file: str | None = None
    line: int | None = None
    owner: str | None = None
    suite: str = ""
    triage: Triage = Triage.UNKNOWN
    signature: str | None = None
    first_bad: Sighting | None = None
    last_failed: Sighting | None = None
    waiver: Waived | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TestEvidence:
    """What all reports of one revision say together.

    ``incomplete`` names why the evidence cannot be trusted to be whole (a report that was cut off, say); evidence that
    is incomplete never satisfies an automatic yes. ``failures`` may be fewer than ``failed``: some callers only count.
    ``new``, ``known``, ``flaky`` and ``waived`` count all failures, not only those that a headline still names, and
    ``waivers`` says how many of them each waiver covers.
    """

    __test__ = False  # the name starts with "Test", and pytest would try to collect it

    total: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    failures: tuple[Failure, ...] = ()
    incomplete: tuple[str, ...] = ()
    reports: tuple[str, ...] = ()
    new: int = 0
    known: int = 0
    flaky: int = 0
    waived: int = 0
    waivers: tuple[WaiverUse, ...] = ()

    @property
    def unknown(self) -> int:
        """Return how many failures nothing is known of: those, too, that nobody named or looked up."""
        return max(0, self.failed - self.new - self.known - self.flaky - self.waived)

    def headline(self) -> "TestEvidence":
        """Return the same counts with only the failures a card shows."""
        return replace(self, failures=self.failures[:SHOWN_FAILURES])


def merged(parts: Iterable[TestEvidence]) -> TestEvidence:
    """Add several reports up into one evidence, in the order given, with at most NAMED_FAILURES of the failures.

    It has not been triaged: that is done once, over the whole.
    """
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
