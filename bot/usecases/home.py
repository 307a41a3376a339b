"""Somebody opens their Home tab, or looks at another part of it; drawing it is the relay's."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.effects import ShowHome
from bot.core.home import HomeTab, Look
from bot.core.people.identity import Actor, Standing
from bot.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What somebody wants to see next: ``look`` None for what they saw, ``notice`` what their click came to."""

    look: Look | None = None
    notice: str | None = None


def open_home(tx: Transaction, by: Actor, slack_id: str, now: datetime) -> None:
    """Show somebody their Home tab, from its beginning. It follows from now on, for full members.

    Slack tells it again when it was not answered; a tab that is drawn twice is right both times.
    """
    if by.standing is Standing.MEMBER and by.person is not None:
        tx.homes.put(HomeTab(slack_id=slack_id, person=by.person, opened_at=now))
    _show(tx, by, slack_id)


def turn_home(tx: Transaction, by: Actor, turn: Turn, now: datetime) -> None:
    """Show another part of it, or what a click came to."""
    slack_id = (by.person.slack_id if by.person else None) or ""
    if by.standing is Standing.MEMBER and by.person is not None:
        known = tx.homes.of(slack_id)
        look = turn.look or (known.look if known else Look())
        home = HomeTab(slack_id=slack_id, person=by.person, opened_at=now, look=look, notice=turn.notice)
        tx.homes.put(home)
    _show(tx, by, slack_id)


def _show(tx: Transaction, by: Actor, slack_id: str) -> None:
    if by.standing.is_reachable:
        tx.enqueue(ShowHome(slack_id=slack_id))
