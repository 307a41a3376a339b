"""The outbox: every row is somebody's for as long as its lease, and never two replicas' at once."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.core.effects import ShowCard, Whisper
from bot.store import OutboxRow, Store, Transaction
from tests.factories import CHEN, a_ruling, approval
from tests.store.asks import a_stored_request, advancing
from tests.store.conftest import Clock, OpenStore

MINUTE = timedelta(minutes=1)


def a_whisper(to: str) -> Whisper:
    return Whisper(channel="C0APPROVE", slack_id=to, text="No.")


def enqueuing(*whispers: Whisper) -> Callable[[Transaction, datetime], None]:
    def enqueue(tx: Transaction, _now: datetime) -> None:
        for whisper in whispers:
            tx.enqueue(whisper)

    return enqueue


async def claim(store: Store, limit: int = 10, scope: str = "slack:") -> tuple[OutboxRow, ...]:
    return await store.committer.run(lambda tx, _: tx.outbox.claim(scope, (), (), limit, MINUTE))


async def done(store: Store, row_id: str) -> bool:
    return await store.committer.run(lambda tx, _: tx.outbox.done(row_id))


async def test_two_replicas_never_get_the_same_row(open_store: OpenStore) -> None:
    stores = [await open_store("one"), await open_store("two")]
    # Several rows for each of many people: a destination has one claim at a time, whoever holds it.
    people = [f"U{n:08}" for n in range(12)]
    await stores[0].committer.run(enqueuing(*[a_whisper(who) for who in people * 4]))
    seen: list[str] = []

    async def deliver(store: Store) -> None:
        for _ in range(40):
            rows = await claim(store, limit=3)
            mine = [row.destination for row in rows]
            assert len(set(mine)) == len(mine)
            seen.extend(row.id for row in rows)
            assert all([await done(store, row.id) for row in rows])
            if len(seen) == 48:
                return

    await asyncio.gather(*[deliver(store) for store in stores for _ in range(2)])

    assert len(seen) == len(set(seen)) == 48
    assert await stores[0].read(lambda s: s.outbox_depth()) == 0


async def test_a_claim_ends_with_its_lease_and_then_belongs_to_whoever_takes_it(
    open_store: OpenStore, clock: Clock
) -> None:
    one, two = await open_store("one"), await open_store("two")
    await one.committer.run(enqueuing(a_whisper("U0ANA0000")))
    (first,) = await claim(one)
    await one.committer.run(lambda tx, _: tx.outbox.intend(first.id, nonce="n-1"))

    clock.forward(seconds=59, microseconds=999_999)
    assert await claim(two) == ()
    clock.forward(microseconds=1)
    (second,) = await claim(two)

    assert (first.id, first.attempts, first.nonce) == (second.id, 1, None)
    assert (second.attempts, second.nonce) == (2, "n-1")
    assert not await done(one, first.id)
    assert await done(two, first.id)
    assert not await done(two, first.id)


async def test_refreshes_of_one_card_become_one_delivery(store: Store) -> None:
    request = await a_stored_request(store, ruling=a_ruling(quorum=3))
    await store.committer.run(advancing(request.id, approval()))
    await store.committer.run(advancing(request.id, approval(CHEN)))
    cards: list[OutboxRow] = []
    others: list[OutboxRow] = []
    while rows := await claim(store, limit=20):
        for row in rows:
            (cards if isinstance(row.effect, ShowCard) else others).append(row)
            assert await done(store, row.id)

    assert [row.effect for row in cards] == [ShowCard(request=request.id, channel="#approvals")]
    assert len({row.id for row in others}) == len(others)
    assert await store.read(lambda s: s.outbox_depth()) == 0


async def test_a_refresh_asked_for_while_one_is_under_way_is_not_merged_into_it(store: Store) -> None:
    request = await a_stored_request(store, ruling=a_ruling(quorum=3))
    (under_way,) = await claim(store)
    await store.committer.run(advancing(request.id, approval()))

    assert [row for row in await claim(store) if isinstance(row.effect, ShowCard)] == []
    assert await done(store, under_way.id)
    (again,) = [row for row in await claim(store) if isinstance(row.effect, ShowCard)]

    assert again.id != under_way.id


async def test_a_merged_row_that_may_have_been_posted_leaves_its_nonce_to_be_looked_for(store: Store) -> None:
    request = await a_stored_request(store, ruling=a_ruling(quorum=3))
    (first,) = await claim(store)

    def put_back(tx: Transaction, now: datetime) -> bool:
        return tx.outbox.later(first.id, now, "the answer was lost", "n-1")

    assert await store.committer.run(put_back)
    await store.committer.run(advancing(request.id, approval()))
    (row,) = [row for row in await claim(store) if isinstance(row.effect, ShowCard)]

    assert row.nonce == "n-1"


async def test_what_was_given_up_is_shown_and_can_be_tried_again(store: Store) -> None:
    await store.committer.run(enqueuing(a_whisper("U0ANA0000")))
    (row,) = await claim(store)
    counted = [await store.read(lambda s: (s.outbox_depth(), s.dead_count()))]
    assert await store.committer.run(lambda tx, _: tx.outbox.dead(row.id, "no_such_channel\0\ud800"))
    counted.append(await store.read(lambda s: (s.outbox_depth(), s.dead_count())))
    (dead,) = await store.read(lambda s: s.dead(10))
    revived = await store.committer.run(lambda tx, _: tx.outbox.revive(row.id))
    again = await store.committer.run(lambda tx, _: tx.outbox.revive(row.id))

    assert counted == [(1, 0), (0, 1)]
    assert dead.id == row.id
    assert (dead.last_error or "").startswith("no_such_channel")
    assert (revived and revived.id, again) == (row.id, None)
    assert [claimed.attempts for claimed in await claim(store)] == [1]


async def test_one_that_breaks_revives_nothing(store: Store) -> None:
    await store.committer.run(enqueuing(a_whisper("U0ANA0000")))
    (row,) = await claim(store)
    await store.committer.run(lambda tx, _: tx.outbox.dead(row.id, "gone"))

    def revive_and_break(tx: Transaction, _now: datetime) -> None:
        assert tx.outbox.revive(row.id)
        raise ZeroDivisionError

    results = await asyncio.gather(
        store.committer.run(enqueuing(a_whisper("U0BO00000"))),
        store.committer.run(revive_and_break),
        store.committer.run(enqueuing(a_whisper("U0BO00000"))),
        return_exceptions=True,
    )

    assert isinstance(results[1], ZeroDivisionError)
    assert [dead.id for dead in await store.read(lambda s: s.dead(10))] == [row.id]


async def test_a_process_finds_after_its_restart_what_it_had_claimed(open_store: OpenStore) -> None:
    before = await open_store("one")
    await before.committer.run(enqueuing(a_whisper("U0ANA0000")))
    (row,) = await claim(before)
    await before.close()

    after = await open_store("one")

    assert await after.committer.run(lambda tx, _: tx.outbox.recover()) == 1
    (again,) = await claim(after)
    assert (again.id, again.attempts) == (row.id, 2)


async def test_on_a_shared_database_nobody_recovers_what_another_holds(open_store: OpenStore, url: str) -> None:
    one, two = await open_store("one"), await open_store("two")
    await one.committer.run(enqueuing(a_whisper("U0ANA0000")))
    await claim(one)

    recovered = await two.committer.run(lambda tx, _: tx.outbox.recover())

    assert recovered == (1 if url.startswith("sqlite") else 0)  # a SQLite file has one house
