"""Reading whether the house is well: what is late, what was given up, and what time the database has."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.request import ApprovalRequest, RequestId
from bot.core.view import RequestView
from bot.store.database import Database, Link
from bot.store.housetime import HouseTime
from bot.store.reading.part import Part
from bot.store.reading.queries import Queries
from bot.store.reading.snapshot import Snapshot
from bot.store.transaction.addresses import card_key
from bot.store.transaction.cards import read_card
from bot.store.transaction.looks import Look


@dataclass(frozen=True, slots=True, kw_only=True)
class Pile:
    """Things that lie about: how many, since when the oldest does (aware UTC), and what is said of that one."""

    count: int
    oldest: datetime | None = None
    why: str | None = None


class Signs(Part):
    """What tells whether the house is well, for whoever looks in from outside; ``snapshot`` is the same moment."""

    __slots__ = ("snapshot",)

    def __init__(self, link: Link, queries: Queries, database: Database, time: HouseTime) -> None:
        super().__init__(link, queries, database)
        self.snapshot = Snapshot(link, queries, database, time)

    def database_clock(self) -> datetime | None:
        """Return what the database's own clock says; None when it has none."""
        return self._moment(self._first("clock")) if self._database.is_shared else None

    def waiting(self) -> int:
        """Return how many rows of the outbox are due some day, or on their way."""
        return self.snapshot.outbox_depth()

    def late(self, before: datetime) -> Pile:
        """Return what was to be taken up for delivery, or to be settled, *before* that."""
        moment = self._database.moment(before)
        return self._pile("late_rows", moment, moment)

    def put_off(self, after: datetime) -> Pile:
        """Return what is to be taken up, or to be settled, not before *after*; quiet hours hold theirs back rightly."""
        moment = self._database.moment(after)
        return self._pile("put_off_rows", moment, moment)

    def failing(self) -> Pile:
        """Return what was tried in vain and is to be tried again; its age counts from when it came about."""
        return self._pile("failing_rows")

    def dead(self) -> Pile:
        """Return what was given up."""
        return self._pile("dead_rows")

    def dead_of_open(self) -> Pile:
        """Return what was given up and belongs to requests that are still open."""
        return self._pile("dead_of_open")

    def overdue(self, before: datetime) -> Pile:
        """Return the requests to which the clock had something to bring *before* that."""
        return self._pile("overdue_requests", self._database.moment(before))

    def unlooked(self, before: datetime) -> Pile:
        """Return the cards that were to be looked at *before* that."""
        return self._pile("unlooked_cards", self._database.moment(before))

    def cards(self, most: int) -> tuple[Look, ...]:
        """Return cards of open requests, the newest first, but for those that are being brought up to date."""
        rows, now = self._rows("open_cards", most), self.snapshot.now()
        looks = (Look(request=RequestId(row[0]), card=read_card(row[2:12]), odd=row[1], until=now) for row in rows)
        return tuple(look for look in looks if not self._is_on_its_way(look.request, look.card.channel))

    def cardless(self, most: int) -> tuple[ApprovalRequest, ...]:
        """Return open requests that lack a card, which nobody is about to post: they have none, or one too few."""
        found = map(self.snapshot.request, self.snapshot.looks.cardless(most))
        beside = map(self.snapshot.view, dict.fromkeys(look.request for look in self.cards(most)))
        lacking = (view.request for view in beside if view is not None and self._lacks(view))
        return tuple(one for one in (*found, *lacking) if one is not None)

    def _lacks(self, view: RequestView) -> bool:
        """Tell whether it lacks a card that nobody is about to post, nor tried in vain to."""
        return any(not self._is_tried(view.request.id, channel) for channel in view.bare_channels())

    def _is_tried(self, request_id: RequestId, channel: str) -> bool:
        is_given_up = self._first("is_given_up", card_key(request_id, channel)) is not None
        return is_given_up or self._is_on_its_way(request_id, channel)

    def _is_on_its_way(self, request_id: RequestId, channel: str) -> bool:
        key = card_key(request_id, channel)
        return self._first("is_on_its_way", key, key) is not None

    def _pile(self, query: str, *values: object) -> Pile:
        count, oldest, *why = self._first(query, *values) or (0, None)
        return Pile(count=int(count), oldest=self._moment((oldest,)), why=why[0] if why else None)
