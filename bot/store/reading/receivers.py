"""Whom decisions are told: callers, and native sources with where each is answered."""

from collections.abc import Iterator
from datetime import datetime

from bot.core.receiver import ReturnAddress
from bot.core.request import ApprovalRequest, RequestId
from bot.store.codec import read_request
from bot.store.database import Database, Link, Values
from bot.store.reading.queries import Queries


class Receivers:
    """What the snapshot shows of them."""

    def __init__(self, link: Link, queries: Queries, database: Database) -> None:
        self._link = link
        self._queries = queries
        self._database = database

    def of(self, request_id: RequestId) -> ReturnAddress | None:
        """Return where the native source that asked is answered; None: none did."""
        row = self._link.first(self._queries["receiver"], (request_id,))
        return None if row is None else self._read(*row)

    def beside(
        self, request_id: RequestId, address: ReturnAddress
    ) -> Iterator[tuple[ApprovalRequest, datetime | None]]:
        """Yield the other requests about the same matter, whatever became of them, with since when each waits."""
        named = (address.source, address.matter, request_id)
        for document, since in self._link.stream(self._queries["receivers_beside"], named):
            yield read_request(document), None if since is None else self._database.read_moment(since)

    def all(self) -> Iterator[tuple[str, ReturnAddress]]:
        """Yield each, with the request that it belongs to."""
        for request_id, *columns in self._link.stream(self._queries["all_receivers"]):
            yield request_id, self._read(*columns)

    def all_callbacks(self) -> Iterator[Values]:
        """Yield id, request, destination, status and payload of every signed callback."""
        yield from self._link.stream(self._queries["all_callbacks"])

    def all_answers(self) -> Iterator[Values]:
        """Yield the same of every answer to a native source."""
        yield from self._link.stream(self._queries["all_answers"])

    def all_bodies(self) -> Iterator[Values]:
        """Yield id and frozen body of each of both that has one."""
        yield from self._link.stream(self._queries["all_bodies"])

    def _read(self, source: str, matter: str, since: object, sealed: str, memo: str | None) -> ReturnAddress:
        begun = None if since is None else self._database.read_moment(since)
        return ReturnAddress(source=source, matter=matter, since=begun, sealed=sealed, memo=memo)
