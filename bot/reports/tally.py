"""Counting test cases, with an id for each failure that stays the same from run to run."""

from dataclasses import dataclass, field

from bot.core.evidence import NAMED_FAILURES, Failure
from bot.reports.case import Case, Result
from bot.reports.cutting import fit
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
    _seen: dict[str, int] = field(default_factory=dict[str, int])

    def add(self, case: Case) -> None:
        """Count one case; of several with one name the second is called ``…#2``, whatever came of the first.

        Raises Damaged when there are too many.
        """
        if self.total >= MAX_CASES:
            raise Damaged(f"holds more than {MAX_CASES} tests; send it in several reports")
        self.total += 1
        id_ = self._unique(fit(case.id))
        self.problems += case.problems
        match case.result:
            case Result.FAILED:
                self.failed += 1
                if len(self.failures) < NAMED_FAILURES:
                    self.failures.append(case.as_failure(id_))
            case Result.SKIPPED:
                self.skipped += 1
            case Result.PASSED:
                pass

    def _unique(self, id_: str) -> str:
        times = self._seen.get(id_, 0) + 1
        while times > 1 and f"{id_}#{times}" in self._seen:
            times += 1
        self._seen[id_] = times
        unique = id_ if times == 1 else f"{id_}#{times}"
        self._seen.setdefault(unique, 1)
        return unique
