"""Somebody asks whoever asked, and is answered: the clock stands in between."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import Refusal, Refused
from bot.core.events import InfoProvided, InfoRequested
from bot.core.life.lifecycle import advance
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Actor
from bot.core.request import RequestId
from bot.core.stamp import Stamp
from bot.store import Transaction
from bot.usecases.muster import ask_others
from bot.usecases.once import take_once
from bot.usecases.refusing import refusals_noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What an approver wants to know. ``revision`` is that of the card that was seen; None: typed without one."""

    request_id: RequestId
    by: Actor
    text: str
    revision: int | None = None
    replay_key: Stamp | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What whoever asked says to it. ``question`` is which of the request's questions was seen; None: the open one.

    A source answers for its own requests only; ``signed`` is the id that its signature was made with.
    """

    request_id: RequestId
    by: Actor
    text: str
    question: int | None = None
    replay_key: Stamp | None = None
    source: str | None = None
    signed: Stamp | None = None


def ask_back(tx: Transaction, question: Question, now: datetime) -> Outcome:
    """Stop the clock and ask; card, thread and a message to whoever asked follow in the same commit."""
    with refusals_noted(tx, question.by, "ask", now) as attempt:
        if question.replay_key is not None:
            tx.replays.remember(question.replay_key)
        request = attempt.request = tx.requests.lock(question.request_id)
        event = InfoRequested(by=question.by, question=question.text, revision=question.revision)
        outcome = advance(request, event, now)
    tx.record(outcome)
    return outcome


def answer(tx: Transaction, answer: Answer, now: datetime) -> Outcome:
    """Answer the open question, and let the clock run on.

    Raises Refused: NOT_FOUND for another source's request, NOT_OPEN when nothing was asked, STALE when another question
    is open by now, REPLAYED when the signature or the click was used before.
    """
    with refusals_noted(tx, answer.by, "answer", now) as attempt:
        if answer.replay_key is not None:
            tx.replays.remember(answer.replay_key)
        if answer.source is not None:
            take_once(tx, answer.source, answer.signed)
        request = tx.requests.lock(answer.request_id)
        if answer.source not in {None, request.source}:
            raise Refused(Refusal.NOT_FOUND, "There is no such request.")
        attempt.request = request
        outcome = advance(request, InfoProvided(by=answer.by, answer=answer.text, question=answer.question), now)
    tx.record(outcome)
    ask_others(tx, outcome.request, now)
    return outcome
