"""A "no" is written down too: who tried what, and why not; whoever clicked is told where they clicked."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.core.effects import TellAccount, Whisper
from bot.core.errors import Refusal, Refused
from bot.core.events import Happened
from bot.core.people.identity import Actor, Via
from bot.core.request import ApprovalRequest, RequestId
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
        told = _told(attempt, by, refused)
        if told is not None:
            tx.enqueue(told)
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


def said_to(by: Actor, text: str, about: RequestId | None = None) -> Whisper | TellAccount | None:
    """Return what tells *by* something where they clicked; where that is no channel, in a message to them."""
    slack_id = by.person.slack_id if by.person else None
    if slack_id is None:
        return None
    if by.channel is None:
        return TellAccount(slack_id=slack_id, text=text)
    return Whisper(channel=by.channel, slack_id=slack_id, text=text, request=about)


def _told(attempt: Try, by: Actor, refused: Refused) -> Whisper | TellAccount | None:
    """Only a button has no answer of its own. A replay is no person's click, so nobody is told."""
    if by.via is not Via.SLACK_BUTTON or refused.code is Refusal.REPLAYED:
        return None
    return said_to(by, refused.sentence, attempt.request.id if attempt.request else None)
