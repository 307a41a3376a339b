"""Somebody says that they are away for a while, or back; nobody can say it of anybody else."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import Refusal, Refused
from bot.core.events import Happened
from bot.core.life.record import of_absence
from bot.core.people.absence import Absence, declared
from bot.core.people.identity import Actor
from bot.core.stamp import Stamp
from bot.store import Transaction
from bot.usecases.refusing import refusals_noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """One person's word that they are away before ``until`` (aware UTC); ``replay_key`` names the signed message."""

    by: Actor
    until: datetime
    reason: str
    replay_key: Stamp


def leave(tx: Transaction, wish: Leave, now: datetime) -> Absence:
    """Write down that somebody is away, in place of what they said before. Raises Refused."""
    with refusals_noted(tx, wish.by, "be away", now):
        tx.replays.remember(wish.replay_key)
        absence = declared(tx.new_id(), wish.by, wish.until, wish.reason, now)
    replaced = tx.presence.of(_account(wish.by))
    tx.presence.put(absence)
    # Whoever is back is missed by nobody: only the beginning can leave a request without anybody.
    tx.presence.call(now)
    detail = {**of_absence(absence), "replaces": replaced.id if replaced else None}
    tx.note(Happened(event="absence.begun", at=now, by=wish.by, state=None, detail=detail), None)
    return absence


def come_back(tx: Transaction, by: Actor, replay_key: Stamp, now: datetime) -> Absence:
    """Write down that *by* is back, and return what they had said. Raises Refused (NOT_FOUND)."""
    with refusals_noted(tx, by, "be back", now):
        tx.replays.remember(replay_key)
        absence = tx.presence.of(_account(by))
        if absence is None:
            raise Refused(Refusal.NOT_FOUND, "You aren't away as far as I know.")
    tx.presence.drop(_account(by))
    tx.note(Happened(event="absence.ended", at=now, by=by, state=None, detail=of_absence(absence)), None)
    return absence


def _account(by: Actor) -> str:
    """Return the account that acts; nobody is known by none, so none is away."""
    return (by.person.slack_id if by.person else None) or ""
