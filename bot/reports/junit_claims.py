"""What a JUnit report says of itself, held against what is in it."""

from collections.abc import Mapping

from bot.reports.tally import Tally

_MAX_DIGITS = 9


class Claims:
    """The counts of the whole report: the root's own, else those of its suites added up.

    Suites inside suites are passed over: some tools add their numbers to the outer suite's, some don't.
    """

    def __init__(self) -> None:
        self._of_root: tuple[int, int] | None = None
        self._of_suites: list[tuple[int, int]] = []

    def note(self, attributes: Mapping[str, str], depth: int) -> None:
        """Note what a suite claims; *depth* is how many suites are around it."""
        total = _count(attributes.get("tests"))
        if total is None or depth > 1:
            return
        claim = (total, (_count(attributes.get("failures")) or 0) + (_count(attributes.get("errors")) or 0))
        if depth == 0:
            self._of_root = claim
        else:
            self._of_suites.append(claim)

    def missing_from(self, tally: Tally) -> list[str]:
        """Say which failures the report claims and doesn't hold; then it is not the whole truth.

        Fewer tests than claimed are no doubt: pytest counts each passed subtest and writes none of them down.
        """
        _, problems = self._whole(tally)
        if problems <= tally.problems:
            return []
        return [f"says {problems} failures and errors, but holds {tally.problems}"]

    def difference_to(self, tally: Tally) -> str | None:
        """Say how the report's own counts differ from what is in it, or None."""
        total, problems = self._whole(tally)
        if (total, problems) == (tally.total, tally.problems):
            return None
        return f"counts {total} tests and {problems} failures itself; {tally.total} and {tally.problems} were found"

    def _whole(self, tally: Tally) -> tuple[int, int]:
        if self._of_root is not None:
            return self._of_root
        if not self._of_suites:
            return tally.total, tally.problems
        return sum(total for total, _ in self._of_suites), sum(problems for _, problems in self._of_suites)


def _count(text: str | None) -> int | None:
    if text is None or not text.strip().isascii() or not text.strip().isdecimal() or len(text) > _MAX_DIGITS:
        return None
    return int(text)
