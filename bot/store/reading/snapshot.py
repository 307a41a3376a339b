"""One moment of the database, to read from: sees only what is committed, and never waits for the writer."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta

from bot.core.evidence import TestEvidence
from bot.core.installation import Installation
from bot.core.people.absence import Absence
from bot.core.people.delegation import Delegation
from bot.core.people.presence import EVERYBODY, Presence
from bot.core.request import ApprovalRequest, RequestId
from bot.core.stamp import Stamp
from bot.core.view import CardRef, Companion, RequestView, alike, gone_from, lent_to
from bot.store.codec import (
    draw_json_moment,
    read_absence,
    read_delegation,
    read_effect,
    read_evidence,
    read_installation,
    read_presence,
    read_request,
)
from bot.store.database import Database, Link, Values
from bot.store.housetime import HouseTime
from bot.store.reading.card_looks import CardLooks
from bot.store.reading.history import History
from bot.store.reading.musters import Musters
from bot.store.reading.pasts import Pasts
from bot.store.reading.queries import Queries
from bot.store.reading.receivers import Receivers
from bot.store.reading.waivers import Waivers
from bot.store.transaction.addresses import card_key
from bot.store.transaction.cards import read_card
from bot.store.transaction.outbox import beyond
from bot.store.values import AuditRow, Head, OutboxRow, Page, RequestFilter

_NEWEST = 2**62


class Snapshot:
    """Read-only and sync; lives inside ``Store.read``. Who looks from outside has no *time* to ask for."""

    __slots__ = ("_database", "_link", "_queries", "_time")

    def __init__(self, link: Link, queries: Queries, database: Database, time: HouseTime | None = None) -> None:
        self._time = time
        self._link, self._queries, self._database = link, queries, database

    def has_heard(self, stamp: Stamp) -> bool:
        """Tell whether a message that is known by *stamp* was taken lately."""
        return self._first("heard", stamp.key) is not None

    @property
    def looks(self) -> CardLooks:
        """What is known of cards that have to be looked after."""
        return CardLooks(self._link, self._queries, self._database)

    @property
    def receivers(self) -> Receivers:
        """Where native sources are answered."""
        return Receivers(self._link, self._queries, self._database)

    @property
    def musters(self) -> Musters:
        """When it is to be asked who is there."""
        return Musters(self._link, self._queries, self._database)

    @property
    def waivers(self) -> Waivers:
        """What is waived, and was."""
        return Waivers(self._link, self._queries, self._database)

    @property
    def history(self) -> History:
        """What was asked and decided lately, and what somebody looks at of it."""
        return History(self._link, self._queries, self._database)

    @property
    def pasts(self) -> Pasts:
        """What earlier runs say of each test."""
        return Pasts(self._link, self._queries, self._database)

    def request(self, request_id: RequestId) -> ApprovalRequest | None:
        """Return the request with this id."""
        found = self._first("request", request_id)
        return read_request(found[0]) if found else None

    def installation(self, team: str) -> Installation | None:
        """Return our app's installation in the workspace *team*, also when it was taken away."""
        found = self._first("installation", team)
        return read_installation(found[0]) if found else None

    def by_number(self, number: int) -> ApprovalRequest | None:
        """Return the request that people know by *number*."""
        found = self._first("by_number", number)
        return read_request(found[0]) if found else None

    def view(self, request_id: RequestId) -> RequestView | None:
        """Return the request with all failures of its revision, and its cards."""
        request = self.request(request_id)
        if request is None:
            return None
        presence = self._presence_for(request)
        return RequestView(
            request=request,
            tests=self._evidence(request),
            cards=self._cards(request_id),
            company=self._company(request),
            gone=gone_from(request, presence),
            lent=lent_to(request, presence),
        )

    def held_back(self, channel: str, until: datetime) -> tuple[RequestView, ...]:
        """Return the open requests in *channel* for which nobody was pinged before *until*, oldest first.

        Looks at all that are open, once a channel and night; only those that may be meant are read.
        """
        mark = draw_json_moment(until)
        rows = self._link.rows(self._queries["all_open"])
        found = (read_request(document) for (document,) in rows if mark in _as_text(document))
        # Who follows another has no card to lead to; its leader is called for both.
        meant = [request for request in found if request.quiet_until == until and request.leader is None]
        waiting = [request for request in meant if request.state.is_open and channel in request.channels]
        return tuple(
            RequestView(request=one, tests=one.tests, cards=self._cards(one.id), lent=lent_to(one, self.presence()))
            for one in waiting
        )

    def requests(self, wanted: RequestFilter, cursor: str | None, limit: int) -> Page:
        """Return a page of requests, newest first. A *cursor* nobody was given begins anew."""
        named = {
            name: value
            for name in ("state", "source", "lane", "service", "environment")
            if (value := getattr(wanted, name)) is not None
        }
        is_open = wanted.open_only or (wanted.state is not None and wanted.state.is_open)
        query = self._queries.page(tuple(named), open_only=is_open)
        before = int(cursor) if cursor is not None and cursor.isascii() and cursor.isdigit() else _NEWEST
        rows = self._link.rows(query, (*map(str, named.values()), min(before, _NEWEST), limit + 1))
        items = tuple(read_request(row[1]) for row in rows[:limit])
        return Page(items=items, next_cursor=str(rows[limit - 1][0]) if len(rows) > limit else None)

    def events(self, request_id: RequestId, after: int = 0) -> tuple[AuditRow, ...]:
        """Return the log's entries about a request, oldest first, from sequence number *after* on."""
        return tuple(self._entry(row) for row in self._link.rows(self._queries["events"], (request_id, after)))

    def audit(self, after: int = 0) -> Iterator[AuditRow]:
        """Yield the log's entries from sequence number *after* on; read on only inside ``Store.read``."""
        for row in self._link.stream(self._queries["audit"], (after,)):
            yield self._entry(row)

    def all_requests(self) -> Iterator[Values]:
        """Yield number, id, key, body hash, the searched columns in the table's order, and document of all requests."""
        yield from self._link.stream(self._queries["all_requests"])

    def stored(self, request_id: RequestId) -> Values | None:
        """Return key, body hash and document of one request, as they are stored."""
        return self._first("stored", request_id)

    def all_evidence(self, request_id: RequestId) -> dict[int, str | bytes]:
        """Return the evidence of a request as it is stored, by revision."""
        return {row[0]: row[1] for row in self._link.rows(self._queries["all_evidence"], (request_id,))}

    def head(self) -> Head:
        """Return where the log ends; sequence number -1 when even that row is gone."""
        row = self._first("head")
        if row is None:
            return Head(seq=-1, hash=b"", at=None)
        return Head(seq=row[0], hash=bytes(row[1]), at=self.moment(row[2]))

    def now(self) -> datetime:
        """Return the time as a transaction would have it."""
        return self._keeper().tell(self.head().at, self._clock())

    def clock_lag(self) -> timedelta:
        """Return how far the clock that counts is behind the log's last entry; nothing when it is right."""
        clock = self._clock()
        return max((self.head().at or clock) - clock, timedelta())

    def delegation_of(self, giver: str) -> Delegation | None:
        """Return the delegation that *giver*, a Slack account, gave and that is running now."""
        found = self._first("delegation_of", giver)
        delegation = read_delegation(found[0]) if found else None
        return delegation if delegation is not None and delegation.is_running(self.now()) else None

    def delegations_to(self, receiver: str) -> tuple[Delegation, ...]:
        """Return what is delegated to *receiver*, a Slack account, now; the oldest first."""
        rows = self._link.rows(self._queries["delegations_to"], (receiver, self._database.moment(self.now())))
        return tuple(sorted((read_delegation(row[0]) for row in rows), key=lambda one: (one.since, one.id)))

    def presence(self) -> Presence:
        """Return who is not there now."""
        now = self._database.moment(self.now())
        return read_presence(self._link.rows(self._queries["gone"], (now, now)))

    def absence_of(self, account: str) -> Absence | None:
        """Return the absence of a Slack account that is running now."""
        found = self._first("absence_of", account)
        absence = read_absence(found[0]) if found else None
        return absence if absence is not None and absence.is_running(self.now()) else None

    def all_absences(self) -> Iterator[Values]:
        """Yield account, end and document of all that is stored."""
        yield from self._link.stream(self._queries["all_absences"])

    def all_delegations(self) -> Iterator[Values]:
        """Yield giver, receiver, end and document of all that is stored."""
        yield from self._link.stream(self._queries["all_delegations"])

    def next_wake(self) -> datetime | None:
        """Return when the clock brings something next to any request: the partial index has it at its front."""
        row = self._first("next_wake")
        return self.moment(row[0]) if row else None

    def dead(self, limit: int) -> tuple[OutboxRow, ...]:
        """Return what was given up, oldest first."""
        return tuple(self._outbox_row(row) for row in self._link.rows(self._queries["dead"], (limit,)))

    def card_is_dead(self, request_id: RequestId, channel: str) -> bool:
        """Tell whether the card in *channel* was given up, and nothing is on its way that would post it yet."""
        key = card_key(request_id, channel)
        return self._first("card_is_dead", key, key, key) is not None

    def outbox_depth(self) -> int:
        """Return how much waits to be delivered or is on its way."""
        return int((self._first("depth") or (0,))[0])

    def dead_count(self) -> int:
        """Return how much was given up."""
        return int((self._first("dead_count") or (0,))[0])

    def next_due(self, scope: str, blocked: Collection[str], paced: Collection[str]) -> datetime | None:
        """Return when the next row may be claimed (see ``Outbox.claim``), or the next lease ends."""
        listed, end = self._database.listed, beyond(scope)
        row = self._first("next_due", scope, end, end, listed(blocked), listed(paced), scope, end, listed(blocked))
        return self.moment(row[0]) if row else None

    def schema_version(self) -> str:
        """Return the migration the database is at."""
        return str((self._first("version") or ("",))[0])

    def moment(self, stored: object) -> datetime | None:
        """Return a stored moment, aware UTC."""
        return None if stored is None else self._database.read_moment(stored)

    def _clock(self) -> datetime:
        time = self._keeper()
        found = self._first("clock") if time.is_databases else None
        return self._database.read_moment(found[0]) if found else time.clock()

    def _keeper(self) -> HouseTime:
        if self._time is None:
            raise RuntimeError("a look from outside keeps no time")
        return self._time

    def _evidence(self, request: ApprovalRequest) -> TestEvidence:
        found = self._first("evidence", request.id, request.revision)
        return read_evidence(found[0]) if found else request.tests

    def _cards(self, request_id: RequestId) -> tuple[CardRef, ...]:
        return tuple(read_card(row) for row in self._link.rows(self._queries["cards"], (request_id,)))

    def _presence_for(self, request: ApprovalRequest) -> Presence:
        """Return who is there for an open request; whoever looks from outside knows no moment to ask for."""
        return EVERYBODY if self._time is None or not request.state.is_open else self.presence()

    def _company(self, request: ApprovalRequest) -> tuple[Companion, ...]:
        """Return who shares its card, and has fared as it did."""
        if request.ruling.group_within is None:
            return ()
        leader = request if request.leader is None else self.request(request.leader)
        followers = self._link.rows(self._queries["company"], (request.leader or request.id,))
        return alike(request, [*([leader] if leader else []), *(read_request(row[0]) for row in followers)])

    def _entry(self, row: Values) -> AuditRow:
        at, (prev, sealed, canonical) = self._database.read_moment(row[1]), map(bytes, row[4:7])
        return AuditRow(seq=row[0], at=at, event=row[2], request=row[3], prev=prev, hash=sealed, canonical=canonical)

    def _outbox_row(self, row: Values) -> OutboxRow:
        return OutboxRow(
            id=row[0],
            destination=row[1],
            request=row[2],
            effect=read_effect(row[3], row[4]),
            attempts=row[5],
            nonce=row[6],
            body=row[7],
            created_at=self._database.read_moment(row[8]),
            last_error=row[9],
        )

    def _first(self, query: str, *values: object) -> Values | None:
        return self._link.first(self._queries[query], values)


def _as_text(document: str | bytes) -> str:
    return document if isinstance(document, str) else document.decode()
