"""What the policy says of waivers: who may give one, for how long at most, and for how many requests."""

from dataclasses import dataclass
from datetime import timedelta

from bot.core.people.membership import Crowd


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverTerms:
    """Who may waive a failure, and within which bounds. ``remind_before`` its end its giver is told."""

    by: Crowd
    for_at_most: timedelta = timedelta(days=14)
    uses_at_most: int = 20
    require_ticket: bool = True
    remind_before: timedelta = timedelta(days=1)
