"""What was asked and decided before: what is counted, for conditions and for the budgets and limits of rules."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from bot.core.errors import Refusal, Refused
from bot.core.judging.budget import Limit
from bot.core.people.identity import Via
from bot.core.request import ApprovalRequest, Subject
from bot.core.ruling import Handling, Ruling

MOST = 1000
"""How far anything is counted: what there is more of reads as this many, so that no count costs more than that."""

LOOK_BACK = timedelta(days=30)

APPROVED, REJECTED, OPEN_IN_LANE = "history.approved_last_30d", "history.rejected_last_30d", "lane.open"
COUNTED = (APPROVED, REJECTED, OPEN_IN_LANE)
"""The names by which conditions ask for counts. What no condition of a policy names is not counted."""

_MACHINES = frozenset({Via.POLICY, Via.TIMER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What conditions may ask of the past: how people answered requests alike, and what is open in the lane."""

    approved_last_30d: int = 0
    rejected_last_30d: int = 0
    open_in_lane: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """How often a rule was used within a window: *count* times, the earliest of them at *since*."""

    count: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """Which uses are counted: of the rule called *rule*, while it did *handling*, as many as *limit* counts at most.

    A use exactly one span before now is outside: it is free again.
    """

    rule: str
    handling: Handling
    limit: Limit


Tally = Callable[[Window], Uses]
"""Tells what a window holds, as the transaction that judges sees it. Asked only of a rule that would decide."""


def never_used(_: Window) -> Uses:
    """Count nothing: for looking at a policy without its books."""
    return Uses()


def undertaking(source: str, subject: Subject) -> str:
    """Return what makes two requests alike for history: a hash of source, service, environment and action.

    A hash, because an index holds it, and the texts may be longer than an index takes. Left out and empty are the same.
    """
    alike = [source, subject.service or "", subject.environment or "", subject.action]
    return sha256(json.dumps(alike).encode()).hexdigest()


def answered_at(request: ApprovalRequest) -> datetime | None:
    """Return when people answered it, in the usual way; None while they have not, and where something else decided.

    What the policy or silence decides by itself is no experience, else a rule that reads history would feed itself;
    an emergency yes is no judgement either.
    """
    decision = request.decision
    if decision is None or decision.verdict is None or decision.break_glass or decision.by.via in _MACHINES:
        return None
    return decision.at


def ruled_at(request: ApprovalRequest) -> datetime:
    """Return when its rule was used: as it was asked, or, where the rule decided by itself, when it did."""
    decision = request.decision
    return decision.at if decision is not None and decision.by.via is Via.POLICY else request.created_at


def require_room(ruling: Ruling, limit: Limit | None, tally: Tally, now: datetime) -> None:
    """Raise Refused (TOO_MANY), with how long to wait, when the rule has asked people as often as *limit* allows."""
    if limit is None or ruling.handling is not Handling.REQUIRE_APPROVAL:
        return
    uses = tally(Window(rule=ruling.rule, handling=ruling.handling, limit=limit))
    if uses.count >= limit.count:
        raise Refused(
            Refusal.TOO_MANY,
            f"Rule “{ruling.rule}” asks people about at most {limit}, and it has. Nothing was stored; ask again later.",
            retry_after=(uses.since or now) + limit.per - now,
        )
