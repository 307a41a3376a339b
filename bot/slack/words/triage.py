"""What a failure means, in a word or two: what is new is seen first, and what is known need not be read."""

from bot.core.evidence import Failure, TestEvidence, Triage
from bot.core.evidence.past import Sighting
from bot.slack.words.escape import line
from bot.slack.words.rich import draw_utc

WORDS = {
    Triage.NEW: "new",
    Triage.UNKNOWN: "unknown",
    Triage.KNOWN: "known",
    Triage.FLAKY: "known flaky",
    Triage.WAIVED: "waived",
}
_COMMIT = 8


def counted(tests: TestEvidence) -> str:
    """Return what failed by what it means: ``1 new, 2 known flaky``; the words in the order of the failures."""
    counts = {
        Triage.NEW: tests.new,
        Triage.UNKNOWN: tests.unknown,
        Triage.KNOWN: tests.known,
        Triage.FLAKY: tests.flaky,
        Triage.WAIVED: tests.waived,
    }
    return ", ".join(f"{count} {WORDS[triage]}" for triage, count in counts.items() if count)


def past(failure: Failure) -> str:
    """Return what is worth knowing at a glance: since when it is red, or else when it was last; nothing without one.

    Of what is waived it is by whom and until when, which is said elsewhere.
    """
    if failure.triage is Triage.WAIVED:
        return ""
    if failure.triage is not Triage.FLAKY and failure.first_bad is not None:
        return f"red since {_seen(failure.first_bad)}"
    return "" if failure.last_failed is None else f"last failed {draw_utc(failure.last_failed.at)}"


def whole_past(failure: Failure) -> str:
    """Return all that is known: since when it is red, and when it was seen last."""
    since = "" if failure.first_bad is None else f"red since {_seen(failure.first_bad)}"
    last = "" if failure.last_failed is None else f"last failed {_seen(failure.last_failed)}"
    return " · ".join(filter(None, (since, last)))


def _seen(sighting: Sighting) -> str:
    at = line(sighting.commit[:_COMMIT], _COMMIT) if sighting.commit else ""
    when = draw_utc(sighting.at)
    return f"{at}, {when}" if at else when
