"""What goes into the store and comes out of it: plain values, never rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

import orjson

from bot.core.effects import Effect
from bot.core.request import ApprovalRequest, RequestId, State


class Timekeeper(Enum):
    """Whose time counts. SQLite has none of its own, so there it is always the wiring's."""

    DATABASE = "database"
    WIRING = "wiring"


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreWiring:
    """What the store is given from outside.

    ``clock`` answers aware UTC, ``monotonic`` seconds that only grow, ``new_id`` a uuid7. ``replica`` and ``version``
    say who writes, in every log entry.
    """

    clock: Callable[[], datetime]
    monotonic: Callable[[], float]
    new_id: Callable[[], str]
    replica: str
    version: str
    timekeeper: Timekeeper = Timekeeper.DATABASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Commit:
    """What a durable commit touched; ``outbox`` when it left something to deliver.

    ``runs`` when it left a test run to count, ``dropped_runs`` how many pieces of runs it dropped, for too many waited.
    ``asked`` are the requests that it made, ``ended`` those that came to their end in it. Another replica's news are
    without all of these: each counts its own, so that together they count everything once.
    """

    requests: frozenset[RequestId]
    outbox: bool
    runs: bool = False
    dropped_runs: int = 0
    asked: tuple[ApprovalRequest, ...] = ()
    ended: tuple[ApprovalRequest, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyed:
    """A request known by its source's idempotency key; ``body_hash`` says what the key first came with."""

    key: str
    body_hash: str
    request_id: RequestId


@dataclass(frozen=True, slots=True, kw_only=True)
class RunKey:
    """The key under which a source sent a run, the hash of the body it came with, and the run's id."""

    source: str
    key: str
    body_hash: str
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxRow:
    """Something to deliver. ``id`` is a uuid7, and a callback's ``webhook-id``.

    From a claim: ``attempts`` counts this one, ``nonce`` is as it was before; when it is not None an earlier attempt
    may have arrived, so look before posting. ``body`` is frozen at a callback's first attempt.
    """

    id: str
    destination: str
    request: RequestId | None
    effect: Effect
    attempts: int
    nonce: str | None
    body: bytes | None
    created_at: datetime
    last_error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One entry of the log as stored. ``canonical`` are the bytes that ``hash`` was made of."""

    seq: int
    at: datetime
    event: str
    request: RequestId | None
    prev: bytes
    hash: bytes
    canonical: bytes

    @property
    def entry(self) -> Mapping[str, Any]:
        """What the entry says."""
        return orjson.loads(self.canonical)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the log: how many entries there are, and the hash and time of the last."""

    seq: int
    hash: bytes
    at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestFilter:
    """Which requests to list; None means any. ``open_only`` leaves out everything that has ended."""

    state: State | None = None
    source: str | None = None
    lane: str | None = None
    service: str | None = None
    environment: str | None = None
    open_only: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some requests, newest first; ``next_cursor`` leads on to older ones, None at the end."""

    items: tuple[ApprovalRequest, ...]
    next_cursor: str | None
