"""The reconciler's side of the store: cards are taken, and what is wrong with them goes into the outbox and the log."""

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.effects import ShowCard
from bot.core.events import Happened
from bot.core.request import RequestId
from bot.core.view import RequestView
from bot.relay.entries import RELAY
from bot.relay.repair.judging import Found, Judged
from bot.store import Look, Snapshot, Store, Transaction

LEASE = timedelta(minutes=3)
"""How long a taken card is left to whoever took it; far longer than a round may take."""


class RepairBooks:
    """Every change is one transaction: what is done and what the log says of it stand together, or not at all."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def retry(self, age: timedelta) -> tuple[int, int]:
        """Try again what belongs to cards of open requests and was given up *age* ago or earlier.

        Return how many cards that were, and how many lines of their threads.
        """

        def is_due(snapshot: Snapshot) -> bool:
            first = snapshot.looks.first_dead()
            return first is not None and first <= snapshot.now() - age

        def write(tx: Transaction, now: datetime) -> tuple[int, int]:
            return tx.outbox.retry_cards(now - age)

        return await self._store.committer.run(write) if await self._store.read(is_due) else (0, 0)

    async def post_missing(self, limit: int) -> int:
        """Ask for the cards of open requests that have none and get none, up to *limit* requests.

        Return how many cards that were: a request has one in each of its channels.
        """
        missing = await self._store.read(lambda snapshot: snapshot.looks.cardless(limit))
        return await self.post_beside(missing)

    async def post_beside(self, requests: Collection[RequestId]) -> int:
        """Ask for the cards that these requests lack in some of their channels, and get none; return how many."""
        if not requests:
            return 0

        def write(tx: Transaction, now: datetime) -> int:
            return sum(_post(tx, request_id, now) for request_id in sorted(requests))

        return await self._store.committer.run(write, sorted(requests))

    async def take(self, limit: int) -> tuple[Look, ...]:
        """Take cards whose look is due. With none due nothing is written."""

        def is_due(snapshot: Snapshot) -> bool:
            first = snapshot.looks.next()
            return first is not None and first <= snapshot.now()

        if limit < 1 or not await self._store.read(is_due):
            return ()
        return await self._store.committer.run(lambda tx, _now: tx.looks.take(limit, LEASE))

    async def hasten(self) -> None:
        """Have every card looked at that will be looked at some day."""
        await self._store.committer.run(lambda tx, _now: tx.looks.hasten())

    async def left(self) -> int:
        """Return how many cards wait for a look."""
        return await self._store.read(lambda snapshot: snapshot.looks.due(snapshot.now()))

    async def view(self, request_id: RequestId) -> RequestView | None:
        """Return the request as it is now."""
        return await self._store.read(lambda snapshot: snapshot.view(request_id))

    async def settle(self, judged: Sequence[Judged]) -> tuple[Judged, ...]:
        """Write down what was found, and have repaired what is to be; return what counts of it.

        What another replica has looked at meanwhile, or was delivered, does not.
        """
        locks = sorted({one.look.request for one in judged if one.is_repaired or one.is_news})
        if not judged:
            return ()

        def write(tx: Transaction, now: datetime) -> tuple[Judged, ...]:
            settled = (_settle(tx, one, now) for one in judged)
            return tuple(one for one in settled if one is not None)

        return await self._store.committer.run(write, locks)


def _settle(tx: Transaction, judged: Judged, now: datetime) -> Judged | None:
    look = judged.look
    if judged.is_repaired and tx.outbox.is_on_its_way(look.request, look.card.channel):
        tx.looks.end(look, now + LEASE, look.odd)
        return None
    if judged.is_repaired and tx.outbox.is_given_up(look.request, look.card.channel):
        # It is tried again in its own time: another row each time that somebody looks would be given up, too.
        judged = replace(judged, is_hopeless=True)
    odd = look.odd if judged.found in {Found.UNSEEN, Found.ON_ITS_WAY} else judged.mark
    if not tx.looks.end(look, judged.next_look(now), odd, judged.words):
        return None
    if judged.is_news:
        _note(tx, judged, now)
    if judged.is_repaired:
        tx.enqueue(ShowCard(request=look.request, channel=look.card.channel))
    return judged


def _note(tx: Transaction, judged: Judged, now: datetime) -> None:
    card, request = judged.look.card, tx.requests.lock(judged.look.request)
    place = {"channel": card.channel_id, "ts": card.ts}
    left = "that was given up" if judged.is_hopeless else "the request has ended, and it stays as it is"
    done = "it is put right" if judged.is_repaired else left
    detail = {**place, "why": f"somebody has {judged.found} the card: {done}"}
    name = f"card.{judged.found}"
    tx.note(Happened(event=name, at=now, by=RELAY, state=request.state, detail=detail), request)


def _post(tx: Transaction, request_id: RequestId, now: datetime) -> int:
    del now
    request, count = tx.requests.lock(request_id), 0
    for channel in request.channels if request.state.is_open and request.leader is None else ():
        if tx.cards.of(request_id, channel) is None and not _is_tried(tx, request_id, channel):
            tx.enqueue(ShowCard(request=request_id, channel=channel))
            count += 1
    return count


def _is_tried(tx: Transaction, request_id: RequestId, channel: str) -> bool:
    """Tell whether somebody is about to post a card, or tried in vain: that is tried again in its own time."""
    return tx.outbox.is_on_its_way(request_id, channel) or tx.outbox.is_given_up(request_id, channel)
