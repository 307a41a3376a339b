"""What stands beside a failure that somebody has accepted, and how many failures of a request each waiver covers."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.people.person import Person


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived:
    """The waiver that a failure counts as waived by: its number, who gave it, until when (aware UTC), and why."""

    number: int
    by: Person
    until: datetime
    reason: str
    ticket: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaiverUse:
    """One use of a waiver: it covers that many failures of one revision, which is one use however many they are."""

    waiver: int
    failures: int
