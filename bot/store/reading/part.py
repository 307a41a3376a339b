"""What the parts of a snapshot have in common."""

from datetime import datetime

from bot.store.database import Database, Link, Values
from bot.store.reading.queries import Queries


class Part:
    """Read-only and sync; lives inside ``Store.read``, as the snapshot that it belongs to."""

    __slots__ = ("_database", "_link", "_queries")

    def __init__(self, link: Link, queries: Queries, database: Database) -> None:
        self._link = link
        self._queries = queries
        self._database = database

    def _first(self, query: str, *values: object) -> Values | None:
        return self._link.first(self._queries[query], values)

    def _rows(self, query: str, *values: object) -> list[Values]:
        return self._link.rows(self._queries[query], values)

    def _moment(self, row: Values | None) -> datetime | None:
        return None if row is None or row[0] is None else self._database.read_moment(row[0])
