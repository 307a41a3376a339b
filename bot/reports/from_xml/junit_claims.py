"""What the suites of a JUnit report say of themselves, added up."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.reports.from_xml.stream import count_in


@dataclass(slots=True)
class _Sum:
    """Tests, and failures with errors."""

    total: int = 0
    problems: int = 0

    def add(self, other: "_Sum") -> None:
        self.total += other.total
        self.problems += other.problems

    def at_least(self, other: "_Sum") -> "_Sum":
        return _Sum(max(self.total, other.total), max(self.problems, other.problems))


class Claims:
    """The counts of the whole report: of each suite what it says itself, or what its inner suites say if that is more.

    Some tools add the numbers of inner suites to the outer one's, and some don't: the larger claim is the safe one.
    """

    def __init__(self) -> None:
        self._is_there = False
        self._own = [_Sum()]
        self._inner = [_Sum()]

    def begin(self, attributes: Mapping[str, str]) -> None:
        """Note what a suite claims."""
        counts = [count_in(attributes.get(name)) for name in ("tests", "failures", "errors")]
        self._is_there |= any(count is not None for count in counts)
        total, failures, errors = (count or 0 for count in counts)
        self._own.append(_Sum(total, failures + errors))
        self._inner.append(_Sum())

    def end(self) -> None:
        """Leave the suite that was begun last."""
        claimed = self._own.pop().at_least(self._inner.pop())
        self._inner[-1].add(claimed)

    def whole(self) -> tuple[int | None, int | None]:
        """Return how many tests, and how many failures and errors, are claimed; suites that never ended end here."""
        while len(self._own) > 1:
            self.end()
        whole = self._inner[0]
        return (whole.total, whole.problems) if self._is_there else (None, None)
