"""Reading when it is to be asked who is there: in a look through all that is open, or into the groups of one."""

from collections.abc import Mapping
from datetime import datetime

from bot.core.request import ApprovalRequest, RequestId
from bot.store.codec import read_request
from bot.store.database import Database, Link
from bot.store.reading.queries import Queries


class Musters:
    """Read-only and sync; lives inside ``Store.read``, as the snapshot that it belongs to."""

    __slots__ = ("_database", "_link", "_queries")

    def __init__(self, link: Link, queries: Queries, database: Database) -> None:
        self._link = link
        self._queries = queries
        self._database = database

    def next(self) -> datetime | None:
        """Return from when on the open requests are to be looked through because somebody went; None: not at all."""
        row = self._link.first(self._queries["next_muster"])
        return None if row is None or row[0] is None else self._database.read_moment(row[0])

    def roll_calls(self, most: int, now: datetime) -> Mapping[RequestId, ApprovalRequest | None]:
        """Return up to *most* requests whose live groups are to be looked into *now*, the longest due first.

        None stands for one that cannot be read.
        """
        rows = self._link.rows(self._queries["due_roll_calls"], (self._database.moment(now), most))
        return {RequestId(row[0]): _read(row[1]) for row in rows}


def _read(document: str | bytes) -> ApprovalRequest | None:
    try:
        return read_request(document)
    except ValueError:
        return None  # whoever locks it complains of it
