"""A "no" is written down too: who tried what, and why not; whoever clicked is told where they clicked."""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.core.effects import TellAccount, Whisper
from bot.core.errors import Refusal, Refused, TakenBefore
from bot.core.events import Happened
from bot.core.people.identity import Actor, Standing, Via
from bot.core.request import ApprovalRequest, RequestId
from bot.store import Transaction

_TOLD_BY_EVENTS = frozenset({Via.SLACK_THREAD, Via.SLACK_MESSAGE})
"""What Slack tells of until it has our acknowledgement; all else it tells of once."""


@dataclass(slots=True)
class Try:
    """One attempt; the use case says which request it is about as soon as it knows."""

    request: ApprovalRequest | None = None


@contextmanager
def refusals_noted(tx: Transaction, by: Actor, attempted: str, now: datetime) -> Generator[Try]:
    """Write a refusal into the log, and tell whoever has no other answer of it; then let it go on.

    What Slack tells of again is nobody's attempt: it changes nothing, and is not written down either.
    """
    attempt = Try()
    try:
        yield attempt
    except Refused as refused:
        refused.is_noted = True
        if isinstance(refused, TakenBefore) and by.via in _TOLD_BY_EVENTS:
            raise
        tx.refuse(entry_of(attempt.request, by, attempted, refused, now), attempt.request)
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
    """Return what tells *by* something where they clicked; where that is no channel, in a message to them.

    None where nothing could arrive.
    """
    slack_id = by.person.slack_id if by.person else None
    if slack_id is None or not by.standing.is_reachable:
        return None
    if by.channel is None:
        return TellAccount(slack_id=slack_id, text=text)
    return Whisper(channel=by.channel, slack_id=slack_id, text=text, request=about)


def _told(attempt: Try, by: Actor, refused: Refused) -> Whisper | TellAccount | None:
    """Only a button has no answer of its own; one on a Home tab has, for those who have a tab.

    A replay is no person's click, so nobody is told.
    """
    has_tab = by.via is Via.SLACK_HOME and by.standing is Standing.MEMBER
    if by.via not in {Via.SLACK_BUTTON, Via.SLACK_HOME} or has_tab or refused.code is Refusal.REPLAYED:
        return None
    return said_to(by, refused.sentence, attempt.request.id if attempt.request else None)
