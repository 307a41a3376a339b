"""One answer for all whom a card shows: each of them is checked, counted and written down as if it were alone."""

from collections.abc import Callable, Sequence

from bot.core.effects import Whisper
from bot.core.errors import Refused
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Actor
from bot.core.request import ApprovalRequest
from bot.store import Transaction
from bot.usecases.refusing import entry_of

_NAMED = 5

Answering = Callable[[ApprovalRequest], Outcome]
"""Gives one request the answer. Raises Refused."""


def answer_followers(tx: Transaction, leader: ApprovalRequest, seats: int, by: Actor, answering: Answering) -> None:
    """Answer everybody who follows *leader* in one of the first *seats*, which the card that was clicked showed.

    Who came later, or could not be answered, no longer follows: those go on together, and whoever clicked is told.
    """
    left, why = list[ApprovalRequest](), list[str]()
    for follower in tx.groups.followers(leader.id):
        sentence = _late(follower) if follower.seat > seats else _refusal(tx, follower, by, answering)
        if sentence is not None:
            left.append(follower)
            why.append(sentence)
    if left:
        tx.part(leader, left, by)
        _tell(tx, leader, by, why)


def _late(follower: ApprovalRequest) -> str:
    return f"#{follower.number} came after the card you saw was drawn."


def _refusal(tx: Transaction, follower: ApprovalRequest, by: Actor, answering: Answering) -> str | None:
    """Answer one; return why that was refused, which is written down as a refusal of this one."""
    try:
        outcome = answering(follower)
    except Refused as refused:
        tx.refuse(entry_of(follower, by, "answer with its card", refused, tx.now), follower)
        return f"#{follower.number}: {refused.sentence}"
    tx.record(outcome)
    return None


def _tell(tx: Transaction, leader: ApprovalRequest, by: Actor, why: Sequence[str]) -> None:
    slack_id = by.person.slack_id if by.person else None
    if not (by.channel and slack_id):
        return
    more = f" And {len(why) - _NAMED} more." if len(why) > _NAMED else ""
    text = f"Your answer did not count for all that share the card of #{leader.number}. {' '.join(why[:_NAMED])}{more}"
    tx.enqueue(Whisper(channel=by.channel, slack_id=slack_id, text=text, request=leader.id))
