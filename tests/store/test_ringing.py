"""What the clock brings, on both databases: each step once, whoever looks, however late, whatever stands beside it."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from bot.core.life.lifecycle import advance
from bot.core.request import ApprovalRequest, RequestId, State
from bot.core.ruling import OnTimeout
from bot.core.view import CardRef
from bot.store import RequestFilter, Store, Transaction, verify_audit
from bot.usecases.desk import Desk
from bot.usecases.ring import PATIENCE, Sweeper
from bot.usecases.submit import digest_of
from tests.factories import (
    BO,
    DIA,
    NOON,
    a_break_glass,
    a_calendar,
    a_glass_review,
    a_posted_card,
    a_revision,
    a_ruling,
    a_stage,
    a_step,
    an_emergency,
    approval,
)
from tests.store.asks import a_stored_request, advancing
from tests.store.conftest import Clock, OpenStore
from tests.store.failing import WRITTEN, failing_for
from tests.store.owner import owner_of

MINUTE = timedelta(minutes=1)
RULING = a_ruling(
    stages=[
        a_stage("qa", 1, [BO], mention=(BO,), remind_after=10 * MINUTE, escalate=(a_step(15), a_step(30, to=[DIA])))
    ]
)


async def events_of(store: Store, request: RequestId) -> Counter[str]:
    return Counter(row.event for row in await store.read(lambda snapshot: snapshot.events(request)))


async def request_of(store: Store, request: RequestId) -> ApprovalRequest:
    found = await store.read(lambda snapshot: snapshot.request(request))
    assert found is not None
    return found


async def test_each_step_is_taken_once_at_its_moment_and_not_before(store: Store, clock: Clock) -> None:
    request = await a_stored_request(store, ruling=RULING)
    sweeper = Sweeper(Desk(store))
    seen: list[tuple[int, int, int]] = []
    for minute in (9, 10, 14, 15, 29, 30, 59):
        clock.now = NOON + minute * MINUTE
        await sweeper.sweep()
        await sweeper.sweep()
        now = await request_of(store, request.id)
        seen.append((minute, now.reminders, now.steps))

    assert seen == [(9, 0, 0), (10, 1, 0), (14, 1, 0), (15, 1, 1), (29, 1, 1), (30, 2, 2), (59, 2, 2)]
    clock.now = NOON + 60 * MINUTE
    await sweeper.sweep()
    assert (await request_of(store, request.id)).state is State.EXPIRED


async def test_whoever_slept_through_it_takes_every_step_and_one_reminder(open_store: OpenStore, clock: Clock) -> None:
    store = await open_store()
    request = await a_stored_request(store, ruling=RULING)
    await store.close()
    clock.now = NOON + 31 * MINUTE

    woken = await open_store()
    await Sweeper(Desk(woken)).sweep()

    rows = await woken.read(lambda snapshot: snapshot.events(request.id))
    assert [row.event for row in rows] == [
        "request.submitted",
        "request.reminded",
        "request.escalated",
        "request.escalated",
    ]
    assert rows[1].entry["detail"]["reminder"] == 2


@pytest.mark.parametrize(
    ("shown", "is_revised", "state"),
    [
        (None, False, State.EXPIRED),
        (0, False, State.EXPIRED),
        (1, False, State.APPROVED),
        (1, True, State.EXPIRED),
        (2, True, State.APPROVED),
    ],
)
async def test_silence_is_a_yes_only_where_a_card_of_this_revision_was_posted(
    store: Store,
    clock: Clock,
    shown: int | None,
    is_revised: bool,  # noqa: FBT001 - a row of the table
    state: State,
) -> None:
    quiet = a_ruling(on_timeout=OnTimeout.APPROVE, channels=["#elsewhere", "#approvals"])
    request = await a_stored_request(store, ruling=quiet)

    def post(tx: Transaction, now: datetime) -> None:
        card = CardRef(channel="#approvals", channel_id="C0APPROVE", ts="1.1", revision=shown or 0)
        tx.cards.put(request.id, card)
        tx.note(a_posted_card(shown, now=now), tx.requests.lock(request.id))

    def revise(tx: Transaction, now: datetime) -> None:
        revision = a_revision(ruling=quiet)
        revision = replace(revision, digest=digest_of(revision.subject, revision.tests))
        tx.record(advance(tx.requests.lock(request.id), revision, now), evidence=revision.tests)

    if is_revised:
        await store.committer.run(revise)
    if shown is not None:
        await store.committer.run(post)
    clock.now = NOON + 60 * MINUTE
    await Sweeper(Desk(store)).sweep()

    assert (await request_of(store, request.id)).state is state
    verdict = await store.read(verify_audit)
    assert verdict.ok, verdict.why


async def test_whoever_slept_past_the_deadline_ends_it_at_once(open_store: OpenStore, clock: Clock) -> None:
    store = await open_store()
    request = await a_stored_request(store, ruling=RULING)
    await store.close()
    clock.now = NOON + 61 * MINUTE

    woken = await open_store()
    await Sweeper(Desk(woken)).sweep()

    assert (await request_of(woken, request.id)).state is State.EXPIRED
    assert set(await events_of(woken, request.id)) == {"request.submitted", "request.expired"}


@pytest.mark.postgres
async def test_two_replicas_take_each_step_once(open_store: OpenStore, clock: Clock) -> None:
    one, two = await open_store("one"), await open_store("two")
    requests = [await a_stored_request(one, ruling=RULING) for _ in range(30)]
    clock.now = NOON + 16 * MINUTE

    for sweeper in (Sweeper(Desk(one)), Sweeper(Desk(two))):
        await sweeper.sweep()

    for request in requests:
        counted = await events_of(two, request.id)
        assert (counted["request.reminded"], counted["request.escalated"]) == (1, 1)


async def test_an_answer_in_time_ends_the_waiting(store: Store, clock: Clock) -> None:
    request = await a_stored_request(store, ruling=RULING)
    clock.now = NOON + 9 * MINUTE
    await store.committer.run(advancing(request.id, approval(BO)), (request.id,))
    clock.now = NOON + 90 * MINUTE

    await Sweeper(Desk(store)).sweep()

    assert set(await events_of(store, request.id)) == {"request.submitted", "request.reviewed", "request.decided"}
    assert await store.read(lambda snapshot: snapshot.next_wake()) is None


async def test_a_request_that_cannot_be_read_keeps_no_other_from_ending(store: Store, clock: Clock, url: str) -> None:
    broken, sound = await a_stored_request(store), await a_stored_request(store)
    with owner_of(url) as run:
        (text,) = run("SELECT document FROM requests WHERE id = ?", broken.id)[0]
        damaged = str(text).replace('"pending"', '"perhaps"') if isinstance(text, str) else '{"state": "perhaps"}'
        run("UPDATE requests SET document = ? WHERE id = ?", damaged, broken.id)
    clock.now = NOON + 61 * MINUTE
    sweeper = Sweeper(Desk(store))

    with capture_logs() as log:
        await sweeper.sweep()
        await sweeper.sweep()

    assert (await request_of(store, sound.id)).state is State.EXPIRED
    assert [line["event"] for line in log] == ["timers.request_stuck"]
    clock.now += PATIENCE
    with capture_logs() as log:
        await sweeper.sweep()
    assert [line["event"] for line in log] == ["timers.request_stuck"]


@pytest.mark.parametrize("place", ["bot.usecases.ring.advance", WRITTEN])
async def test_whatever_one_request_raises_when_stepped_or_written_keeps_no_other_from_ending(
    store: Store, clock: Clock, place: str
) -> None:
    broken, sound = await a_stored_request(store), await a_stored_request(store)
    clock.now = NOON + 61 * MINUTE
    sweeper = Sweeper(Desk(store))
    with failing_for(broken.id, place), capture_logs() as log:
        await sweeper.sweep()
        await sweeper.sweep()

    assert (await request_of(store, sound.id)).state is State.EXPIRED
    assert (await request_of(store, broken.id)).state is State.PENDING
    stuck = [(line["event"], line["request"], line["error"]) for line in log]
    assert stuck == [("timers.request_stuck", broken.id, "OverflowError")]
    clock.now += PATIENCE
    await sweeper.sweep()
    assert (await request_of(store, broken.id)).state is State.EXPIRED


async def test_what_business_hours_put_off_is_taken_once_in_the_morning(open_store: OpenStore, clock: Clock) -> None:
    evening = NOON.replace(hour=17, minute=55)
    morning = NOON.replace(day=NOON.day + 1, hour=9, minute=0)
    clock.now = evening
    store = await open_store()
    request = await a_stored_request(store, ruling=replace(RULING, calendar=a_calendar()))
    await Sweeper(Desk(store)).sweep()
    clock.now = morning + 4 * MINUTE
    await Sweeper(Desk(store)).sweep()
    at_night = await request_of(store, request.id)
    await store.close()

    clock.now = morning + 10 * MINUTE
    woken = await open_store()
    for _ in range(3):
        await Sweeper(Desk(woken)).sweep()
    in_the_morning = await request_of(woken, request.id)

    assert (at_night.reminders, at_night.steps) == (0, 0)
    assert (in_the_morning.reminders, in_the_morning.steps) == (1, 1)
    assert in_the_morning.deadline == morning + 55 * MINUTE
    assert in_the_morning.ruling.calendar == a_calendar(), "a calendar is stored as it was frozen"
    verdict = await woken.read(verify_audit)
    assert verdict.ok, verdict.why


async def test_a_review_that_is_owed_is_asked_for_once_a_day_and_no_list_of_open_requests_holds_it(
    store: Store, clock: Clock
) -> None:
    ruling = a_ruling(break_glass=a_break_glass([DIA], 24 * 60 * MINUTE))
    request = await a_stored_request(store, ruling=ruling)
    await store.committer.run(advancing(request.id, an_emergency(by=DIA)))
    sweeper = Sweeper(Desk(store))

    for hour in (23, 24, 25, 47, 48, 49):
        clock.now = NOON + hour * 60 * MINUTE
        await sweeper.sweep()
        await sweeper.sweep()

    assert (await events_of(store, request.id))["request.glass_chased"] == 2
    owed = await request_of(store, request.id)
    assert (owed.state, owed.chases) == (State.APPROVED, 2)
    listed = await store.read(lambda snapshot: snapshot.requests(RequestFilter(open_only=True), None, 10))
    assert listed.items == ()
    await store.committer.run(advancing(request.id, a_glass_review(by=BO)))
    assert await store.read(lambda snapshot: snapshot.next_wake()) is None
    assert (await store.read(verify_audit)).ok
