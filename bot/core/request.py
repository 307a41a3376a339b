"""The request: what is asked, under which rule, and what people have said so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import NewType

from bot.core.evidence import TestEvidence
from bot.core.identity import Actor, Person

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


class Verdict(StrEnum):
    """One person's answer."""

    APPROVE = "approve"
    REJECT = "reject"


class Handling(StrEnum):
    """What a rule does with a request."""

    AUTO_APPROVE = "auto_approve"
    AUTO_REJECT = "auto_reject"
    REQUIRE_APPROVAL = "require_approval"


class OnTimeout(StrEnum):
    """How a request ends when nobody answers in time."""

    REJECT = "reject"
    EXPIRE = "expire"
    APPROVE = "approve"


class RequireReason(StrEnum):
    """When a review must say why."""

    NEVER = "never"
    ON_REJECT = "on_reject"
    ON_APPROVE = "on_approve"
    ALWAYS = "always"

    def wants_one(self, verdict: Verdict) -> bool:
        """Tell whether a review with this verdict needs a reason."""
        on = RequireReason.ON_APPROVE if verdict is Verdict.APPROVE else RequireReason.ON_REJECT
        return self in {RequireReason.ALWAYS, on}


class Forbidden(StrEnum):
    """Who may not review, whatever group they are in."""

    REQUESTER = "requester"
    AUTHORS = "authors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A place to look, given by the caller."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is asked, as the caller put it; only title and action are required. ``timeout`` is the caller's wish."""

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
    reason: str | None = None
    severity: str | None = None
    labels: tuple[str, ...] = ()
    flags: Mapping[str, bool] = field(default_factory=dict[str, bool])
    parameters: Mapping[str, object] = field(default_factory=dict[str, object])
    links: tuple[Link, ...] = ()
    callback_url: str | None = None
    timeout: timedelta | None = None
    metadata: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """What silence brings, *after* so long in a stage: *to* may answer too and are called, in *channel* as well."""

    after: timedelta
    to: tuple[Person, ...] = ()
    channel: str | None = None

    def __post_init__(self) -> None:
        """Refuse a step that comes at once, and one that changes nothing."""
        if self.after <= timedelta():
            raise ValueError("An escalation comes after some time.")
        if not self.to and self.channel is None:
            raise ValueError("An escalation calls somebody, or shows the card somewhere.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of the chain: *quorum* different people out of *approvers*; ``anyone`` is every full member.

    ``reject_quorum`` rejections end the request. ``mention`` are called when the stage begins; they may be others than
    the approvers, or nobody. ``escalate`` is in the order of time.
    """

    name: str
    quorum: int = 1
    approvers: tuple[Person, ...] = ()
    anyone: bool = False
    reject_quorum: int = 1
    mention: tuple[Person, ...] = ()
    remind_after: timedelta | None = None
    escalate: tuple[EscalationStep, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a stage that is met, or ended, before anybody answers, and steps that overtake each other."""
        if self.quorum < 1 or self.reject_quorum < 1:
            raise ValueError("A stage needs at least one person.")
        if self.remind_after is not None and self.remind_after <= timedelta():
            raise ValueError("A reminder comes after some time.")
        if any(later.after <= earlier.after for earlier, later in pairwise(self.escalate)):
            raise ValueError("Each escalation comes later than the one before.")


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakGlass:
    """Who may say yes alone in an emergency, and how soon that must be looked at afterwards."""

    approvers: tuple[Person, ...]
    review_within: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the policy said of a request, frozen into it: editing the file later changes nothing that is open."""

    rule: str
    handling: Handling
    policy_hash: str
    explanation: tuple[str, ...] = ()
    reason: str | None = None
    stages: tuple[Stage, ...] = ()
    channels: tuple[str, ...] = ()
    forbid: frozenset[Forbidden] = frozenset({Forbidden.REQUESTER})
    require_reason: RequireReason = RequireReason.ON_REJECT
    timeout: timedelta = timedelta(hours=1)
    on_timeout: OnTimeout = OnTimeout.EXPIRE
    supersede_lane: bool = False
    break_glass: BreakGlass | None = None

    def __post_init__(self) -> None:
        """Refuse to ask nobody: such a request would be neither open nor settled."""
        if self.handling is Handling.REQUIRE_APPROVAL and not self.stages:
            raise ValueError("A rule that asks needs at least one stage.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One person's answer. ``void`` once a newer revision made it worthless."""

    by: Actor
    verdict: Verdict
    at: datetime
    stage: int
    revision: int
    digest: str
    reason: str | None = None
    category: str | None = None
    void: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How a request ended, and by whom. ``verdict`` is None when it ended without one.

    ``was_shown`` is known where silence ended it: whether there had been anything to answer to.
    """

    verdict: Verdict | None
    by: Actor
    at: datetime
    reason: str | None = None
    category: str | None = None
    conditions: tuple[str, ...] = ()
    break_glass: bool = False
    was_shown: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """The clock stands while the requester is asked something.

    ``remaining`` is what is left until the deadline, ``spent`` what the stage's own clock had counted.
    """

    question: str
    by: Actor
    remaining: timedelta
    spent: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequest:
    """The aggregate. Only :mod:`bot.core.lifecycle` makes new versions of it.

    ``deadline`` is set exactly while the request is open. ``tests`` carries all counts but only the failures that a
    card shows; the whole list is kept beside the request per revision. All times are aware UTC.

    Of the present stage: its clock counts from ``stage_since`` (moved on by pauses), ``steps`` of its escalation are
    taken, ``reminders`` were sent, and ``called`` may answer because an escalation called them.
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
    stage: int = 0
    channels: tuple[str, ...] = ()
    escalations: int = 0
    stage_since: datetime
    steps: int = 0
    reminders: int = 0
    called: tuple[Person, ...] = ()
    reviews: tuple[Review, ...] = ()
    decision: Decision | None = None
    pause: Pause | None = None
    superseded_by: RequestId | None = None
    review_due: datetime | None = None
