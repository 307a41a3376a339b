"""What a JUnit report says of itself, held against what is in it."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.reports.tally import Tally

_MAX_DIGITS = 9


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
        counts = [_count(attributes.get(name)) for name in ("tests", "failures", "errors")]
        self._is_there |= any(count is not None for count in counts)
        total, failures, errors = (count or 0 for count in counts)
        self._own.append(_Sum(total, failures + errors))
        self._inner.append(_Sum())

    def end(self) -> None:
        """Leave the suite that was begun last."""
        claimed = self._own.pop().at_least(self._inner.pop())
        self._inner[-1].add(claimed)

    def missing_from(self, tally: Tally) -> list[str]:
        """Say which failures the report claims and doesn't hold; then it is not the whole truth.

        Fewer tests than claimed are no doubt: pytest counts each passed subtest and writes none of them down.
        """
        claimed = self._whole(tally)
        if claimed.problems <= tally.problems:
            return []
        return [f"says {claimed.problems} failures and errors, but holds {tally.problems}"]

    def difference_to(self, tally: Tally) -> str | None:
        """Say how the report's own counts differ from what is in it, or None."""
        claimed = self._whole(tally)
        if (claimed.total, claimed.problems) == (tally.total, tally.problems):
            return None
        return (
            f"counts {claimed.total} tests and {claimed.problems} failures itself;"
            f" {tally.total} and {tally.problems} were found"
        )

    def _whole(self, tally: Tally) -> _Sum:
        """Return what is claimed; suites that a damaged report never ends are ended here."""
        while len(self._own) > 1:
            self.end()
        return self._inner[0] if self._is_there else _Sum(tally.total, tally.problems)


def _count(text: str | None) -> int | None:
    if text is None or not text.strip().isascii() or not text.strip().isdecimal() or len(text) > _MAX_DIGITS:
        return None
    return int(text)
