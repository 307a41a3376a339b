"""What the slow pass does in the books: it misses nothing, begins nothing twice, and ends with the request."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.request import ApprovalRequest
from bot.relay.repair import RepairBooks
from bot.relay.repair.judging import Care, Found, Judged
from bot.store import Store, examine, verify_audit
from tests.factories import a_ruling
from tests.store.asks import a_stored_request
from tests.store.conftest import Clock, OpenStore, WiringOf
from tests.store.owner import owner_of
from tests.store.test_looks import CARD, delivered

HOUR = timedelta(hours=1)


async def on_its_way(store: Store) -> int:
    return await store.read(lambda snapshot: snapshot.outbox_depth())


def lose(url: str, request: ApprovalRequest, how: str = "DELETE FROM outbox") -> None:
    with owner_of(url) as run:
        run(f"{how} WHERE request_id = ? AND kind = 'show_card'", request.id)


def give_up(url: str, kinds: str) -> None:
    """Let deliveries have been given up long ago, as a relay would."""
    with owner_of(url) as run:
        run(f"UPDATE outbox SET status = 'dead', done_at = created_at WHERE kind IN ({kinds})")  # noqa: S608 - our own


async def test_cards_on_their_way_do_not_hide_one_that_was_lost(store: Store, url: str) -> None:
    for _ in range(25):
        await a_stored_request(store)
    lost = await a_stored_request(store)
    lose(url, lost)
    books = RepairBooks(store)

    missing = await store.read(lambda snapshot: snapshot.looks.cardless(20))

    assert missing == (lost.id,)
    assert await books.post_missing(20) == 1
    assert await books.post_missing(20) == 0


async def test_every_channel_of_a_request_gets_its_card_and_the_cards_are_counted(store: Store, url: str) -> None:
    lost = await a_stored_request(store, ruling=a_ruling(channels=("#approvals", "#general", "#payments-releases")))
    lose(url, lost)

    assert await RepairBooks(store).post_missing(20) == 3


TWO = a_ruling(channels=("#approvals", "#general"))


async def a_card_beside_a_lost_one(store: Store, url: str) -> ApprovalRequest:
    request = await a_stored_request(store, ruling=TWO)
    await delivered(store, request.id)
    lose(url, request)
    return request


async def test_one_card_of_several_that_was_lost_is_posted_again_and_once(store: Store, url: str) -> None:
    request, books = await a_card_beside_a_lost_one(store, url), RepairBooks(store)

    came = [await books.post_beside([request.id]), await books.post_beside([request.id])]

    rows = await store.committer.run(lambda tx, _: tx.outbox.claim("slack:", (), (), 10, timedelta(minutes=1)))
    assert came == [1, 0]
    assert [row.destination for row in rows] == ["slack:#general"]


@pytest.mark.parametrize(("is_given_up", "are_lacking"), [(False, True), (True, False)])
async def test_whoever_looks_in_is_told_who_lacks_a_card_that_nobody_posts(
    store: Store,
    url: str,
    wiring: WiringOf,
    is_given_up: bool,  # noqa: FBT001 - a case
    are_lacking: bool,  # noqa: FBT001 - a case
) -> None:
    request = await a_stored_request(store, ruling=TWO)
    await delivered(store, request.id)
    give_up(url, "'show_card'")
    if not is_given_up:
        lose(url, request)

    lacking = examine(url, lambda signs: [one.id for one in signs.cardless(10)], wiring("from outside"))

    assert lacking == ([request.id] if are_lacking else [])


async def test_one_of_several_that_was_given_up_is_tried_again_in_its_own_time(store: Store, url: str) -> None:
    request = await a_stored_request(store, ruling=TWO)
    await delivered(store, request.id)
    give_up(url, "'show_card'")

    assert await RepairBooks(store).post_beside([request.id]) == 0


async def test_a_card_that_is_carried_just_now_is_on_its_way(store: Store) -> None:
    await a_stored_request(store)
    await store.committer.run(lambda tx, _now: tx.outbox.claim("slack:", (), (), 10, timedelta(minutes=1)))

    assert await RepairBooks(store).post_missing(20) == 0


async def test_a_card_that_was_given_up_is_tried_again_in_its_own_time_and_by_no_second_row(
    store: Store, url: str, clock: Clock
) -> None:
    await a_stored_request(store)
    give_up(url, "'show_card'")
    books = RepairBooks(store)

    at_once = (await books.post_missing(20), await books.retry(HOUR))
    clock.forward(hours=2)
    later = (await books.post_missing(20), await books.retry(HOUR))

    assert at_once == (0, (0, 0))
    assert later == (0, (1, 0))


async def test_lines_that_are_tried_again_count_as_no_cards(store: Store, url: str, clock: Clock) -> None:
    await a_stored_request(store)
    with owner_of(url) as run:
        run("UPDATE outbox SET kind = 'tell_thread', key = NULL WHERE kind = 'show_card'")
    give_up(url, "'tell_thread'")
    clock.forward(hours=2)

    assert await RepairBooks(store).retry(HOUR) == (0, 1)


async def looked(books: RepairBooks, found: Found, care: Care = Care.FULL) -> tuple[Judged, ...]:
    """Take every card whose look is due, and find this."""
    looks = await books.take(10)
    return await books.settle([Judged(look=one, found=found, care=care, mark=found.value) for one in looks])


async def a_shown_card(store: Store, url: str, clock: Clock) -> ApprovalRequest:
    request = await a_stored_request(store)
    await delivered(store, request.id, replace(CARD))
    with owner_of(url) as run:
        run("UPDATE outbox SET status = 'done', done_at = created_at")
    clock.forward(minutes=11)
    return request


async def test_of_two_replicas_that_look_at_once_one_repairs(open_store: OpenStore, url: str, clock: Clock) -> None:
    one, two = await open_store("one"), await open_store("two")
    await a_shown_card(one, url, clock)

    came = await asyncio.gather(*(looked(RepairBooks(store), Found.DELETED) for store in (one, two)))

    assert sorted(len(settled) for settled in came) == [0, 1]
    assert await on_its_way(one) == 1


async def test_a_replica_that_died_in_the_middle_of_its_look_has_changed_nothing(
    open_store: OpenStore, url: str, clock: Clock
) -> None:
    dead, next_one = await open_store("dead"), await open_store("next")
    await a_shown_card(dead, url, clock)
    taken = await RepairBooks(dead).take(10)
    meanwhile = await looked(RepairBooks(next_one), Found.DELETED)
    clock.forward(minutes=4)

    after = await looked(RepairBooks(next_one), Found.DELETED)
    from_the_grave = await RepairBooks(dead).settle(
        [Judged(look=one, found=Found.DELETED, care=Care.FULL, mark="deleted") for one in taken]
    )

    assert (len(taken), meanwhile, len(after), from_the_grave) == (1, (), 1, ())
    assert await on_its_way(next_one) == 1
    assert (await next_one.read(verify_audit)).ok


async def test_a_repair_that_was_given_up_is_not_begun_anew_at_each_look(store: Store, url: str, clock: Clock) -> None:
    request, books = await a_shown_card(store, url, clock), RepairBooks(store)
    (first,) = await looked(books, Found.STALE)
    lose(url, request, "UPDATE outbox SET status = 'dead', done_at = created_at")
    clock.forward(minutes=16)
    (second,) = await looked(books, Found.STALE)
    depth = await on_its_way(store)
    clock.forward(minutes=16)
    (third,) = await looked(books, Found.CHANGED, Care.LAST)
    clock.forward(days=9)

    assert (first.is_repaired, second.is_repaired, third.is_repaired) == (True, False, False)
    assert depth == await on_its_way(store) == 0
    assert await books.take(10) == ()


async def test_the_card_of_a_request_that_ended_long_ago_is_looked_at_once_more(
    store: Store, url: str, clock: Clock
) -> None:
    await a_shown_card(store, url, clock)
    books = RepairBooks(store)
    (judged,) = await looked(books, Found.STALE, Care.NONE)
    clock.forward(days=9)

    assert not judged.is_repaired
    assert await on_its_way(store) == 0
    assert await books.take(10) == ()
