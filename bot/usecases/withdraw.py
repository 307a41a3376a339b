"""Whoever asked takes it back."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import Refusal, Refused
from bot.core.events import Cancelled
from bot.core.life.lifecycle import advance
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Actor
from bot.core.request import RequestId
from bot.store import Transaction
from bot.usecases.once import take_once
from bot.usecases.refusing import refusals_noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A source cancels its own request; ``signed_id`` is the id that its signature was made with."""

    request_id: RequestId
    source: str
    by: Actor
    reason: str | None = None
    signed_id: str | None = None


def withdraw(tx: Transaction, withdrawal: Withdrawal, now: datetime) -> Outcome:
    """Cancel an open request.

    Raises Refused: NOT_FOUND for another source's request, NOT_OPEN when it has ended, REPLAYED when its signature was
    used before.
    """
    with refusals_noted(tx, withdrawal.by, "cancel", now) as attempt:
        take_once(tx, withdrawal.source, withdrawal.signed_id)
        request = tx.requests.lock(withdrawal.request_id)
        if request.source != withdrawal.source:
            raise Refused(Refusal.NOT_FOUND, "There is no such request.")
        attempt.request = request
        outcome = advance(request, Cancelled(by=withdrawal.by, reason=withdrawal.reason), now)
    tx.record(outcome)
    return outcome
