"""Whoever gave a waiver is told once that it ends; its end is written down, and costs nothing afterwards."""

from bot.core.effects import TellAccount
from bot.core.request import State
from bot.core.waivers.waiver import Ending
from bot.store import Store
from bot.usecases.desk import Desk
from bot.usecases.waiver_clock import WaiverClock
from tests.core.waivers.given import DAY
from tests.factories import NOON
from tests.store.conftest import Clock, OpenStore
from tests.store.test_waivers import a_red_gate_waived, asked, the_log_is_whole


async def told(store: Store) -> list[str]:
    rows = await store.committer.run(lambda tx, _now: tx.outbox.claim("slack:", (), (), 100, 100 * DAY))
    return [row.effect.text for row in rows if isinstance(row.effect, TellAccount)]


async def events(store: Store) -> list[str]:
    rows = await store.read(lambda snapshot: list(snapshot.audit()))
    return [row.event for row in rows if row.event.startswith("waiver.")]


async def test_whoever_gave_it_is_told_once_before_its_end_and_the_end_is_written_down(
    store: Store, clock: Clock
) -> None:
    await a_red_gate_waived(store)
    bell = WaiverClock(Desk(store))
    clock.forward(days=2, microseconds=-1)
    await bell.ring()
    too_early = await events(store)
    clock.forward(microseconds=1)
    await bell.ring()
    await bell.ring()
    [words] = await told(store)
    clock.forward(days=1)
    await bell.ring()
    await bell.ring()

    assert too_early == ["waiver.given"]
    assert words.startswith("Your waiver #1 (PAY-77) ends 2026-03-07 12:00 UTC")
    assert "used 0 times, 5 are left" in words
    assert await events(store) == ["waiver.given", "waiver.reminded", "waiver.expired"]
    [waiver] = await store.read(lambda snapshot: snapshot.waivers.newest(5))
    assert waiver.end is not None
    assert (waiver.end.how, waiver.reminded_at, waiver.wake_at) == (Ending.EXPIRED, NOON + 2 * DAY, None)
    assert await store.read(lambda snapshot: snapshot.waivers.next_wake()) is None
    assert await told(store) == []
    assert await the_log_is_whole(store)


async def test_a_house_that_slept_through_the_reminder_tells_nobody_of_what_is_over(store: Store, clock: Clock) -> None:
    await a_red_gate_waived(store)
    clock.forward(days=30)
    await WaiverClock(Desk(store)).ring()

    assert await events(store) == ["waiver.given", "waiver.expired"]
    assert await told(store) == []
    assert await the_log_is_whole(store)


async def test_one_that_is_used_up_is_nobodys_to_be_reminded_of(store: Store, clock: Clock) -> None:
    await a_red_gate_waived(store, uses=1)
    assert (await asked(store)).state is State.APPROVED
    clock.forward(days=30)

    await WaiverClock(Desk(store)).ring()

    assert await events(store) == ["waiver.given"]


async def test_two_replicas_tell_it_once(open_store: OpenStore, url: str, clock: Clock) -> None:
    one = await open_store("one")
    two = one if url.startswith("sqlite") else await open_store("two")
    await a_red_gate_waived(one)
    clock.forward(days=2)

    for store in (one, two):
        await WaiverClock(Desk(store)).ring()

    assert await events(one) == ["waiver.given", "waiver.reminded"]
    assert await the_log_is_whole(one)
