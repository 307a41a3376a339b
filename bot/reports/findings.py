"""What a reader finds in one report: cases, what the report says of itself, and what makes it doubtful."""

from dataclasses import dataclass, field

from bot.core.evidence import Outcomes, TestEvidence
from bot.reports.case import Case
from bot.reports.tally import Tally


@dataclass(slots=True)
class Findings:
    """All of one report, so far. A doubt makes the evidence incomplete, a note is only shown."""

    tally: Tally = field(default_factory=Tally)
    _doubts: list[str] = field(default_factory=list[str])
    _note: str | None = None

    def count(self, case: Case) -> None:
        """Take one case. Raises Damaged when there are too many."""
        self.tally.add(case)

    def doubt(self, words: str) -> None:
        """Note why this can't be the whole truth; *words* follow the report's name."""
        self._doubts.append(words)

    def claim(self, total: int | None, problems: int | None, problems_are: str = "failures") -> None:
        """Hold the report's own counts against what was found; more failures than it holds are a doubt.

        Call it when everything is counted. None: the report does not say.
        """
        found = self.tally
        total, problems = (found.total if total is None else total), (found.problems if problems is None else problems)
        if problems > found.problems:
            self.doubt(f"says {problems} {problems_are}, but holds {found.problems}")
        if (total, problems) != (found.total, found.problems):
            counted, failed = found.total, found.problems
            self._note = f"counts {total} tests and {problems} failures itself; {counted} and {failed} were found"

    def claim_every_test(self, total: int | None, problems: int | None) -> None:
        """Do the same for a format that writes down each test it counts: fewer tests are a doubt, too."""
        self.claim(total, problems)
        if total is not None and total > self.tally.total:
            self.doubt(f"says {total} tests, but holds {self.tally.total}")

    def expect_a_failure(self, words: str) -> None:
        """Doubt a report without a failure whose run says that it failed."""
        if not self.tally.failed:
            self.doubt(words)

    def evidence(self, name: str) -> TestEvidence:
        """Return what was found in the report called *name*."""
        found = self.tally
        doubts = [*self._doubts, *([] if found.total else ["holds no tests"])]
        if found.failed > len(found.failures):
            doubts.append(f"only the first {len(found.failures)} of {found.failed} failures are kept by name")
        return TestEvidence(
            total=found.total,
            passed=found.total - found.failed - found.skipped,
            failed=found.failed,
            skipped=found.skipped,
            failures=tuple(found.failures),
            incomplete=tuple(f"{name}: {doubt}" for doubt in doubts),
            reports=(f"{name} ({self._note})" if self._note else name,),
        )

    def outcomes(self) -> Outcomes:
        """Return what came of each test."""
        return self.tally.marks.outcomes()
