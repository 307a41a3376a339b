"""The app comes into a workspace, and goes again: each in one transaction, and in the log."""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.errors import Refusal, Refused
from bot.core.events import Happened
from bot.core.installation import Installation
from bot.core.people.identity import Actor, Via
from bot.core.stamp import Stamp
from bot.store import Transaction

SLACK = Actor(name="slack", via=Via.RELAY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """Slack says that the app was taken away: from which workspace, when, in which event (``tokens_revoked`` …)."""

    team: str
    kind: str
    at: datetime
    stamp: Stamp


def begin(tx: Transaction, state: Stamp) -> None:
    """Take what an installation was begun with; it is taken once. Raises Refused (REPLAYED)."""
    tx.replays.remember(state)


def install(tx: Transaction, new: Installation, now: datetime) -> None:
    """Keep the tokens of an installation in place of any earlier ones of that workspace.

    Raises Refused (FORBIDDEN) where the books are, or were, another workspace's: what stands in them is not for this
    one.
    """
    other = tx.installations.elsewhere(new.team)
    if other is not None:
        raise Refused(
            Refusal.FORBIDDEN,
            f"The database of this bot belongs to the workspace {other.team}, and nothing of it is shown in another: "
            f"nothing was installed. Give {new.team} a database of its own.",
        )
    known = tx.installations.lock(new.team)
    kept = replace(new, installed_at=now, version=known.version + 1 if known else 1)
    tx.installations.put(kept)
    _note(tx, "workspace.installed", kept, now)


def leave(tx: Transaction, departure: Departure, now: datetime) -> bool:
    """Forget the tokens of a workspace that took the app away; tell whether there were any.

    Slack sends an event again, and may send one late: what was installed after it stays. Raises Refused (REPLAYED).
    """
    tx.replays.remember(departure.stamp)
    known = tx.installations.lock(departure.team)
    if known is None or known.sealed is None or departure.at < known.installed_at.replace(microsecond=0):
        return False
    gone = replace(known, sealed=None, expires_at=None, renewing_until=None, version=known.version + 1)
    tx.installations.put(gone)
    _note(tx, "workspace.left", gone, now, because=departure.kind)
    return True


def _note(tx: Transaction, event: str, about: Installation, now: datetime, **more: str) -> None:
    detail = {"team": about.team, "enterprise": about.enterprise, "installer": about.installer, **more}
    tx.note(Happened(event=event, at=now, by=SLACK, state=None, detail=detail), None)
