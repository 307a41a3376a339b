"""Reading about cards that have to be looked after: which were lost, given up, or not looked at for a while."""

from datetime import datetime

from bot.core.request import ApprovalRequest, RequestId
from bot.store.codec import read_request
from bot.store.database import Database, Link, Values
from bot.store.reading.queries import Queries


class CardLooks:
    """Read-only and sync; lives inside ``Store.read``, as the snapshot that it belongs to."""

    __slots__ = ("_database", "_link", "_queries")

    def __init__(self, link: Link, queries: Queries, database: Database) -> None:
        self._link = link
        self._queries = queries
        self._database = database

    def next(self) -> datetime | None:
        """Return when the next card is to be looked at, aware UTC."""
        return self._moment(self._first("next_look"))

    def due(self, now: datetime) -> int:
        """Return how many cards wait for a look at *now*."""
        return int((self._first("looks_due", self._database.moment(now)) or (0,))[0])

    def first_dead(self) -> datetime | None:
        """Return when the first of what belongs to open requests' cards, and is dead, was given up."""
        return self._moment(self._first("first_dead_card"))

    def cardless(self) -> tuple[RequestId, ...]:
        """Return the open requests with no card at all, but for those that share one. Looks at all that are open."""
        return tuple(RequestId(row[0]) for row in self._link.rows(self._queries["cardless"]))

    def questions_at(self, channel_id: str, ts: str) -> tuple[ApprovalRequest, ...]:
        """Return the requests that wait for an answer and whose card, or the one they share, is this message."""
        rows = self._link.rows(self._queries["questions_at"], (channel_id, ts))
        return tuple(read_request(row[0]) for row in rows)

    def _first(self, query: str, *values: object) -> Values | None:
        return self._link.first(self._queries[query], values)

    def _moment(self, row: Values | None) -> datetime | None:
        return None if row is None or row[0] is None else self._database.read_moment(row[0])
