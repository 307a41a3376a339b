"""Cards wait in one line for their look; each is taken by one replica, and a delivery makes every look at it void."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.events import Happened
from bot.core.people.identity import Actor, Via
from bot.core.request import RequestId
from bot.core.view import CardRef
from bot.store import Look, Store, Transaction
from tests.store.asks import a_stored_request
from tests.store.conftest import Clock, OpenStore

CARD = CardRef(channel="#approvals", channel_id="C0APPROVE", ts="1.1", drawn="d1", kept="k1")
LEASE = timedelta(minutes=3)


async def delivered(store: Store, request_id: RequestId, card: CardRef = CARD) -> None:
    def write(tx: Transaction, now: datetime) -> None:
        by = Actor(name="relay", via=Via.RELAY)
        request = tx.requests.lock(request_id)
        tx.cards.put(request_id, card)
        tx.note(Happened(event="card.posted", at=now, by=by, state=request.state, detail={}), request)

    await store.committer.run(write)


async def taken(store: Store) -> tuple[Look, ...]:
    return await store.committer.run(lambda tx, _now: tx.looks.take(10, LEASE))


async def ended(store: Store, look: Look, next_at: datetime | None, odd: str | None = None) -> bool:
    return await store.committer.run(lambda tx, _now: tx.looks.end(look, next_at, odd))


async def test_a_card_is_looked_at_a_while_after_its_delivery_and_by_one_replica(
    open_store: OpenStore, clock: Clock
) -> None:
    one, two = await open_store("one"), await open_store("two")
    request = await a_stored_request(one)
    await delivered(one, request.id)
    at_once = await taken(one)
    clock.forward(minutes=11)

    (look,), nothing = await taken(one), await taken(two)

    assert at_once == nothing == ()
    assert look.request == request.id
    assert look.card == CARD


async def test_a_look_that_was_lost_comes_again_and_what_the_loser_says_counts_no_more(
    store: Store, clock: Clock
) -> None:
    await delivered(store, (await a_stored_request(store)).id)
    clock.forward(minutes=11)
    (lost,) = await taken(store)
    clock.forward(minutes=4)
    (look,) = await taken(store)

    assert not await ended(store, lost, None)
    assert await ended(store, look, None, "deleted")
    clock.forward(days=9)
    assert await taken(store) == ()


async def test_a_delivery_makes_a_look_that_is_under_way_void(store: Store, clock: Clock) -> None:
    request = await a_stored_request(store)
    await delivered(store, request.id)
    clock.forward(minutes=11)
    (look,) = await taken(store)
    await delivered(store, request.id, replace(CARD, ts="2.2"))

    assert not await ended(store, look, None, "deleted")
    clock.forward(minutes=11)
    (again,) = await taken(store)
    assert (again.card.ts, again.odd) == ("2.2", None)
