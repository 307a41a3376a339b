"""Whoever asked takes it back."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import Refusal, Refused
from bot.core.events import Cancelled
from bot.core.life.lifecycle import advance
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Actor
from bot.core.request import RequestId
from bot.core.stamp import Stamp
from bot.store import Transaction
from bot.usecases.once import take_once
from bot.usecases.refusing import refusals_noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """Whoever asked takes it back: the source, which has only its own requests, or a person in Slack.

    ``signed`` is the id that a source's signature was made with, ``replay_key`` what a person's command is known by.
    """

    request_id: RequestId
    by: Actor
    source: str | None = None
    reason: str | None = None
    signed: Stamp | None = None
    replay_key: Stamp | None = None


def withdraw(tx: Transaction, withdrawal: Withdrawal, now: datetime) -> Outcome:
    """Cancel an open request.

    Raises Refused: NOT_FOUND for another source's request, NOT_ELIGIBLE for somebody who did not ask for it, NOT_OPEN
    when it has ended, REPLAYED when its signature or the command was used before.
    """
    with refusals_noted(tx, withdrawal.by, "cancel", now) as attempt:
        if withdrawal.replay_key is not None:
            tx.replays.remember(withdrawal.replay_key)
        if withdrawal.source is not None:
            take_once(tx, withdrawal.source, withdrawal.signed)
        request = tx.requests.lock(withdrawal.request_id)
        if withdrawal.source not in {None, request.source}:
            raise Refused(Refusal.NOT_FOUND, "There is no such request.")
        attempt.request = request
        outcome = advance(request, Cancelled(by=withdrawal.by, reason=withdrawal.reason), now)
    tx.record(outcome)
    return outcome
