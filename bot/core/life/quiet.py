"""Quiet hours: who would be pinged while they last is called in one digest a channel when they end.

Only the pinging waits. What happened, its deadlines, its cards and what callers are told never do.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.business_time import open_until
from bot.core.effects import Effect, Said, SendDigest
from bot.core.request import ApprovalRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Hushed:
    """A request as it stands when somebody is called: ``effects`` ask for the digest that calls them later, if any."""

    request: ApprovalRequest
    effects: tuple[Effect, ...] = ()

    def call(self, said: Said) -> Said:
        """Return the line with those it calls, or without them while it is quiet."""
        return replace(said, calls=(), groups=()) if self.effects else said


def hushed(request: ApprovalRequest, now: datetime) -> Hushed:
    """Return *request* as somebody is about to be called for it: remembered until when they are not, if it is quiet.

    What is held back already stays so: whoever is called by day for the same stage is another than was not by night.
    """
    quiet = request.ruling.quiet
    until = None if quiet is None else open_until(quiet, now)
    if until is None:
        return Hushed(request=request)
    after = replace(request, quiet_until=until)
    digests = tuple(SendDigest(request=request.id, channel=channel, until=until) for channel in request.channels)
    return Hushed(request=after, effects=digests)
