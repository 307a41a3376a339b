"""What a use case wants written. Kept in memory until its group is flushed, so that dropping it costs nothing."""

from dataclasses import dataclass, field
from datetime import datetime

from bot.core.alarm import Alarm
from bot.core.events import Happened
from bot.core.evidence import TestEvidence
from bot.core.home import HomeTab
from bot.core.installation import Installation
from bot.core.people.absence import Absence
from bot.core.people.delegation import Delegation
from bot.core.receiver import ReturnAddress
from bot.core.request import ApprovalRequest, RequestId
from bot.core.view import CardRef
from bot.core.waivers.waiver import Waiver
from bot.store.database import Values
from bot.store.values import Keyed, RunKey


@dataclass(slots=True)
class Put:
    """A request as it is to be stored."""

    request: ApprovalRequest
    is_new: bool
    key: Keyed | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One line for the log; ``stays`` when it survives a refusal."""

    happened: Happened
    request: ApprovalRequest | None
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Post:
    """One new outbox row; ``stays`` when it survives a refusal."""

    values: Values
    stays: bool = False


@dataclass(frozen=True, slots=True)
class Muster:
    """A look through the open requests, due from ``at`` (aware UTC) on, that has got past the number ``after``."""

    at: datetime
    after: int = 0


@dataclass(slots=True)
class Writes:
    """The buffer, of one use case or of a whole group."""

    requests: dict[RequestId, Put] = field(default_factory=dict[RequestId, Put])
    evidence: list[tuple[RequestId, int, TestEvidence]] = field(
        default_factory=list[tuple[RequestId, int, TestEvidence]]
    )
    lines: list[Line] = field(default_factory=list[Line])
    posts: list[Post] = field(default_factory=list[Post])
    cards: dict[tuple[RequestId, str], CardRef] = field(default_factory=dict[tuple[RequestId, str], CardRef])
    delegations: dict[str, Delegation | None] = field(default_factory=dict[str, Delegation | None])
    absences: dict[str, Absence | None] = field(default_factory=dict[str, Absence | None])
    musters: dict[str, Muster | None] = field(default_factory=dict[str, Muster | None])
    roll_calls: dict[RequestId, datetime | None] = field(default_factory=dict[RequestId, datetime | None])
    replays: dict[str, datetime] = field(default_factory=dict[str, datetime])
    alarms: dict[str, Alarm | None] = field(default_factory=dict[str, Alarm | None])
    installations: dict[str, Installation] = field(default_factory=dict[str, Installation])
    waivers: dict[int, Waiver] = field(default_factory=dict[int, Waiver])
    receivers: dict[RequestId, ReturnAddress] = field(default_factory=dict[RequestId, ReturnAddress])
    memos: dict[RequestId, str] = field(default_factory=dict[RequestId, str])
    homes: dict[str, HomeTab] = field(default_factory=dict[str, HomeTab])
    told: set[str] = field(default_factory=set[str])
    moves: list[tuple[str, Values]] = field(default_factory=list[tuple[str, Values]])
    moved: set[str] = field(default_factory=set[str])
    history: list[tuple[str, list[Values]]] = field(default_factory=list[tuple[str, list[Values]]])
    waiting: dict[str, int] = field(default_factory=dict[str, int])
    run_keys: list[RunKey] = field(default_factory=list[RunKey])
    dropped_runs: int = 0
    did_more: bool = False
    """Something was written at once, which no other use case can be harmed by."""

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to commit; every request, card and waiver comes with a line of the log."""
        said = (self.lines, self.posts, self.replays, self.moves, self.cards, self.alarms, self.homes)
        work = (self.installations, self.musters, self.roll_calls, self.history, self.run_keys, self.memos)
        return not (any(said) or any(work) or self.did_more)

    def absorb(self, other: "Writes") -> None:
        """Add what *other* wants, after what is here."""
        for request_id, put in other.requests.items():
            earlier = self.requests.get(request_id)
            if earlier is not None and earlier.is_new:
                put = Put(put.request, is_new=True, key=earlier.key)  # noqa: PLW2901 - the same put, as the group sees it
            self.requests[request_id] = put
        self.evidence += other.evidence
        self.lines += other.lines
        self.posts += other.posts
        self.cards.update(other.cards)
        self.delegations.update(other.delegations)
        self.absences.update(other.absences)
        self.musters.update(other.musters)
        self.roll_calls.update(other.roll_calls)
        self.replays |= other.replays
        self.alarms.update(other.alarms)
        self.installations.update(other.installations)
        self.waivers.update(other.waivers)
        self.receivers.update(other.receivers)
        self.memos.update(other.memos)
        self.homes.update(other.homes)
        self.told |= other.told
        self.moves += other.moves
        self.moved |= other.moved
        self.history += other.history
        for source, count in other.waiting.items():
            self.waiting[source] = self.waiting.get(source, 0) + count
        self.run_keys += other.run_keys
        self.dropped_runs += other.dropped_runs
        self.did_more |= other.did_more

    def after_refusal(self) -> "Writes":
        """Return what is written although the use case said no."""
        return Writes(
            lines=[line for line in self.lines if line.stays],
            posts=[post for post in self.posts if post.stays],
            replays=self.replays,
            did_more=self.did_more,
        )
