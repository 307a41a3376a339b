"""Somebody lets another answer in their name for a while, or takes that back; whoever it concerns is told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.core.effects import TellAccount
from bot.core.errors import Refusal, Refused
from bot.core.events import Happened
from bot.core.life.record import of_delegation
from bot.core.people.delegation import Delegation, agreed
from bot.core.people.identity import Actor
from bot.core.stamp import Stamp
from bot.store import Transaction
from bot.usecases.refusing import refusals_noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """One person's wish that another may answer in their name.

    ``until`` is aware UTC, ``until_words`` the same moment as people read it; ``replay_key`` names the signed message
    it came in.
    """

    by: Actor
    to: Actor
    until: datetime
    until_words: str
    replay_key: Stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOver:
    """What holds now, and what held until now."""

    given: Delegation
    replaced: Delegation | None


def delegate(tx: Transaction, handover: Handover, now: datetime) -> HandedOver:
    """Let somebody stand in; whoever did until now no longer does. Raises Refused."""
    with refusals_noted(tx, handover.by, "delegate", now):
        tx.replays.remember(handover.replay_key)
        given = agreed(tx.new_id(), handover.by, handover.to, handover.until, now)
    replaced = tx.delegations.of(_account(handover.by))
    tx.delegations.put(given)
    # Whoever lends their right is away themselves; when it ends, whoever had it can answer for them no more.
    tx.presence.call(now, given.until)
    detail = {**of_delegation(given), "replaces": replaced.id if replaced else None}
    tx.note(_line("delegation.given", handover.by, detail, now), None)
    if replaced is not None and replaced.receiver.slack_id != given.receiver.slack_id:
        _tell_ended(tx, replaced)
    words = f"{given.giver.key} lets you answer requests in their name until {handover.until_words}."
    _tell(tx, given, f"{words} You may where they may, and nowhere they may not. /jit list shows what waits for you.")
    tx.show_homes(given.giver.slack_id, given.receiver.slack_id, replaced.receiver.slack_id if replaced else None)
    return HandedOver(given=given, replaced=replaced)


def revoke(tx: Transaction, by: Actor, replay_key: Stamp, now: datetime, shown: str | None = None) -> Delegation:
    """Take back what *by* delegated; from now on it can't be used. Raises Refused (NOT_FOUND).

    With *shown*, the id of what they saw, only that: what was delegated since stays.
    """
    with refusals_noted(tx, by, "revoke a delegation", now):
        tx.replays.remember(replay_key)
        revoked = tx.delegations.of(_account(by))
        if revoked is None:
            raise Refused(Refusal.NOT_FOUND, "You have delegated to nobody just now.")
        if shown is not None and revoked.id != shown:
            raise Refused(Refusal.STALE, "You have delegated anew since, and that stays. Look at it as it is now.")
    tx.delegations.drop(_account(by))
    tx.presence.call(now)
    tx.note(_line("delegation.revoked", by, of_delegation(revoked), now), None)
    _tell_ended(tx, revoked)
    tx.show_homes(revoked.giver.slack_id, revoked.receiver.slack_id)
    return revoked


def _account(by: Actor) -> str:
    """Return the account that acts; nobody is known by none, so none has delegated anything."""
    return (by.person.slack_id if by.person else None) or ""


def _line(event: str, by: Actor, detail: Mapping[str, object], now: datetime) -> Happened:
    return Happened(event=event, at=now, by=by, state=None, detail=detail)


def _tell_ended(tx: Transaction, ended: Delegation) -> None:
    _tell(tx, ended, f"You no longer answer in the name of {ended.giver.key}: they took that back.")


def _tell(tx: Transaction, delegation: Delegation, text: str) -> None:
    tx.enqueue(TellAccount(slack_id=delegation.receiver.slack_id or "", text=text))
