"""One answer for all whom a card shows: each of them is checked, counted and written down as if it were alone."""

from collections.abc import Callable, Sequence

from bot.core.effects import Whisper
from bot.core.errors import Refused
from bot.core.life import grouping
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Actor
from bot.core.request import ApprovalRequest
from bot.store import Transaction
from bot.usecases.muster import ask_others
from bot.usecases.refusing import entry_of

_NAMED = 5

Answering = Callable[[ApprovalRequest], Outcome]
"""Gives one request the answer. Raises Refused."""


def answer_followers(
    tx: Transaction, leader: ApprovalRequest, named: tuple[int, ...], by: Actor, answering: Answering
) -> None:
    """Answer everybody who follows *leader* and whose number the card that was clicked *named*.

    Whom it did not name, and who could not be answered, no longer follow: those go on together, and whoever clicked is
    told. Numbers are compared and not how many they were: one may have gone and another come, since it was drawn.
    """
    left, why = list[ApprovalRequest](), list[str]()
    for follower in tx.groups.followers(leader.id):
        sentence = _refusal(tx, leader, follower, by, answering) if follower.number in named else _late(follower)
        if sentence is not None:
            left.append(follower)
            why.append(sentence)
    if left:
        tx.part(leader, left, by)
        _tell(tx, leader, by, why)


def _late(follower: ApprovalRequest) -> str:
    return f"#{follower.number} was not on the card you saw."


def _refusal(
    tx: Transaction, leader: ApprovalRequest, follower: ApprovalRequest, by: Actor, answering: Answering
) -> str | None:
    """Answer one; return why that was refused, which is written down as a refusal of this one."""
    try:
        outcome = grouping.answered(answering(follower), leader)
    except Refused as refused:
        tx.refuse(entry_of(follower, by, "answer with its card", refused, tx.now), follower)
        return f"#{follower.number}: {refused.sentence}"
    tx.record(outcome)
    ask_others(tx, outcome.request, tx.now)
    return None


def _tell(tx: Transaction, leader: ApprovalRequest, by: Actor, why: Sequence[str]) -> None:
    slack_id = by.person.slack_id if by.person else None
    if not (by.channel and slack_id):
        return
    more = f" And {len(why) - _NAMED} more." if len(why) > _NAMED else ""
    text = f"Your answer did not count for all that share the card of #{leader.number}. {' '.join(why[:_NAMED])}{more}"
    tx.enqueue(Whisper(channel=by.channel, slack_id=slack_id, text=text, request=leader.id))
