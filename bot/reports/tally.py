"""Counting test cases, with an id for each failure that stays the same from run to run."""

from dataclasses import dataclass, field

from bot.core.evidence import NAMED_FAILURES, Failure
from bot.reports.case import Case, Result
from bot.reports.cutting import fit
from bot.reports.marks import Marks
from bot.reports.refusal import Damaged

MAX_CASES = 200_000


@dataclass(slots=True)
class Tally:
    """What was counted so far. ``problems`` counts failures and errors; one test may have both."""

    total: int = 0
    failed: int = 0
    skipped: int = 0
    problems: int = 0
    failures: list[Failure] = field(default_factory=list[Failure])
    marks: Marks = field(default_factory=Marks)
    _seen: dict[str, int] = field(default_factory=dict[str, int])
    _failing: set[str] = field(default_factory=set[str])

    def add(self, case: Case) -> None:
        """Count one case; of several with one name the second is called ``…#2``, whatever came of the first.

        Raises Damaged when there are too many.
        """
        if self.total >= MAX_CASES:
            raise Damaged(f"holds more than {MAX_CASES} tests; send it in several reports")
        self.total += 1
        name = fit(case.id)
        id_ = self._unique(name)
        self.problems += case.problems
        match case.result:
            case Result.FAILED:
                self.failed += 1
                self._failing.add(name)
                self.marks.failed.append((id_, name))
                if len(self.failures) < NAMED_FAILURES:
                    self.failures.append(case.as_failure(id_))
            case Result.SKIPPED:
                self.skipped += 1
                self.marks.skipped.append(id_)
            case Result.PASSED if case.retried:
                self.marks.retried.append(id_)
            case Result.PASSED:
                self.marks.passed.append(id_)
                if id_ is not name and name in self._failing:
                    self.marks.repeated.append(name)

    def _unique(self, id_: str) -> str:
        if id_ not in self._seen:  # as nearly always
            self._seen[id_] = 1
            return id_
        times = self._seen[id_] + 1
        while f"{id_}#{times}" in self._seen:
            times += 1
        self._seen[id_] = times
        unique = f"{id_}#{times}"
        self._seen[unique] = 1
        return unique
