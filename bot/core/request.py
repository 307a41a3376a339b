"""The request: what is asked, under which rule, and what people have said so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NewType

from bot.core.evidence import TestEvidence
from bot.core.freeze import ActiveFreeze
from bot.core.people.identity import Actor, Person
from bot.core.people.membership import LiveGroup, Membership
from bot.core.proof import Proof
from bot.core.receiver import Receiver
from bot.core.revision import EarlierRevision
from bot.core.ruling import Ruling, Verdict

RequestId = NewType("RequestId", str)
"""A uuid7 in its usual 36 characters."""


class State(StrEnum):
    """Where a request stands. The last five are final and never change."""

    PENDING = "pending"
    NEEDS_INFO = "needs_info"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"

    @property
    def is_open(self) -> bool:
        """Tell whether anything can still happen."""
        return self in {State.PENDING, State.NEEDS_INFO}


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place to look, given by the caller."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is asked, as the caller put it; only title and action are required. ``timeout`` is the caller's wish.

    ``triggerer`` started the run that asks, where that is somebody else than the ``requester``, whose wish it is.
    ``proof`` is what its CI vouches for, where it asks with an ID token.
    """

    title: str
    action: str
    service: str | None = None
    environment: str | None = None
    repository: str | None = None
    ref: str | None = None
    commit: str | None = None
    lane: str | None = None
    requester: Person | None = None
    authors: tuple[Person, ...] = ()
    triggerer: Person | None = None
    reason: str | None = None
    severity: str | None = None
    labels: tuple[str, ...] = ()
    flags: Mapping[str, bool] = field(default_factory=dict[str, bool])
    parameters: Mapping[str, object] = field(default_factory=dict[str, object])
    links: tuple[Link, ...] = ()
    callback_url: str | None = None
    receiver: Receiver | None = None
    timeout: timedelta | None = None
    metadata: Mapping[str, object] = field(default_factory=dict[str, object])
    proof: Proof | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """Whoever gave an answer took it back, and when."""

    by: Actor
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One person's answer. ``void`` once a newer revision made it worthless, ``withdrawn`` once they took it back.

    ``category`` is a :class:`~bot.core.ruling.Category`; read as text, so that none that was ever written is lost.
    ``condition`` is under which a yes holds, ``environment`` the name that was typed to make sure.
    ``on_behalf_of`` whom: then it is their right that was used, and the two are one voice. ``lent_through`` is what was
    looked up about them: whether they are in the live groups that were asked.
    """

    by: Actor
    verdict: Verdict
    at: datetime
    stage: int
    revision: int
    digest: str
    reason: str | None = None
    category: str | None = None
    void: bool = False
    on_behalf_of: Person | None = None
    lent_through: tuple[Membership, ...] = ()
    condition: str | None = None
    environment: str | None = None
    withdrawn: Withdrawal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How a request ended, and by whom. ``verdict`` is None when it ended without one.

    ``conditions`` are those of all approvals that count.
    ``was_shown`` is known where silence ended it: whether there had been anything to answer to; ``freezes`` are those
    that held then.
    """

    verdict: Verdict | None
    by: Actor
    at: datetime
    reason: str | None = None
    category: str | None = None
    conditions: tuple[str, ...] = ()
    break_glass: bool = False
    was_shown: bool | None = None
    on_behalf_of: Person | None = None
    freezes: tuple[ActiveFreeze, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The clock stands while the requester is asked something.

    ``remaining`` is what is left until the deadline, ``spent`` what the stage's own clock had counted; both as the
    ruling counts, which may be business time.
    """

    question: str
    by: Actor
    remaining: timedelta
    spent: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question that was answered."""

    question: str
    asked_by: Actor
    answer: str
    answered_by: Actor
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Somebody is looking: nobody is reminded before ``until`` (aware UTC). It binds nobody."""

    by: Actor
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class GlassReview:
    """What somebody else found when they looked at a broken glass afterwards."""

    by: Actor
    at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What people came to, and nobody is told yet: at ``release_at`` (aware UTC) it becomes the decision.

    ``decision`` is that of the moment in which the last answer settled it.
    """

    decision: Decision
    release_at: datetime

    @property
    def is_yes(self) -> bool:
        """Tell whether it is to be approved."""
        return self.decision.verdict is Verdict.APPROVE


@dataclass(frozen=True, slots=True, kw_only=True)
class Precedent:
    """A rejection by people of an earlier request of the same change, which nobody approved since.

    ``card`` is where its card stands in Slack, if that is known.
    """

    id: RequestId
    number: int
    by: Actor
    at: datetime
    commit: str | None = None
    reason: str | None = None
    category: str | None = None
    card: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequest:
    """The aggregate. Only :mod:`bot.core.life.lifecycle` makes new versions of it.

    ``deadline`` is set exactly while the request is open. ``tests`` carries all counts but only the failures that a
    card shows; the whole list is kept beside the request per revision. All times are aware UTC.

    Of the present stage: its clock counts from ``stage_since`` on, when it had counted ``stage_spent`` already (before
    a question), ``steps`` of its escalation are taken, ``reminders`` were sent, and ``called`` and ``called_groups``
    may answer because an escalation called them. Those called while it was quiet are not pinged before ``quiet_until``.
    ``deserted`` are those of it who were away when more people were asked at once because of that, ``thin`` its live
    groups, where those held too few. ``claim`` is who said last that they are looking, unless they have answered or
    somebody was reminded since.

    ``settled`` while it is open all the same: people have answered all that was asked, and may still take that back.
    ``earlier`` are the revisions that came before, the oldest first; only the newest of them.
    ``leader`` is the request on whose card this one is shown, if it has none of its own. ``precedent`` is what people
    said of the same change before this was asked, if that was a no.
    ``questions`` counts what the requester was asked, ``exchanges`` are the newest of those that were answered. A
    broken glass must be looked at by ``review_due``; ``chases`` says how often that was asked for, ``glass_review``
    what came of it. These two change while the request stays approved, and nothing else does.
    """

    id: RequestId
    number: int
    source: str
    subject: Subject
    tests: TestEvidence
    digest: str
    ruling: Ruling
    state: State
    created_at: datetime
    deadline: datetime | None
    revision: int = 1
    earlier: tuple[EarlierRevision, ...] = ()
    stage: int = 0
    channels: tuple[str, ...] = ()
    escalations: int = 0
    stage_since: datetime
    stage_spent: timedelta = timedelta()
    steps: int = 0
    reminders: int = 0
    called: tuple[Person, ...] = ()
    quiet_until: datetime | None = None
    called_groups: tuple[LiveGroup, ...] = ()
    deserted: tuple[Person, ...] = ()
    thin: tuple[LiveGroup, ...] = ()
    claim: Claim | None = None
    reviews: tuple[Review, ...] = ()
    decision: Decision | None = None
    pause: Pause | None = None
    superseded_by: RequestId | None = None
    review_due: datetime | None = None
    chases: int = 0
    glass_review: GlassReview | None = None
    questions: int = 0
    exchanges: tuple[Exchange, ...] = ()
    leader: RequestId | None = None
    precedent: Precedent | None = None
    settled: Settled | None = None

    @property
    def last_moment(self) -> datetime | None:
        """When nothing counts any more: what was settled is released then, or silence ends it. None once it ended."""
        return self.deadline if self.settled is None else self.settled.release_at

    @property
    def awaits_somebody(self) -> bool:
        """Tell whether somebody has still to do something: to answer, or to review a broken glass."""
        return self.state.is_open or (self.review_due is not None and self.glass_review is None)
