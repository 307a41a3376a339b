"""Somebody answers: one person's review, counted or refused, in one commit."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.events import Reviewed
from bot.core.identity import Actor
from bot.core.lifecycle import advance
from bot.core.outcome import Outcome
from bot.core.request import RequestId
from bot.core.ruling import Verdict
from bot.store import Transaction
from bot.usecases.refusing import refusals_noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Click:
    """One person's answer, as it reached us.

    ``revision`` and ``stage`` are those of the card that was seen; None means "as it is now", for commands typed
    without a card. ``replay_key`` names the signed message it came in.
    """

    request_id: RequestId
    verdict: Verdict
    by: Actor
    revision: int | None = None
    stage: int | None = None
    reason: str | None = None
    category: str | None = None
    replay_key: str | None = None


def review(tx: Transaction, click: Click, now: datetime) -> Outcome:
    """Count one person's answer; the card, the caller and the log follow in the same commit."""
    with refusals_noted(tx, click.by, click.verdict.value, now) as attempt:
        if click.replay_key is not None:
            tx.replays.remember(click.replay_key)
        request = attempt.request = tx.requests.lock(click.request_id)
        event = Reviewed(
            by=click.by,
            verdict=click.verdict,
            revision=request.revision if click.revision is None else click.revision,
            stage=request.stage if click.stage is None else click.stage,
            reason=click.reason,
            category=click.category,
        )
        outcome = advance(request, event, now)
    tx.record(outcome)
    return outcome
