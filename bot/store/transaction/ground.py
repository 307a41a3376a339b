"""What all use cases of a group stand on: one open transaction, one `now`, and what the earlier ones want written."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import Refusal, Refused
from bot.core.people.presence import Presence
from bot.core.request import ApprovalRequest, RequestId
from bot.store.codec import read_request
from bot.store.database import Database, Link, Values
from bot.store.housetime import HouseTime
from bot.store.statements import Statements
from bot.store.transaction.hurry import Hurry
from bot.store.transaction.writes import Put, Writes
from bot.store.values import StoreWiring


class Tools:
    """What outlives a group: the writer's connection, its statements, and numbers fetched but not used yet."""

    def __init__(self, database: Database, wiring: StoreWiring) -> None:
        self.database = database
        self.wiring = wiring
        self.statements = Statements(database)
        self.link: Link = database.open_writer()
        self.time = HouseTime(wiring, is_shared=database.is_shared)
        self.spare_numbers: list[int] = []

    def rows(self, name: str, *values: object) -> list[Values]:
        """Return all rows that the statement *name* finds."""
        return self.link.rows(self.statements[name], values)

    def first(self, name: str, *values: object) -> Values | None:
        """Return the first row that the statement *name* finds."""
        return self.link.first(self.statements[name], values)

    def run(self, name: str, *values: object) -> int:
        """Run the statement *name* now; for what may stand whatever becomes of the use case."""
        return self.link.run(self.statements[name], values)


@dataclass(frozen=True, slots=True)
class Followed:
    """One Home tab that follows, and everything by which what concerns its owner is recognised."""

    slack_id: str
    handles: frozenset[str]


class Ground:
    """One group's transaction.

    ``pending`` is what the use cases before want written, ``current`` what the one that runs now does. ``counted``
    and ``presence`` keep what was counted and found in the database, ``followed`` whose Home tabs follow: none of them
    changes while the group runs. In a ``hurry`` others wait for the group, who have nothing to do with it.
    """

    def __init__(self, tools: Tools, now: datetime, group_size: int, hurry: Hurry | None = None) -> None:
        self.tools = tools
        self.now = now
        self.stored_now = tools.database.moment(now)
        self.pending = Writes()
        self.current = Writes()
        self.counted: dict[tuple[object, ...], Values] = {}
        self.followed: tuple[Followed, ...] | None = None
        self.presence: Presence | None = None
        self._group_size = group_size
        self._hurry = hurry
        self._locked: dict[RequestId, ApprovalRequest] = {}
        self._last_number: int | None = None

    def restart(self, now: datetime) -> None:
        """Begin again at *now*, with nothing wanted; the locks, and what they guard, stay."""
        self.now = now
        self.stored_now = self.tools.database.moment(now)
        self.pending = Writes()
        self.counted = {}
        self.followed = None
        self.presence = None

    def is_late(self) -> bool:
        """Tell whether no further use case should be begun."""
        return self._hurry is not None and self._hurry.is_late()

    def require_time(self, size: int = 0) -> None:
        """Go on only if that is quick. *size* is how many failed tests are to be written. Raises TakesLong."""
        if self._hurry is not None:
            self._hurry.require_time(size)

    def settle(self, kept: Writes) -> None:
        """Take *kept* of what the current use case wanted, and be ready for the next."""
        self.pending.absorb(kept)
        self.current = Writes()

    def settle_nothing(self) -> None:
        """Drop what the current use case wanted."""
        self.current = Writes()

    def put_of(self, request_id: RequestId) -> Put | None:
        """Return the request as it was last recorded in this group."""
        return self.current.requests.get(request_id) or self.pending.requests.get(request_id)

    def puts(self) -> dict[RequestId, Put]:
        """Return all requests recorded in this group so far."""
        return {**self.pending.requests, **self.current.requests}

    def stored_of(self, request_id: RequestId) -> ApprovalRequest | None:
        """Return the request as it was stored when this group locked it; None for one that the group makes."""
        return self._locked.get(request_id)

    def lock_all(self, ids: Collection[RequestId]) -> None:
        """Lock requests in the order of their ids, so that two groups never wait for each other in a circle."""
        if ids:
            wanted = self.tools.database.listed(sorted(ids))
            for request_id, document in self.tools.rows("lock_requests", wanted):
                self._locked[request_id] = read_request(document)

    def lock(self, request_id: RequestId) -> ApprovalRequest:
        """Return the request as this group sees it, locked. Raises Refused (NOT_FOUND)."""
        self.require_time()
        put = self.put_of(request_id)
        if put is not None:
            return put.request
        request = self._locked.get(request_id)
        if request is None:
            found = self.tools.first("lock_request", request_id)
            if found is None:
                raise Refused(Refusal.NOT_FOUND, "There is no such request.")
            request = self._locked[request_id] = read_request(found[0])
        return request

    def look(self, request_id: RequestId) -> ApprovalRequest | None:
        """Return the request as this group sees it, not locked: for what follows it, never for a change of it.

        Another replica that changes it meanwhile moves the head of the log: then the whole group runs once more.
        """
        put, locked = self.put_of(request_id), self._locked.get(request_id)
        if put is not None or locked is not None:
            return put.request if put is not None else locked
        found = self.tools.first("request", request_id)
        return read_request(found[0]) if found else None

    def is_locked(self, request_id: RequestId) -> bool:
        """Tell whether this group holds the request."""
        return request_id in self._locked or self.put_of(request_id) is not None

    def next_number(self) -> int:
        """Return a number that no other request has."""
        if self.tools.database.is_shared:
            return self._from_sequence(self.tools.spare_numbers)
        last = self._last_number
        if last is None:
            found = self.tools.first("last_number")
            last = int(found[0] or 0) if found else 0
        self._last_number = last + 1
        return last + 1

    def _from_sequence(self, spare: list[int]) -> int:
        """Take a number of the sequence; a group of many asks once for all of them, and what is left is used next."""
        if not spare:
            spare += [row[0] for row in self.tools.rows("numbers", self._group_size)]
        return spare.pop(0)

    def known_key(self, source: str, key: str) -> tuple[RequestId, str] | None:
        """Return the request that *source* made with this idempotency key, and the hash of the body it came with."""
        for put in self.puts().values():
            if put.key is not None and put.key.key == key and put.request.source == source:
                return put.request.id, put.key.body_hash
        found = self.tools.first("request_by_key", source, key)
        return (found[0], found[1]) if found else None

    def due(self, limit: int) -> Sequence[RequestId]:
        """Return requests to which the clock brings something now, but for those this group has touched."""
        found = self.tools.rows("due_requests", self.stored_now, limit)
        return [row[0] for row in found if self.put_of(row[0]) is None]

    def open_in_lane(self, source: str, lane: str) -> Sequence[RequestId]:
        """Return the open requests of a lane, as this group sees them."""
        stored = (row[0] for row in self.tools.rows("open_in_lane", source, lane))
        puts = self.puts()
        ids = [request_id for request_id in stored if request_id not in puts]
        for put in puts.values():
            request = put.request
            if request.state.is_open and request.source == source and request.subject.lane == lane:
                ids.append(request.id)
        return sorted(ids)
