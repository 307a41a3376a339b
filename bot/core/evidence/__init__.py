"""What the tests said: the facts people and policies decide on."""

from bot.core.evidence.difference import Change, Content, Difference, difference, marks
from bot.core.evidence.outcomes import Outcomes, together
from bot.core.evidence.tests import NAMED_FAILURES, SHOWN_FAILURES, Failure, TestEvidence, Triage, merged

__all__ = [
    "NAMED_FAILURES",
    "SHOWN_FAILURES",
    "Change",
    "Content",
    "Difference",
    "Failure",
    "Outcomes",
    "TestEvidence",
    "Triage",
    "difference",
    "marks",
    "merged",
    "together",
]
