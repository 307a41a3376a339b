"""Beside a failure that counts as waived: by whom, until when, for which ticket, and why."""

from bot.core.evidence import Failure
from bot.slack.words.escape import line
from bot.slack.words.rich import draw_utc

_NAME, _REASON = 60, 150


def waived(failure: Failure) -> str:
    """Return who waived *failure*, until when, and why; nothing for one that counts."""
    mark = failure.waiver
    if mark is None:
        return ""
    ticket = f", {line(mark.ticket, _NAME)}" if mark.ticket else ""
    who = f"Waived: #{mark.number} by {line(mark.by.key, _NAME)}{ticket}"
    return f"{who}, until {draw_utc(mark.until)}: {line(mark.reason, _REASON)}"
