"""What the policy says of a request: what happens to it, who must agree, and what silence brings."""

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from itertools import pairwise

from bot.core.business_time import Calendar
from bot.core.freeze import ActiveFreeze
from bot.core.judging.budget import Spending
from bot.core.people.membership import NOBODY, Crowd, LiveGroup
from bot.core.people.person import Person


class Verdict(StrEnum):
    """One person's answer."""

    APPROVE = "approve"
    REJECT = "reject"


class Category(StrEnum):
    """What an answer is about, so that many can be counted: for most, what the failures turned out to be."""

    PRODUCT_BUG = "product_bug"
    TEST_BUG = "test_bug"
    ENVIRONMENT = "environment"
    DATA = "data"
    FLAKY = "flaky"
    RISK = "risk"
    OTHER = "other"


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
    """Which reviews must say why, or hold something else."""

    NEVER = "never"
    ON_REJECT = "on_reject"
    ON_APPROVE = "on_approve"
    ALWAYS = "always"

    def wants_one(self, verdict: Verdict) -> bool:
        """Tell whether a review with this verdict needs it."""
        on = RequireReason.ON_APPROVE if verdict is Verdict.APPROVE else RequireReason.ON_REJECT
        return self in {RequireReason.ALWAYS, on}


class Forbidden(StrEnum):
    """Who may not review, whatever group they are in."""

    REQUESTER = "requester"
    AUTHORS = "authors"
    TRIGGERER = "triggerer"


class Delegating(StrEnum):
    """Whether somebody may answer in an approver's name."""

    ALLOW = "allow"
    FORBID = "forbid"


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationStep:
    """What silence brings, *after* so long in a stage: *to* may answer too and are called, in *channel* as well.

    So may, and are, whoever is in *groups* by then.
    """

    after: timedelta
    to: tuple[Person, ...] = ()
    channel: str | None = None
    groups: tuple[LiveGroup, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a step that comes at once, and one that changes nothing."""
        if self.after <= timedelta():
            raise ValueError("An escalation comes after some time.")
        if not self.to and not self.groups and self.channel is None:
            raise ValueError("An escalation calls somebody, or shows the card somewhere.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of the chain: *quorum* different people out of *approvers*; ``anyone`` is every full member.

    Whoever is in one of ``groups`` when they answer is an approver, too; ``mention_groups`` are called, as well.

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
    groups: tuple[LiveGroup, ...] = ()
    mention_groups: tuple[LiveGroup, ...] = ()

    def calling(self, crowd: Crowd) -> "Stage":
        """Return the stage as it is when *crowd* is called at its start."""
        return replace(self, mention=crowd.people, mention_groups=crowd.groups)

    @property
    def is_live(self) -> bool:
        """Tell whether nobody can say yet how many may answer it: someone of a live group might, now or later."""
        return bool(self.groups) or any(step.groups for step in self.escalate)

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
    """Who may say yes alone in an emergency, and how soon that must be looked at afterwards.

    So may whoever is in one of ``groups`` when they do.
    """

    approvers: tuple[Person, ...]
    review_within: timedelta
    groups: tuple[LiveGroup, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What a review must hold besides a verdict and a reason.

    ``category`` says which must name what they are about. With ``condition`` a yes is given only under one, with
    ``environment`` only by whoever types where it will happen.
    """

    category: RequireReason = RequireReason.NEVER
    condition: bool = False
    environment: bool = False


NOTHING_MORE = Demands()

CLAIM_FOR = timedelta(minutes=15)
"""How long reminders are quiet when somebody is looking, where the rule does not say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What the policy said of a request, frozen into it: editing the file later changes nothing that is open.

    With a ``calendar`` reminders, escalations and the timeout count in its business time; a timeout that ``is_wished``
    by the caller counts every minute all the same. While ``quiet`` is open nobody is pinged.
    With ``group_within`` identical asks that come so soon after each other share one card.
    With ``undo_within`` what people settled is released so much later, so that whoever answered can take it back.
    Whoever says that they are looking keeps reminders quiet for ``claim_for``.
    Only where it is said (``accept_incomplete``) may people approve although the evidence is not complete.
    ``fallback`` are asked where everybody is away and no step of an escalation is left.
    ``budgets`` says how far those were spent that were asked of: of rules that would have approved by themselves.
    A failure of a ``waivable`` request may be waived, by whom the policy lets.
    ``who_may`` says in words who could answer, and who may not and why; ``lines`` is all of the explanation.
    ``freezes`` are those in which it was asked; whether one holds when it is answered, is looked up then.
    """

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
    delegation: Delegating = Delegating.ALLOW
    break_glass: BreakGlass | None = None
    budgets: tuple[Spending, ...] = ()
    waivable: bool = False
    who_may: tuple[str, ...] = ()
    calendar: Calendar | None = None
    is_wished: bool = False
    quiet: Calendar | None = None
    freezes: tuple[ActiveFreeze, ...] = ()
    group_within: timedelta | None = None
    undo_within: timedelta | None = None
    fallback: Crowd = NOBODY
    demands: Demands = NOTHING_MORE
    claim_for: timedelta = CLAIM_FOR
    accept_incomplete: bool = False

    @property
    def lines(self) -> tuple[str, ...]:
        """Return how it came to this, and who may answer."""
        return (*self.explanation, *self.who_may)

    @property
    def timeout_calendar(self) -> Calendar | None:
        """Return the calendar that the timeout counts by."""
        return None if self.is_wished else self.calendar

    def __post_init__(self) -> None:
        """Refuse to ask nobody: such a request would be neither open nor settled."""
        if self.handling is Handling.REQUIRE_APPROVAL and not self.stages:
            raise ValueError("A rule that asks needs at least one stage.")


def with_calendar(ruling: Ruling, calendar: Calendar | None) -> Ruling:
    """Return *ruling* with the calendar that its clocks run by, frozen as it is known now."""
    return ruling if calendar == ruling.calendar else replace(ruling, calendar=calendar)
