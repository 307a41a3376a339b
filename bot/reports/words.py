"""What a test's own word for its end means."""

from dataclasses import dataclass

from bot.reports.case import Result, only_says


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words of one format, in lower case. Any word that is neither means that the test failed, or nobody knows."""

    field: str
    passed: frozenset[str]
    skipped: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset({"failed"})

    def result(self, word: str) -> Result:
        """Return what *word* means."""
        word = word.lower()
        if word in self.passed:
            return Result.PASSED
        return Result.SKIPPED if word in self.skipped else Result.FAILED

    def message(self, word: str) -> str:
        """Return the message of a test that failed without one: odd words are quoted, usual ones say nothing."""
        return "" if word.lower() in self.failed else only_says(self.field, word)
