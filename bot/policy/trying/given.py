"""Counts that somebody gives for a trial, in place of those that the books and the history of tests would give."""

from collections.abc import Mapping
from dataclasses import replace

from bot.core.evidence import TestEvidence
from bot.core.judging.counting import APPROVED, COUNTED, OPEN_IN_LANE, REJECTED, Counts, Tally, Uses, Window
from bot.core.judging.policy import Policy
from bot.core.ruling import Handling
from bot.policy.conditions.facts import TRIAGED
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


def tests_given(given: Mapping[str, int], tests: TestEvidence) -> TestEvidence:
    """Return *tests* with as many failures new, known, flaky and waived as was given; of the rest nothing is known."""
    counts = {name.removeprefix("tests."): count for name, count in given.items() if name in TRIAGED}
    return replace(tests, **counts)


def wrong_count(name: str, policy: Policy) -> str | None:
    """Say why *name* is nothing that *policy* counts, or None."""
    budgeted = (rule.name for rule in policy.rules if rule.terms.handling is Handling.AUTO_APPROVE and rule.limit)
    known = (*COUNTED, *sorted(TRIAGED), *budgeted)
    if name in known:
        return None
    allowed = ", ".join((*COUNTED, *sorted(TRIAGED)))
    return f"unknown; allowed: {allowed} and the names of rules with a budget{did_you_mean(name, known)}"
