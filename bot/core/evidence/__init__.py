"""What the tests said: the facts people and policies decide on."""

from bot.core.evidence.tests import SHOWN_FAILURES, Failure, TestEvidence, merged

__all__ = ["SHOWN_FAILURES", "Failure", "TestEvidence", "merged"]
