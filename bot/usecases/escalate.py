"""Somebody doesn't wait for the clock: the next people are called now, by a card for everything that it shows."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.events import Escalated
from bot.core.life.lifecycle import advance
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Actor
from bot.core.request import RequestId
from bot.core.stamp import Stamp
from bot.store import Transaction
from bot.usecases.muster import ask_others
from bot.usecases.refusing import refusals_noted
from bot.usecases.sharing import escalate_followers


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Who wants the next people called, for which request.

    ``revision``, ``stage`` and ``step`` are those of the card that was seen; None: typed, or asked for by the pipeline.
    """

    request_id: RequestId
    by: Actor
    revision: int | None = None
    stage: int | None = None
    step: int | None = None
    replay_key: Stamp | None = None


def call_more(tx: Transaction, call: Call, now: datetime) -> Outcome:
    """Take the next escalation of the stage that waits.

    Raises Refused: NOT_OPEN when it has ended or waits for an answer, NOTHING_LEFT when everybody has been called,
    NOT_ELIGIBLE for guests and strangers, FORBIDDEN for whoever may not answer, STALE when the card was another or its
    people are called already, REPLAYED when the click was used before.
    """
    with refusals_noted(tx, call.by, "escalate", now) as attempt:
        if call.replay_key is not None:
            tx.replays.remember(call.replay_key)
        request = attempt.request = tx.requests.lock(call.request_id)
        event = Escalated(
            by=call.by,
            revision=call.revision,
            stage=call.stage,
            step=call.step,
            card=None if call.revision is None else call.request_id,
        )
        outcome = advance(request, event, now)
    tx.record(outcome)
    ask_others(tx, outcome.request, now)
    if event.card is not None and outcome.request.leader is None and request.ruling.group_within is not None:
        escalate_followers(tx, outcome.request, event)
    return outcome
