"""Everything the relay writes down and looks up: the only module here that talks to the store."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar, assert_never

from bot.core.effects import AnswerSource, CallBack, TellAccount, TellAdmins
from bot.core.receiver import ReturnAddress
from bot.core.request import ApprovalRequest, RequestId
from bot.core.view import CardRef, RequestView
from bot.relay.closures import have_moved, note_closed, note_open
from bot.relay.entries import draw_arrived, draw_dead, draw_drawn, draw_put_back, read_card
from bot.relay.errand import Errand, Wanted
from bot.relay.settling import Arrived, Dead, Diverted, PutBack, Settlement
from bot.relay.slots import rival_of
from bot.store import OutboxRow, Snapshot, Store, Transaction, require_as_told

T = TypeVar("T")

LEASE = timedelta(minutes=2)
"""How long a claim holds. Far longer than any attempt may take, so that it only ends for a process that died."""


class Books:
    """The relay's side of the store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def recover(self) -> None:
        """Make due what an earlier life of this process had claimed; its nonces say where to look."""

        def write(tx: Transaction, _now: datetime) -> int:
            return tx.outbox.recover()

        await self._store.committer.run(write)

    async def revive(self, scope: str) -> int:
        """Give what was given up of open cards another chance, and what waits behind *scope* its chance now.

        For whoever mended what Slack refused them for. Returns how much was given up before.
        """

        def write(tx: Transaction, _now: datetime) -> int:
            tx.outbox.hurry(scope)
            return tx.outbox.revive_cards()

        return await self._store.committer.run(write)

    async def card_is_dead(self, request_id: RequestId, channel: str) -> bool:
        """Tell whether nobody will post this card any more."""
        return await self._store.read(lambda snapshot: snapshot.card_is_dead(request_id, channel))

    async def next_due(self, wanted: Wanted) -> datetime | None:
        """Return when the next wanted row is due, without writing anything."""
        return await self._store.read(
            lambda snapshot: snapshot.next_due(wanted.scope, wanted.blocked.keys(), wanted.paced.keys())
        )

    async def claim(self, wanted: Wanted) -> tuple[Errand, ...]:
        """Take due rows, one a destination, and write down the intent to send them.

        A crash after this leaves rows claimed: their lease runs out, and their nonce says that somebody has to look
        before posting.
        """

        def take(tx: Transaction, _now: datetime) -> tuple[Errand, ...]:
            rows = tx.outbox.claim(wanted.scope, wanted.blocked.keys(), wanted.paced.keys(), wanted.limit, LEASE)
            return tuple(_intended(tx, row) for row in rows)

        return await self._store.committer.run(take)

    async def freeze(self, errand: Errand, body: bytes) -> bool:
        """Write down a callback's body, and its hash into the log: from here on every attempt sends these bytes.

        One transaction, so that no body ever stands in the books that the log does not know. False: the row is no
        longer ours, or somebody else has drawn its body meanwhile.
        """

        def write(tx: Transaction, now: datetime) -> bool:
            if errand.request is None or not tx.outbox.freeze(errand.id, body):
                return False
            request = tx.requests.lock(errand.request)
            tx.note(draw_drawn(errand, body, request, now), request)
            return True

        return await self._store.committer.run(write, () if errand.request is None else (errand.request,))

    async def held_back(self, channel: str, until: datetime) -> tuple[RequestView, ...]:
        """Return the open requests in *channel* for which nobody was pinged before *until*, oldest first."""
        return await self._store.read(lambda snapshot: snapshot.held_back(channel, until))

    async def read(self, query: Callable[[Snapshot], T]) -> T:
        """Return what *query* finds, in one moment of the books."""
        return await self._store.read(query)

    async def view(self, request_id: RequestId) -> RequestView | None:
        """Return the request as it is now."""
        return await self._store.read(lambda snapshot: snapshot.view(request_id))

    async def view_to_sign(self, errand: Errand) -> RequestView | None:
        """Return the request of a callback as it is now.

        Raises Contradicted when the request, or the body that is frozen already, is not what the log says: our
        signature must not make true whatever somebody wrote into the tables.
        """
        request_id = errand.request
        if request_id is None:
            return None

        def look(snapshot: Snapshot) -> RequestView | None:
            view = snapshot.view(request_id)
            if view is not None:
                require_as_told(snapshot, request_id, {} if errand.body is None else {errand.id: errand.body})
            return view

        return await self._store.read(look)

    async def to_answer(self, errand: Errand) -> tuple[RequestView | None, ReturnAddress | None]:
        """Return the request as it is now, and where its native source is answered. Raises Contradicted, as above."""
        request_id = errand.request
        if request_id is None:
            return None, None

        def look(snapshot: Snapshot) -> tuple[RequestView | None, ReturnAddress | None]:
            view = snapshot.view(request_id)
            if view is not None:
                require_as_told(snapshot, request_id, {} if errand.body is None else {errand.id: errand.body})
            return view, snapshot.receivers.of(request_id)

        return await self._store.read(look)

    async def rival(self, request: ApprovalRequest, address: ReturnAddress) -> ApprovalRequest | None:
        """Return who keeps an answer from being sent: a newer request about the very thing that waits."""
        return await self._store.read(lambda snapshot: rival_of(snapshot, request, address))

    async def remember(self, errand: Errand, memo: str) -> None:
        """Keep what a receiver wants to know of the request the next time."""

        def write(tx: Transaction, _now: datetime) -> None:
            if errand.request is not None:
                tx.receivers.remember(errand.request, memo)

        await self._store.committer.run(write)

    async def settle(self, errand: Errand, settlement: Settlement) -> None:
        """Write down what became of it: reference, state and log entry in one transaction.

        A crash before this is the same as an attempt nobody knows the end of.
        """

        def write(tx: Transaction, now: datetime) -> None:
            record_settlement(tx, errand, settlement, now)

        await self._store.committer.run(write, () if errand.request is None else (errand.request,))

    async def give_back(self, errands: Collection[Errand], why: str, now: datetime) -> None:
        """Make *errands*, whose attempts were cut short, due again at once; their nonces stay."""

        def write(tx: Transaction, _now: datetime) -> None:
            for errand in errands:
                tx.outbox.later(errand.id, now, why, errand.nonce)

        await self._store.committer.run(write)


def _intended(tx: Transaction, row: OutboxRow) -> Errand:
    """Write down under which nonce *row* goes out; one that is there already was written for an earlier attempt."""
    nonce = row.nonce
    if nonce is None:
        nonce = tx.new_id()
        tx.outbox.intend(row.id, nonce)
    return Errand(
        id=row.id,
        destination=row.destination,
        effect=row.effect,
        request=row.request,
        attempts=row.attempts,
        created_at=row.created_at,
        nonce=nonce,
        is_repeat=row.nonce is not None,
        body=row.body,
    )


def record_settlement(tx: Transaction, errand: Errand, settlement: Settlement, now: datetime) -> None:
    """Record what became of the row, unless its claim was lost to somebody else, who then settles it."""
    match settlement:
        case Arrived():
            if tx.outbox.done(errand.id):
                _record_arrival(tx, errand, settlement, now)
        case Diverted():
            row, closed = errand.id, settlement.closed
            if tx.outbox.divert(row, settlement.effect, settlement.due_at, closed.why, settlement.nonce):
                note_closed(tx, closed, now)
        case PutBack():
            _put_back(tx, errand, settlement, now)
        case Dead():
            if tx.outbox.dead(errand.id, settlement.why) and _is_noted(errand):
                request = tx.requests.lock(errand.request) if errand.request else None
                tx.note(draw_dead(errand, settlement, request, now), request)
        case _:
            assert_never(settlement)


def _put_back(tx: Transaction, errand: Errand, settlement: PutBack, now: datetime) -> None:
    is_ours = tx.outbox.later(errand.id, settlement.due_at, settlement.why, settlement.nonce)
    # A callback is tried ten times at most; what is for Slack may be tried for days, and says so in the end.
    if is_ours and isinstance(errand.effect, CallBack | AnswerSource) and errand.request is not None:
        request = tx.requests.lock(errand.request)
        tx.note(draw_put_back(errand, settlement, request, now), request)
    if is_ours and settlement.closed is not None:
        note_closed(tx, settlement.closed, now)
        have_moved(tx, errand, settlement.closed)


def _is_noted(errand: Errand) -> bool:
    """Tell whether the log holds what became of it: a whisper about no request is between the bot and one person."""
    return errand.request is not None or isinstance(errand.effect, TellAccount | TellAdmins)


def _record_arrival(tx: Transaction, errand: Errand, settlement: Arrived, now: datetime) -> None:
    if errand.request is None:
        if _is_noted(errand):
            tx.note(draw_arrived(errand, settlement, None, None, now), None)
        return
    request = tx.requests.lock(errand.request)
    card = read_card(errand.effect, settlement.attempt)
    before = None if card is None else tx.cards.of(errand.request, card.channel)
    if card is not None:
        card = _as_kept(card, before)
        tx.cards.put(errand.request, card)
    tx.note(draw_arrived(errand, settlement, before, request, now), request)
    if card is not None and (before is None or before.ts != card.ts):
        note_open(tx, card.place, now)
    if card is not None:
        for companion in sorted(settlement.attempt.company):
            _record_companion(tx, errand, settlement, replace(card, host=errand.request), tx.requests.lock(companion))


def _as_kept(card: CardRef, before: CardRef | None) -> CardRef:
    """Return *card* with what is known of it. What was shown once stays shown, also when an older message was found.

    A message that became somebody else's while this was under way stays theirs.
    """
    if before is None:
        return card
    return replace(
        card,
        revision=max(card.revision, before.revision),
        detour=before.detour if before.channel_id == card.channel_id else card.detour,
        host=before.host if before.ts == card.ts else card.host,
    )


def _record_companion(
    tx: Transaction, errand: Errand, settlement: Arrived, card: CardRef, request: ApprovalRequest
) -> None:
    """Write down, once, that the card of another has shown *request*: silence is a yes only to what was shown."""
    before = tx.cards.of(request.id, card.channel)
    if before is not None and before.revision >= card.revision:
        return
    tx.cards.put(request.id, card if before is None else replace(before, revision=card.revision))
    tx.note(draw_arrived(errand, settlement, None, request, tx.now), request)
