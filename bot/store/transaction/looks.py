"""Which cards are to be looked at in Slack, and when: a cursor that several replicas move, each over cards of its own.

A card's ``look_at`` is both its place in the line and the claim on it: whoever takes it puts it off by a lease, and
whatever they found counts only while that very moment still stands there. A delivery sets it anew.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.request import RequestId
from bot.core.view import CardRef
from bot.store.transaction.cards import read_card
from bot.store.transaction.ground import Ground

FIRST_LOOK = timedelta(minutes=10)
"""How long after a delivery a card is looked at first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A card that was taken to be looked at, until ``until`` (aware UTC).

    ``odd`` is what was wrong with it at the look before, None: nothing.
    """

    request: RequestId
    card: CardRef
    odd: str | None
    until: datetime


class Looks:
    """Whatever is written here may stand whatever becomes of the use case: at worst a look comes later."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def take(self, limit: int, lease: timedelta) -> tuple[Look, ...]:
        """Take up to *limit* cards whose look is due, the longest overdue first."""
        ground, tools = self._ground, self._ground.tools
        rows, until = tools.rows("due_looks", ground.stored_now, limit), ground.now + lease
        looks = [Look(request=RequestId(row[0]), card=read_card(row[2:]), odd=row[1], until=until) for row in rows]
        stored = tools.database.moment(until)
        for look in looks:
            tools.run("take_look", stored, look.request, look.card.channel)
        ground.current.did_more |= bool(looks)
        return tuple(looks)

    def end(self, look: Look, next_at: datetime | None, odd: str | None = None, kept: str | None = None) -> bool:
        """Say when it is looked at next, None: never again, and what is *odd* about it.

        *kept* are the words it was found with, remembered where none are. False: somebody else has taken it, or it was
        delivered, since.
        """
        tools, card = self._ground.tools, look.card
        moment = tools.database.moment
        after = None if next_at is None else moment(next_at)
        place = (look.request, card.channel, card.ts, moment(look.until))
        changed = tools.run("end_look", after, odd, kept, *place)
        self._ground.current.did_more |= changed > 0
        return changed > 0

    def hasten(self) -> int:
        """Make every look that is still to come due now."""
        now = self._ground.stored_now
        count = self._ground.tools.run("look_soon", now, now)
        self._ground.current.did_more |= count > 0
        return count
