"""A "no" is written down too: who tried what, and why not; whoever clicked is told where they clicked."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.core.effects import Whisper
from bot.core.errors import Refusal, Refused
from bot.core.events import Happened
from bot.core.people.identity import Actor, Via
from bot.core.request import ApprovalRequest
from bot.store import Transaction


@dataclass(slots=True)
class Try:
    """One attempt; the use case says which request it is about as soon as it knows."""

    request: ApprovalRequest | None = None


@contextmanager
def refusals_noted(tx: Transaction, by: Actor, attempted: str, now: datetime) -> Generator[Try]:
    """Write a refusal into the log, and whisper it to whoever clicked a button; then let it go on."""
    attempt = Try()
    try:
        yield attempt
    except Refused as refused:
        tx.refuse(entry_of(attempt.request, by, attempted, refused, now), attempt.request)
        refused.is_noted = True
        whisper = _whisper(attempt, by, refused)
        if whisper is not None:
            tx.enqueue(whisper)
        raise


def entry_of(request: ApprovalRequest | None, by: Actor, attempted: str, refused: Refused, now: datetime) -> Happened:
    """Return the log's line for something that was refused."""
    return Happened(
        event="request.refused",
        at=now,
        by=by,
        state=request.state if request else None,
        detail={"attempted": attempted, "code": refused.code.value, "sentence": refused.sentence},
    )


def _whisper(attempt: Try, by: Actor, refused: Refused) -> Whisper | None:
    """Only a button has no answer of its own. A replay is no person's click, so nobody is told."""
    slack_id = by.person.slack_id if by.person else None
    if by.via is not Via.SLACK_BUTTON or refused.code is Refusal.REPLAYED or not (by.channel and slack_id):
        return None
    return Whisper(
        channel=by.channel,
        slack_id=slack_id,
        text=refused.sentence,
        request=attempt.request.id if attempt.request else None,
    )
