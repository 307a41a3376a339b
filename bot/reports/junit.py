"""JUnit XML of every dialect: counts come from the cases themselves, each looked at once however suites are nested."""

from bot.core.evidence import TestEvidence
from bot.reports.junit_case import Case, read_case
from bot.reports.junit_claims import Claims
from bot.reports.refusal import ReportUnreadable
from bot.reports.tally import Tally
from bot.reports.xml_stream import Damaged, Reading, Step

MAX_CASES = 200_000

_ROOTS = ("testsuites", "testsuite")


def read_junit(content: bytes, name: str) -> TestEvidence:
    """Return what the JUnit report called *name* says. Raises ReportUnreadable when it is none."""
    reading, pass_ = Reading(content), _Pass()
    try:
        for step in reading.steps():
            pass_.take(step)
    except Damaged as damaged:
        raise ReportUnreadable(f'Report "{name}" {damaged}.') from damaged
    if reading.root not in _ROOTS:
        sentence = f'Report "{name}" starts with <{reading.root[:40]}>; JUnit starts with <testsuites> or <testsuite>.'
        raise ReportUnreadable(sentence)
    if reading.damage is not None and not pass_.tally.total:
        raise ReportUnreadable(f'Report "{name}" is damaged and holds no readable test: {reading.damage}.')
    return pass_.evidence(name, reading.damage)


class _Pass:
    """One walk through a report."""

    def __init__(self) -> None:
        self.tally = Tally()
        self._claims = Claims()
        self._suites: list[str] = []
        self._strays = 0

    def take(self, step: Step) -> None:
        """Look at one element as it begins or ends."""
        if step.tag == "testcase":
            if not step.begins:
                self._count(read_case(step.element, self._suites[-1] if self._suites else ""))
        elif step.tag in _ROOTS:
            self._suite(step)
        elif step.begins and not step.is_in_case:
            self._strays += 1

    def evidence(self, name: str, damage: str | None) -> TestEvidence:
        """Return what was counted, with everything that makes it doubtful."""
        doubts = [f"damaged, read as far as possible: {damage}"] if damage else []
        doubts += self._claims.missing_from(self.tally)
        if self._strays:
            doubts.append(f"{self._strays} errors stand outside of any test")
        if not self.tally.total:
            doubts.append("holds no tests")
        note = self._claims.difference_to(self.tally)
        return TestEvidence(
            total=self.tally.total,
            passed=self.tally.total - self.tally.failed - self.tally.skipped,
            failed=self.tally.failed,
            skipped=self.tally.skipped,
            failures=tuple(self.tally.failures),
            incomplete=tuple(f"{name}: {doubt}" for doubt in doubts),
            reports=(f"{name} ({note})" if note else name,),
        )

    def _suite(self, step: Step) -> None:
        if step.begins:
            self._claims.begin(step.attributes)
            self._suites.append(step.attributes.get("name") or (self._suites[-1] if self._suites else ""))
        elif self._suites:
            self._claims.end()
            self._suites.pop()

    def _count(self, case: Case) -> None:
        if self.tally.total >= MAX_CASES:
            raise Damaged(f"holds more than {MAX_CASES} tests; send it in several reports")
        self.tally.add(case)
