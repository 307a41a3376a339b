"""Saying that one is away: who, until when, and why. It gives nobody a right and takes none."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import Refusal, Refused
from bot.core.people import eligibility
from bot.core.people.delegation import require_span
from bot.core.people.identity import Actor, Person

LONGEST_REASON = 200
"""Characters: it is read in a line, behind a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """From *since* on and before *until* (aware UTC) *person* says not to be there; known by their Slack account."""

    id: str
    person: Person
    since: datetime
    until: datetime
    reason: str | None = None

    def is_running(self, now: datetime) -> bool:
        """Tell whether it holds; at its end it no longer does."""
        return now < self.until


def declared(absence_id: str, by: Actor, until: datetime, reason: str, now: datetime) -> Absence:
    """Return that *by* is away; nobody can say it of anybody else. Raises Refused."""
    person = eligibility.require_member(by)
    if not person.slack_id:
        raise Refused(Refusal.NOT_ELIGIBLE, "Only a Slack account can say that it is away.")
    require_span(until, now)
    if len(reason) > LONGEST_REASON:
        raise Refused(Refusal.OUT_OF_RANGE, f"That reason is too long; {LONGEST_REASON} characters are the most.")
    return Absence(id=absence_id, person=person, since=now, until=until, reason=reason.strip() or None)
