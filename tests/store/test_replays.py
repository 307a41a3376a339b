"""A signed message counts once, whatever becomes of the clock."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from bot.core.errors import Refusal, Refused
from bot.core.stamp import Stamp
from bot.store import Store, Transaction
from bot.store.committer.flush import FORGOTTEN
from bot.store.database import Prepared
from tests.factories import NOON
from tests.store.asks import at_once, submitting
from tests.store.conftest import Clock

SECOND = timedelta(seconds=1)
MINUTE = 60 * SECOND
MESSAGE = Stamp("slack:1", NOON)


def taking(*stamps: Stamp) -> Callable[[Transaction, datetime], None]:
    def take(tx: Transaction, _now: datetime) -> None:
        for stamp in stamps:
            tx.replays.remember(stamp)

    return take


async def take(store: Store, *stamps: Stamp) -> None:
    await store.committer.run(taking(*stamps))


async def refused(store: Store, stamp: Stamp) -> str:
    """Return why it is refused; that it is, is asserted."""
    with pytest.raises(Refused) as caught:
        await take(store, stamp)
    assert caught.value.code is Refusal.REPLAYED
    return caught.value.sentence


def rows(store: Store) -> int:
    link = store._tools.link  # pyright: ignore[reportPrivateUsage] - nobody else asks how many there are
    link.begin()
    found = link.first(Prepared("SELECT count(*) FROM replays", ()))
    link.rollback()
    return found[0] if found else -1


async def test_a_message_is_known_within_its_group_and_ever_after(store: Store, clock: Clock) -> None:
    first, second = await at_once(store, taking(MESSAGE), taking(MESSAGE))

    assert first is None
    assert isinstance(second, Refused)
    for _ in range(15):
        assert "before" in await refused(store, MESSAGE)
        clock.forward(minutes=1)


async def test_what_is_forgotten_is_refused_when_the_clock_goes_back_to_where_it_was_sent(
    store: Store, clock: Clock
) -> None:
    await take(store, MESSAGE)
    clock.now = NOON + 30 * MINUTE  # it jumps; no time has passed
    await take(store, Stamp("slack:2", clock.now))
    clock.now = NOON + MINUTE

    assert rows(store) == 2, "the first should be forgotten: else this shows nothing"
    assert "anew" in await refused(store, MESSAGE)


async def test_what_was_sent_after_the_forgotten_counts_when_the_clock_is_right_again(
    store: Store, clock: Clock
) -> None:
    await take(store, MESSAGE)
    clock.now = NOON + 30 * MINUTE  # it jumps; no time has passed
    await take(store, Stamp("slack:2", clock.now))
    clock.now = NOON + MINUTE

    await take(store, Stamp("slack:3", NOON + SECOND))


async def test_nothing_is_forgotten_while_the_clock_is_behind_the_log(store: Store, clock: Clock) -> None:
    clock.now = NOON + 60 * MINUTE
    await store.committer.run(submitting())  # the house's time does not go back before this
    clock.now = NOON

    for number in range(5):
        await take(store, Stamp(f"slack:{number}", clock.now), Stamp(f"slack:again {number}", clock.now))
        clock.forward(seconds=1)

    assert "before" in await refused(store, Stamp("slack:0", NOON))


async def test_an_id_that_its_sender_signs_anew_is_known_for_twelve_minutes(store: Store) -> None:
    await take(store, Stamp("signature:ci:msg_1", NOON))

    assert "before" in await refused(store, Stamp("signature:ci:msg_1", NOON + 12 * MINUTE - SECOND))
    await take(store, Stamp("signature:ci:msg_1", NOON + 12 * MINUTE))
    assert "before" in await refused(store, Stamp("signature:ci:msg_1", NOON + 12 * MINUTE))
    assert "before" in await refused(store, Stamp("signature:ci:msg_1", NOON))


async def test_what_came_through_a_connection_of_ours_is_known_for_twelve_minutes(store: Store, clock: Clock) -> None:
    envelope = Stamp("socket:1")
    await take(store, envelope)
    clock.forward(minutes=11, seconds=59)

    assert "before" in await refused(store, envelope)
    clock.forward(seconds=1)
    await take(store, envelope)


async def test_old_messages_are_forgotten_a_few_at_a_time(store: Store, clock: Clock) -> None:
    await take(store, *(Stamp(f"slack:{number:04}", NOON) for number in range(3 * FORGOTTEN)))
    clock.forward(minutes=12)

    await take(store, Stamp("slack:a", clock.now))
    left = rows(store)
    for name in ("b", "c", "d"):
        await take(store, Stamp(f"slack:{name}", clock.now))

    assert FORGOTTEN < left <= 2 * FORGOTTEN + 2
    assert rows(store) == 5, "the four that are new, and the line that says up to when all is forgotten"
