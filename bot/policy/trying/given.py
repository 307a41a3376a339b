"""Counts that somebody gives for a trial, in place of those that the books would give."""

from collections.abc import Mapping

from bot.core.judging.counting import APPROVED, COUNTED, OPEN_IN_LANE, REJECTED, Counts, Tally, Uses, Window
from bot.core.judging.policy import Policy
from bot.core.ruling import Handling
from bot.policy.reading.wording import did_you_mean


def counts_given(given: Mapping[str, int]) -> tuple[Counts, Tally]:
    """Return what conditions read, and how often rules were used, by their names; what is not given is zero."""
    counts = Counts(
        approved_last_30d=given.get(APPROVED, 0),
        rejected_last_30d=given.get(REJECTED, 0),
        open_in_lane=given.get(OPEN_IN_LANE, 0),
    )

    def tally(window: Window) -> Uses:
        return Uses(count=min(given.get(window.rule, 0), window.limit.count))

    return counts, tally


def wrong_count(name: str, policy: Policy) -> str | None:
    """Say why *name* is nothing that *policy* counts, or None."""
    budgeted = (rule.name for rule in policy.rules if rule.terms.handling is Handling.AUTO_APPROVE and rule.limit)
    known = (*COUNTED, *budgeted)
    if name in known:
        return None
    return f"unknown; allowed: {', '.join(COUNTED)} and the names of rules with a budget{did_you_mean(name, known)}"
