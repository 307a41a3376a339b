"""What test results do not tell a condition that looks at them: then it means nothing, and lets nothing through."""

from bot.core.evidence import TestEvidence


def lacking(tests: TestEvidence, *, overlooks_unknown: bool) -> str | None:
    """Say why *tests* are not enough for a condition about them; None when they are.

    One that *overlooks_unknown* asks what is new, known, flaky or waived as if everything that failed were one of it.
    """
    if not tests.total:
        return "it looks at test results, and none came"
    if overlooks_unknown and tests.unknown:
        return f"it looks at what is new or known, and of {tests.unknown} that failed nothing is known (tests.unknown)"
    return None
