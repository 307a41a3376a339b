"""The relay's books without a database: strict, and able to fail before or after it has written."""

from collections import Counter, deque
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from bot.core.attempts import Delivered
from bot.core.effects import Effect, ShowCard, TellThread
from bot.core.request import RequestId
from bot.core.view import CardRef, RequestView
from bot.relay.books import LEASE, Books
from bot.relay.errand import Errand, Wanted
from bot.relay.settling import Arrived, Dead, Diverted, PutBack, Settlement
from tests.factories import a_request
from tests.relay.virtual import clock as virtual_clock


class Fault(Enum):
    """How a write can go wrong."""

    FAILED = auto()
    FAILED_BUT_HAPPENED = auto()


@dataclass(slots=True, kw_only=True)
class Row:
    """One outbox row."""

    id: str
    destination: str
    effect: Effect
    created_at: datetime
    due_at: datetime
    rank: int = 0
    status: str = "due"
    attempts: int = 0
    nonce: str | None = None
    body: bytes | None = None
    claimed_until: datetime | None = None
    why: str = ""

    @property
    def key(self) -> str | None:
        return f"card:{self.effect.request}:{self.effect.channel}" if isinstance(self.effect, ShowCard) else None


@dataclass(slots=True)
class BooksInMemory(Books):
    """What the tables would hold. It outlives relays: a restart gets the same books."""

    clock: Callable[[], datetime] = virtual_clock
    rows: list[Row] = field(default_factory=list[Row])
    cards: dict[tuple[RequestId, str], CardRef] = field(default_factory=dict[tuple[RequestId, str], CardRef])
    views: dict[RequestId, RequestView] = field(default_factory=dict[RequestId, RequestView])
    faults: deque[Fault] = field(default_factory=deque[Fault])
    look_faults: deque[Exception] = field(default_factory=deque[Exception])
    claims: int = 0
    looks: int = 0
    merged: Counter[str] = field(default_factory=Counter[str])
    entries: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])

    def put(self, effect: Effect, destination: str = "slack:#approvals", rank: int = 0) -> Row:
        now = self.clock()
        row = Row(
            id=f"row-{len(self.rows):05}",
            destination=destination,
            effect=effect,
            created_at=now,
            due_at=now,
            rank=rank,
        )
        self.rows.append(row)
        return row

    def statuses(self) -> Counter[str]:
        return Counter(row.status for row in self.rows)

    async def recover(self) -> None:
        for row in self.rows:
            if row.status == "claimed":
                row.status, row.claimed_until = "due", None

    async def revive(self, scope: str) -> int:
        count = 0
        for row in self.rows:
            if row.status == "dead" and isinstance(row.effect, ShowCard | TellThread):
                row.status, row.due_at, row.attempts = "due", self.clock(), 0
                count += 1
            elif row.status == "due" and row.attempts and row.destination.startswith(scope):
                row.due_at = min(row.due_at, self.clock())
        return count

    async def card_is_dead(self, request_id: RequestId, channel: str) -> bool:
        statuses = {row.status for row in self.rows if row.key == f"card:{request_id}:{channel}"}
        return "dead" in statuses and not statuses & {"due", "claimed"}

    async def next_due(self, wanted: Wanted) -> datetime | None:
        self.looks += 1
        if self.look_faults:
            raise self.look_faults.popleft()
        return min((self._ready_at(row) for row in self._open(wanted)), default=None)

    async def claim(self, wanted: Wanted) -> tuple[Errand, ...]:
        self.claims += 1
        now = self.clock()
        for row in self.rows:
            # First, as the store does: what the dead had claimed may have been posted, and is merged with the rest.
            if row.status == "claimed" and row.destination.startswith(wanted.scope) and not self._holds(row, now):
                row.status, row.due_at, row.claimed_until = "due", now, None
        heads: dict[str, Row] = {}
        for row in sorted(self._open(wanted), key=lambda row: (row.rank, row.id)):
            if self._ready_at(row) <= now:
                heads.setdefault(row.destination, row)
        return tuple(self._claimed(row, now) for row in list(heads.values())[: wanted.limit])

    async def freeze(self, errand: Errand, body: bytes) -> bool:
        row = self._row(errand)
        assert row.body is None, "a body is drawn once"
        row.body = body
        return True

    async def view_to_sign(self, errand: Errand) -> RequestView | None:
        return None if errand.request is None else await self.view(errand.request)

    async def view(self, request_id: RequestId) -> RequestView | None:
        cards = tuple(card for (request, _), card in self.cards.items() if request == request_id)
        found = self.views.get(request_id)
        if found is None:
            request = a_request(request_id=request_id)
            found = RequestView(request=request, tests=request.tests)
        return RequestView(request=found.request, tests=found.tests, cards=cards)

    async def settle(self, errand: Errand, settlement: Settlement) -> None:
        fault = self.faults.popleft() if self.faults else None
        if fault is Fault.FAILED:
            raise OSError("disk I/O error")
        self._settle(errand, settlement)
        if fault is Fault.FAILED_BUT_HAPPENED:
            raise OSError("the connection to the database was lost")

    async def give_back(self, errands: Collection[Errand], why: str, now: datetime) -> None:
        for errand in errands:
            row = self._row(errand)
            if row.status == "claimed":
                row.status, row.due_at, row.nonce, row.why = "due", now, errand.nonce, why

    def _open(self, wanted: Wanted) -> list[Row]:
        now = self.clock()
        served = {row.destination for row in self.rows if row.status == "claimed" and self._holds(row, now)}
        shut = served | wanted.blocked.keys()
        return [
            row
            for row in self.rows
            if row.status in {"due", "claimed"}
            and row.destination.startswith(wanted.scope)
            and row.destination not in shut
            and (row.destination not in wanted.paced or row.rank == 0)
        ]

    @staticmethod
    def _holds(row: Row, now: datetime) -> bool:
        return row.claimed_until is not None and row.claimed_until > now

    @staticmethod
    def _ready_at(row: Row) -> datetime:
        return row.claimed_until if row.status == "claimed" and row.claimed_until else row.due_at

    def _claimed(self, row: Row, now: datetime) -> Errand:
        for other in self.rows:
            if row.key is not None and other is not row and other.key == row.key and other.status == "due":
                other.status = "done"
                row.nonce = row.nonce or other.nonce  # an earlier attempt may stand behind it
                self.merged[row.key] += 1
        row.status, row.claimed_until = "claimed", now + LEASE
        row.attempts += 1
        before = row.nonce
        row.nonce = before or f"nonce-{row.id}-{row.attempts}"
        return Errand(
            id=row.id,
            destination=row.destination,
            effect=row.effect,
            request=row.effect.request,
            attempts=row.attempts,
            created_at=row.created_at,
            nonce=row.nonce,
            is_repeat=before is not None,
            body=row.body,
        )

    def _row(self, errand: Errand) -> Row:
        return next(row for row in self.rows if row.id == errand.id)

    def _settle(self, errand: Errand, settlement: Settlement) -> None:
        row = self._row(errand)
        if row.status != "claimed":
            return
        row.claimed_until = None
        match settlement:
            case Arrived():
                row.status = "done"
                self.entries.append(("arrived", row.id))
                self._keep_card(row, settlement.attempt)
            case PutBack():
                row.status, row.due_at, row.why, row.nonce = "due", settlement.due_at, settlement.why, settlement.nonce
            case Diverted():
                row.status, row.due_at, row.nonce, row.effect = (
                    "due",
                    settlement.due_at,
                    settlement.nonce,
                    settlement.effect,
                )
                self.entries.append(("diverted", row.id))
            case Dead():
                row.status, row.why = "dead", settlement.why
                self.entries.append(("dead", row.id))

    def _keep_card(self, row: Row, attempt: Delivered) -> None:
        if isinstance(row.effect, ShowCard) and attempt.channel and attempt.ts:
            place, detour = (row.effect.request, row.effect.channel), row.effect.detour
            card = CardRef(channel=place[1], channel_id=attempt.channel, ts=attempt.ts, detour=detour)
            known = self.cards.get(place)
            assert known is None or known.ts == card.ts or (detour and known.detour is None), "two cards"
            self.cards[place] = known if known is not None and known.ts == card.ts else card
