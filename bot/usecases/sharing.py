"""One answer for all whom a card shows: each of them is checked, counted and written down as if it were alone."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.core.effects import Whisper
from bot.core.errors import Refused
from bot.core.events import Claimed, Escalated
from bot.core.life import grouping
from bot.core.life.lifecycle import advance
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
        _tell(tx, leader, by, f"Your answer did not count for all that share the card of #{leader.number}.", why)


def claim_followers(tx: Transaction, leader: ApprovalRequest, claimed: Claimed) -> None:
    """Keep reminders quiet for everybody who follows *leader*, too: they stand on the card that is looked at.

    For whom that is not possible nothing changes, and whoever is looking is told; no card shows anything else by it.
    """
    why = list[str]()
    for follower in tx.groups.followers(leader.id):
        try:
            tx.record(advance(follower, replace(claimed, card=leader.id), tx.now))
        except Refused as refused:
            tx.refuse(entry_of(follower, claimed.by, "claim with its card", refused, tx.now), follower)
            why.append(f"#{follower.number}: {refused.sentence}")
    if why:
        begin = f"Reminders go on for some of those that share the card of #{leader.number}."
        _tell(tx, leader, claimed.by, begin, why)


def escalate_followers(tx: Transaction, leader: ApprovalRequest, escalated: Escalated) -> None:
    """Bring everybody who follows *leader* to the step that their card shows: whoever is called answers for each.

    One whose own time lags behind may have more than one step to take. They ask for the same, are ruled the same and
    end no sooner: what the one that leads could do, each of them can.
    """
    again = replace(escalated, step=None, card=leader.id)
    for follower in tx.groups.followers(leader.id):
        behind = follower
        while behind.steps < leader.steps:
            outcome = advance(behind, again, tx.now)
            tx.record(outcome)
            behind = outcome.request


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


def _tell(tx: Transaction, leader: ApprovalRequest, by: Actor, begin: str, why: Sequence[str]) -> None:
    slack_id = by.person.slack_id if by.person else None
    if not (by.channel and slack_id):
        return
    more = f" And {len(why) - _NAMED} more." if len(why) > _NAMED else ""
    text = f"{begin} {' '.join(why[:_NAMED])}{more}"
    tx.enqueue(Whisper(channel=by.channel, slack_id=slack_id, text=text, request=leader.id))
