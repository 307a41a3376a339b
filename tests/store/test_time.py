"""The house's time goes on and never back, whatever becomes of the clock, on both databases."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.core.errors import Refusal, Refused
from bot.core.judging.freeze_windows import never_frozen
from bot.core.people.identity import Actor
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Verdict
from bot.store import OutboxRow, Store, Timekeeper, Transaction, verify_audit
from bot.store.housetime import PACE, HouseTime
from bot.usecases.desk import Desk
from bot.usecases.keep_time import TOLERANCE, clock_lag, watch_clock
from bot.usecases.review import Click, review
from bot.usecases.ring import Sweeper
from tests.factories import HOUR, NOON, a_ruling, an_actor
from tests.store.asks import a_line, a_stored_request
from tests.store.conftest import Clock, WiringOf
from tests.store.owner import drop_guards, owner_of

DAY = timedelta(days=1)
A_LITTLE_LATE = HOUR / PACE - HOUR + timedelta(seconds=1)


async def wrong_by(store: Store, clock: Clock, span: timedelta) -> None:
    """Commit something by a clock that is *span* ahead, and put the clock right again."""
    clock.now += span
    await store.committer.run(lambda tx, now: tx.note(a_line(now), None))
    clock.now -= span


async def approving(store: Store, request: ApprovalRequest, by: Actor | None = None) -> None:
    click = Click(request_id=request.id, verdict=Verdict.APPROVE, by=by or an_actor(), revision=1, stage=0)
    await store.committer.run(lambda tx, now: review(tx, click, never_frozen, now))


async def state_of(store: Store, request: ApprovalRequest) -> State:
    found = await store.read(lambda snapshot: snapshot.request(request.id))
    assert found
    return found.state


async def test_a_clock_that_was_once_ahead_does_not_stop_time(store: Store, clock: Clock) -> None:
    """A bad answer of a time server, a machine that woke up: one commit a day ahead, then the clock is right again."""
    await wrong_by(store, clock, DAY)
    request = await a_stored_request(store, ruling=a_ruling(timeout=HOUR))

    clock.forward(minutes=59)
    await Sweeper(Desk(store)).sweep()
    assert await state_of(store, request) is State.PENDING
    clock.forward(seconds=60 + A_LITTLE_LATE.total_seconds())
    with pytest.raises(Refused) as refused:
        await approving(store, request)
    await Sweeper(Desk(store)).sweep()

    assert refused.value.code is Refusal.TOO_LATE
    assert await state_of(store, request) is State.EXPIRED
    assert (await store.read(verify_audit)).ok


async def test_what_is_to_be_delivered_is_due_at_once_while_the_clock_is_behind(store: Store, clock: Clock) -> None:
    await wrong_by(store, clock, DAY)
    await a_stored_request(store)

    due = await store.read(lambda snapshot: snapshot.next_due("slack:", (), ()))

    assert due is not None
    assert due <= store.now()


async def test_a_clock_that_jumps_back_revives_nothing(store: Store, clock: Clock) -> None:
    request = await a_stored_request(store, ruling=a_ruling(timeout=HOUR))
    clock.forward(minutes=61)
    clock.now -= timedelta(hours=5)

    with pytest.raises(Refused) as refused:
        await approving(store, request)

    assert refused.value.code is Refusal.TOO_LATE


async def test_a_clock_seen_wrong_moves_nothing_that_nobody_wrote_down(store: Store, clock: Clock) -> None:
    request = await a_stored_request(store, ruling=a_ruling(timeout=HOUR))
    clock.now += 365 * DAY
    assert await store.read(lambda snapshot: snapshot.now()) == store.now() == NOON + 365 * DAY
    clock.now -= 365 * DAY

    await approving(store, request)

    assert await state_of(store, request) is State.APPROVED


async def test_a_clock_behind_the_log_is_complained_of_until_it_has_caught_up(store: Store, clock: Clock) -> None:
    desk = Desk(store)
    await wrong_by(store, clock, TOLERANCE)
    with capture_logs() as quiet:
        await watch_clock(desk)
    await wrong_by(store, clock, TOLERANCE + timedelta(seconds=1))
    with capture_logs() as loud:
        await watch_clock(desk)
    clock.forward(seconds=6)

    assert quiet == []
    assert [(line["event"], line["log_level"], line["seconds"]) for line in loud] == [
        ("clock.behind_the_log", "error", 6.0)
    ]
    assert await clock_lag(desk) == timedelta()


async def test_a_busy_house_comes_back_to_the_clock(store: Store, clock: Clock) -> None:
    await wrong_by(store, clock, timedelta(seconds=10))
    for _ in range(100):
        clock.forward(seconds=10 / (1 - PACE) / 100 + 0.1)
        await store.committer.run(lambda tx, now: tx.note(a_line(now), None))

    assert await store.read(lambda snapshot: snapshot.now()) == clock.now


@pytest.mark.postgres
async def test_the_databases_clock_does_not_stop_time_either(postgres_url: str, wiring: WiringOf, clock: Clock) -> None:
    store = Store.open(postgres_url, wiring=replace(wiring("one"), timekeeper=Timekeeper.DATABASE))
    await store.start()
    await store.committer.run(lambda tx, now: tx.note(a_line(now), None))
    drop_guards(postgres_url)
    with owner_of(postgres_url) as run:
        run("UPDATE audit_head SET at = clock_timestamp() + interval '1 day'")

    before: datetime = await store.committer.run(lambda _tx, now: now)
    clock.forward(hours=1)
    after: datetime = await store.committer.run(lambda _tx, now: now)
    lag = await clock_lag(Desk(store))
    await store.close()

    assert after - before == HOUR * PACE
    assert timedelta(hours=23) < lag <= DAY


def test_ten_thousand_commits_lose_no_time(wiring: WiringOf, clock: Clock) -> None:
    time = HouseTime(wiring("one"), is_shared=False)
    head = time.tell(NOON + DAY, clock())
    for _ in range(10_000):
        clock.forward(milliseconds=360)
        head = time.tell(head, clock())

    assert abs(head - (NOON + DAY + HOUR * PACE)) < timedelta(milliseconds=20)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    """Whatever was opened is closed, also when a test fails."""
    async with AsyncExitStack() as opened:
        yield opened


@pytest.mark.postgres
@pytest.mark.parametrize("skew", [timedelta(minutes=-5), timedelta(minutes=5)])
async def test_looks_go_by_the_databases_clock_as_writes_do_however_wrong_this_machine_is(
    postgres_url: str, wiring: WiringOf, clock: Clock, stack: AsyncExitStack, skew: timedelta
) -> None:
    store = Store.open(postgres_url, wiring=replace(wiring("one"), timekeeper=Timekeeper.DATABASE))
    stack.push_async_callback(store.close)
    await store.start()
    told = await store.read(lambda snapshot: snapshot.now())
    clock.now = told + skew
    await a_stored_request(store)

    def claim(tx: Transaction, _now: datetime) -> tuple[OutboxRow, ...]:
        return tx.outbox.claim("slack:", (), (), 1, HOUR)

    due = await store.read(lambda snapshot: snapshot.next_due("slack:", (), ()))
    looked = store.now()
    (row,) = await store.committer.run(claim)
    put_back_until = store.now()
    await store.committer.run(lambda tx, _: tx.outbox.later(row.id, put_back_until, "again", None))
    again = await store.committer.run(claim)
    seen = await store.read(lambda snapshot: snapshot.now())

    assert due is not None
    assert due <= looked
    assert [one.id for one in again] == [row.id]
    assert store.now() == seen
    clock.forward(minutes=1)
    assert store.now() - seen == timedelta(minutes=1)
