"""A change freeze that holds, and what it keeps from being approved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from bot.core.errors import Refusal, Refused


class Freezing(StrEnum):
    """What a freeze does: reject what is asked, or have a person asked where a rule would approve by itself."""

    REJECT = "reject"
    ASK = "ask"


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveFreeze:
    """A freeze of the policy that holds for a request, and when it ends (aware UTC)."""

    name: str
    until: datetime
    then: Freezing
    reason: str | None = None
    allow_break_glass: bool = False

    def __str__(self) -> str:
        """Name it, and say when it ends."""
        return f"the change freeze “{self.name}”, {self.ends}"

    @property
    def ends(self) -> str:
        """Say when it ends."""
        return f"until {self.until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"

    @property
    def sentence(self) -> str:
        """Say what it means, for whoever wanted an approval."""
        why = f" ({self.reason})" if self.reason else ""
        return f"Nothing is approved in {self}{why}."


def rejecting(freezes: Iterable[ActiveFreeze]) -> tuple[ActiveFreeze, ...]:
    """Return those in which nothing is approved, whoever says so."""
    return tuple(freeze for freeze in freezes if freeze.then is Freezing.REJECT)


def unbreakable(freezes: Iterable[ActiveFreeze]) -> tuple[ActiveFreeze, ...]:
    """Return those in which not even an emergency is."""
    return tuple(freeze for freeze in rejecting(freezes) if not freeze.allow_break_glass)


def require_thawed(against: tuple[ActiveFreeze, ...]) -> None:
    """Raise Refused when any of these freezes holds."""
    if against:
        last = max(against, key=lambda freeze: freeze.until)
        raise Refused(Refusal.FROZEN, last.sentence)
