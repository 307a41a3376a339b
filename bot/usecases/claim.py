"""Somebody is looking: reminders are quiet for a while, for everything that the card they clicked on shows."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.events import Claimed
from bot.core.life.lifecycle import advance
from bot.core.life.outcome import Outcome
from bot.core.people import eligibility
from bot.core.people.identity import Actor
from bot.core.request import RequestId
from bot.core.stamp import Stamp
from bot.store import Transaction
from bot.usecases.needing import MembershipNeeded
from bot.usecases.refusing import refusals_noted
from bot.usecases.sharing import claim_followers


@dataclass(frozen=True, slots=True, kw_only=True)
class Claiming:
    """Who is looking at which request.

    ``revision`` and ``stage`` are those of the card that was seen; None means "as it is now", for a command typed
    without a card. ``replay_key`` names the signed message it came in.
    """

    request_id: RequestId
    by: Actor
    revision: int | None = None
    stage: int | None = None
    replay_key: Stamp | None = None


def claim(tx: Transaction, claiming: Claiming, now: datetime) -> Outcome | MembershipNeeded:
    """Keep reminders quiet for a while; the card, its thread and the log follow in the same commit.

    Raises Refused: NOT_OPEN when it has ended or waits for an answer, NOT_ELIGIBLE and FORBIDDEN for whoever could not
    approve it, ALREADY_REVIEWED for whoever has answered, STALE, REPLAYED when the click was used before.
    """
    with refusals_noted(tx, claiming.by, "claim", now) as attempt:
        request = attempt.request = tx.requests.lock(claiming.request_id)
        groups = eligibility.unread_groups(request, claiming.by)
        if groups:
            return MembershipNeeded(request=request, groups=groups)
        if claiming.replay_key is not None:
            tx.replays.remember(claiming.replay_key)
        event = Claimed(
            by=claiming.by,
            revision=request.revision if claiming.revision is None else claiming.revision,
            stage=request.stage if claiming.stage is None else claiming.stage,
            card=None if claiming.revision is None else claiming.request_id,
        )
        outcome = advance(request, event, now)
    tx.record(outcome)
    if outcome.request.leader is None and request.ruling.group_within is not None:
        claim_followers(tx, outcome.request, event)
    return outcome
