"""What can happen to a request. An event is a fact somebody claims; the lifecycle says whether it counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.evidence import Difference, TestEvidence
from bot.core.freeze import ActiveFreeze
from bot.core.people.delegation import Mandate
from bot.core.people.identity import Actor
from bot.core.people.presence import Presence
from bot.core.request import Precedent, RequestId, State, Subject
from bot.core.ruling import Category, Ruling, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted:
    """A source asked. The policy has already been evaluated: ``ruling`` says what it made of it.

    With a ``leader`` it is shown on the card of that request. ``precedent`` is what people said of the same change
    before, if that was a no.
    """

    id: RequestId
    number: int
    source: str
    by: Actor
    subject: Subject
    tests: TestEvidence
    digest: str
    ruling: Ruling
    leader: RequestId | None = None
    precedent: Precedent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """Somebody answered. ``revision`` and ``stage`` are those of the card they answered on.

    ``card`` is the request on whose card they did, if it was one: the others whom it shows are answered alike.
    ``condition`` is under which a yes holds, ``environment`` what was typed where the rule wants its name.
    With ``mandates`` they may do so in the name of others, where they may not in their own.
    ``freezes`` are those of the policy that hold by then.
    """

    by: Actor
    verdict: Verdict
    revision: int
    stage: int
    reason: str | None = None
    category: Category | None = None
    condition: str | None = None
    environment: str | None = None
    mandates: tuple[Mandate, ...] = ()
    freezes: tuple[ActiveFreeze, ...] = ()
    card: RequestId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWithdrawn:
    """Somebody takes back their own answer. ``revision`` and ``stage`` are those of the card they did it on."""

    by: Actor
    revision: int
    stage: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowPassed:
    """The timer found that nobody took back what was settled. ``freezes`` are those of the policy that hold by then."""

    by: Actor
    freezes: tuple[ActiveFreeze, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinePassed:
    """The timer found the deadline reached. ``was_shown`` once a card of this very revision stood somewhere."""

    by: Actor
    was_shown: bool
    freezes: tuple[ActiveFreeze, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated:
    """Silence, or somebody, made the request louder: the stage's next step is taken, and nobody loses a right.

    ``revision``, ``stage`` and ``step`` (how many steps that stage had taken) are those of the card that was seen; None
    means "as it is now", for a command typed without a card, for the pipeline and for the clock. ``card`` is the
    request on whose card they chose it, if it was one.
    """

    by: Actor
    revision: int | None = None
    stage: int | None = None
    step: int | None = None
    card: RequestId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deserted:
    """Those who were asked are away, as *presence* has it: what silence would bring later is wanted now."""

    by: Actor
    presence: Presence


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded:
    """The timer found that nobody has answered for a while."""

    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """An approver is looking: reminders are quiet for a while. ``revision`` and ``stage`` are as of a review.

    ``card`` is the request on whose card they said so, if it was one.
    """

    by: Actor
    revision: int
    stage: int
    card: RequestId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InfoRequested:
    """An approver asked the requester something; the clock stands.

    ``revision`` is that of the card they asked on; None means "as it is now", for a command typed without a card.
    """

    by: Actor
    question: str
    revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InfoProvided:
    """The question was answered; the clock runs on with what was left.

    ``question`` counts the request's questions from 1, and says which of them this answers; None: the open one.
    """

    by: Actor
    answer: str
    question: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """Whoever asked no longer wants it."""

    by: Actor
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """A newer request took over the lane."""

    by: Actor
    newer: RequestId


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised:
    """What is asked has changed: a new revision, judged anew; earlier reviews are void.

    ``differences`` say what changed since the present revision, and since the earlier ones that are remembered.
    """

    by: Actor
    subject: Subject
    tests: TestEvidence
    digest: str
    ruling: Ruling
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassBroken:
    """Somebody of the emergency group said yes alone."""

    by: Actor
    reason: str
    revision: int
    freezes: tuple[ActiveFreeze, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassChased:
    """The timer found that nobody has looked at a broken glass yet, although it is time."""

    by: Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassReviewed:
    """Somebody else looked at a broken glass afterwards, and says what they found."""

    by: Actor
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Regrouped:
    """Whom it followed goes another way: it follows *leader*, or has a card of its own from now on."""

    by: Actor
    leader: RequestId | None = None


Event = (
    Reviewed
    | ReviewWithdrawn
    | WindowPassed
    | DeadlinePassed
    | Escalated
    | Deserted
    | Reminded
    | Claimed
    | InfoRequested
    | InfoProvided
    | Cancelled
    | Superseded
    | Revised
    | GlassBroken
    | GlassChased
    | GlassReviewed
    | Regrouped
)
"""What can happen to a request that exists; :class:`Submitted` makes one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One line for the audit log: what really came of an event.

    ``event`` is the log's name for it (``request.reviewed``), ``state`` where it left the request (None when there is
    no request to speak of), ``detail`` plain JSON values that let a verifier fold the log again without our code.
    ``at`` is aware UTC.
    """

    event: str
    at: datetime
    by: Actor
    state: State | None
    detail: Mapping[str, object]
