"""What came of each test of a report, by its id; packed when all are known."""

from dataclasses import dataclass, field

from bot.core.evidence.outcomes import Outcomes, pack


@dataclass(slots=True)
class Marks:
    """The ids so far, which the tally holds on to anyway.

    Beside those in ``failed`` stand their names, without the numbers that tell equal ones apart.
    The lists are filled by the tally itself: a report has 200 000 tests.
    """

    passed: list[str] = field(default_factory=list[str])
    failed: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    skipped: list[str] = field(default_factory=list[str])
    retried: list[str] = field(default_factory=list[str])
    repeated: list[str] = field(default_factory=list[str])
    """Names of which a later test passed. Where an earlier one had failed, it was run again."""

    def outcomes(self) -> Outcomes:
        """Return what was taken."""
        repaired = frozenset(self.repeated)
        return Outcomes(
            passed=pack(self.passed),
            failed=pack(id_ for id_, name in self.failed if name not in repaired),
            skipped=pack(self.skipped),
            retried=pack([*self.retried, *(id_ for id_, name in self.failed if name in repaired)]),
        )
