"""Somebody takes back their own answer, before what it settled is released."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.events import ReviewWithdrawn
from bot.core.life.lifecycle import advance
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Actor
from bot.core.request import RequestId
from bot.core.stamp import Stamp
from bot.store import Transaction
from bot.usecases.muster import ask_others
from bot.usecases.refusing import refusals_noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """Whose answer, to which request. ``revision`` and ``stage`` are those of the card that was seen; None: typed."""

    request_id: RequestId
    by: Actor
    replay_key: Stamp
    revision: int | None = None
    stage: int | None = None


def undo(tx: Transaction, wish: Undo, now: datetime) -> Outcome:
    """Take the answer back; the request waits again, and whoever it has to ask by then is asked.

    Raises Refused: NOT_ELIGIBLE for whoever has no answer that counts, NOT_OPEN when it has ended, TOO_LATE when it is
    being released, REPLAYED when the click was used before.
    """
    with refusals_noted(tx, wish.by, "undo", now) as attempt:
        tx.replays.remember(wish.replay_key)
        request = attempt.request = tx.requests.lock(wish.request_id)
        event = ReviewWithdrawn(
            by=wish.by,
            revision=request.revision if wish.revision is None else wish.revision,
            stage=request.stage if wish.stage is None else wish.stage,
        )
        outcome = advance(request, event, now)
    tx.record(outcome)
    ask_others(tx, outcome.request, now)
    return outcome
