"""Somebody says yes alone, in an emergency; and somebody else looks at it afterwards."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import Refusal, Refused
from bot.core.events import GlassBroken, GlassReviewed
from bot.core.judging.freeze_windows import Freezes
from bot.core.life.break_glass import unread_to_break, unread_to_review
from bot.core.life.lifecycle import advance
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Actor
from bot.core.request import ApprovalRequest, RequestId
from bot.core.stamp import Stamp
from bot.store import Transaction
from bot.usecases.needing import MembershipNeeded
from bot.usecases.refusing import refusals_noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Emergency:
    """One person's word. ``confirmation`` is what they typed to make sure, ``revision`` what their dialog spoke of."""

    request_id: RequestId
    by: Actor
    revision: int
    reason: str
    confirmation: str
    replay_key: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What somebody else found afterwards."""

    request_id: RequestId
    by: Actor
    reason: str
    replay_key: Stamp


def break_glass(tx: Transaction, emergency: Emergency, freezes: Freezes, now: datetime) -> Outcome | MembershipNeeded:
    """Release it; the card, the caller, everybody passed over and the log follow in the same commit.

    Raises Refused (UNCONFIRMED) unless the request's own number was typed: an emergency is nobody's slip.
    """
    with refusals_noted(tx, emergency.by, "break_glass", now) as attempt:
        request = attempt.request = tx.requests.lock(emergency.request_id)
        if groups := unread_to_break(request, emergency.by):
            return MembershipNeeded(request=request, groups=groups)
        tx.replays.remember(emergency.replay_key)
        event = GlassBroken(
            by=emergency.by,
            reason=emergency.reason,
            revision=emergency.revision,
            freezes=freezes(request, now),
        )
        outcome = advance(request, event, now)
        _require_confirmed(request, emergency.confirmation)
    tx.record(outcome)
    return outcome


def review_glass(tx: Transaction, look: Look, now: datetime) -> Outcome | MembershipNeeded:
    """Take the review that a broken glass owes; nobody is reminded of it any more."""
    with refusals_noted(tx, look.by, "review_glass", now) as attempt:
        request = attempt.request = tx.requests.lock(look.request_id)
        if groups := unread_to_review(request, look.by):
            return MembershipNeeded(request=request, groups=groups)
        tx.replays.remember(look.replay_key)
        outcome = advance(request, GlassReviewed(by=look.by, reason=look.reason), now)
    tx.record(outcome)
    return outcome


def _require_confirmed(request: ApprovalRequest, confirmation: str) -> None:
    if confirmation.strip().removeprefix("#") != str(request.number):
        raise Refused(Refusal.UNCONFIRMED, f"Type {request.number} here, the number of this request, to confirm.")
