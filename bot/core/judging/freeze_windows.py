"""The policy's change freezes: which of them hold for a request at a moment.

A freeze is a safety control: unlike everything else a request is judged by it is not frozen into the ruling, but looked
up in the policy that holds now, when the request is asked and again when it would be approved.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.freeze import ActiveFreeze, Freezing, rejecting
from bot.core.judging.facts import Condition, Facts, Unclear
from bot.core.judging.trail import UNCLEAR
from bot.core.request import ApprovalRequest
from bot.core.ruling import Handling, Ruling

Window = Callable[[datetime], datetime | None]
"""Returns when a time that is now ends; None when it is not now. Moments are aware UTC."""

Freezes = Callable[[ApprovalRequest, datetime], tuple[ActiveFreeze, ...]]
"""Which freezes of the policy hold for a request now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """A time in which matching requests are frozen. No ``when`` matches always."""

    name: str
    window: Window
    when: Condition | None
    then: Freezing
    reason: str | None = None
    allow_break_glass: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """A freeze whose time is now: whether it holds for a request (None: not), and why it could not be said."""

    name: str
    until: datetime
    active: ActiveFreeze | None
    unclear: Unclear | None = None

    @property
    def step(self) -> str:
        """Return the line of an explanation."""
        if self.unclear is not None:
            return f"freeze {self.name}: {UNCLEAR}: {self.unclear.why}"
        return f"freeze {self.name}: {f'holds {self.active.ends}' if self.active else 'did not match'}"


def look(freezes: Iterable[Freeze], facts: Facts) -> tuple[Look, ...]:
    """Look at every freeze whose time is now. One whose condition cannot be evaluated asks a person."""
    found = list[Look]()
    for freeze in freezes:
        until = freeze.window(facts.now)
        if until is not None:
            match = True if freeze.when is None else freeze.when(facts)
            unclear = match if isinstance(match, Unclear) else None
            active = None if match is False else _active(freeze, until, Freezing.ASK if unclear else freeze.then)
            found.append(Look(freeze.name, until, active, unclear))
    return tuple(found)


def rejected_by(freezes: tuple[ActiveFreeze, ...], policy_hash: str, trail: Sequence[str]) -> Ruling:
    """Return the ruling of the freeze that lasts longest of those that reject; there is one."""
    freeze = max(rejecting(freezes), key=lambda freeze: freeze.until)
    return Ruling(
        rule=f"freeze {freeze.name}",
        handling=Handling.AUTO_REJECT,
        policy_hash=policy_hash,
        reason=freeze.sentence,
        explanation=(*trail, f"freeze {freeze.name}: rejects"),
        freezes=freezes,
    )


def live_freezes(freezes: Callable[[], Iterable[Freeze]]) -> Freezes:
    """Return what looks at the policy that holds by then, whichever it was when a request was judged."""
    return lambda request, now: active_freezes(freezes(), request, now)


def active_freezes(freezes: Iterable[Freeze], request: ApprovalRequest, now: datetime) -> tuple[ActiveFreeze, ...]:
    """Return the freezes that hold for a request that was asked some time ago."""
    facts = Facts(subject=request.subject, tests=request.tests, source=request.source, now=now)
    return tuple(seen.active for seen in look(freezes, facts) if seen.active is not None)


def never_frozen(_request: ApprovalRequest, _now: datetime) -> tuple[ActiveFreeze, ...]:
    """Return what holds where the policy has no freezes."""
    return ()


def _active(freeze: Freeze, until: datetime, then: Freezing) -> ActiveFreeze:
    return ActiveFreeze(
        name=freeze.name,
        until=until,
        then=then,
        reason=freeze.reason,
        allow_break_glass=freeze.allow_break_glass,
    )
