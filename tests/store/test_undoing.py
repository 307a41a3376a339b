"""What is held until its window has passed, on both databases: released once, whoever looks, and not changed before."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from bot.core.errors import Refusal, Refused
from bot.core.events import Reviewed
from bot.core.request import ApprovalRequest, State
from bot.core.stamp import Stamp
from bot.store import Store, verify_audit
from bot.usecases.desk import Desk
from bot.usecases.ring import Sweeper
from bot.usecases.undo import Undo, undo
from tests.factories import BO, CHEN, NOON, a_freeze, a_ruling, a_subject, an_actor, an_undoing, approval, rejection
from tests.store.asks import a_stored_request, advancing
from tests.store.conftest import Clock, OpenStore
from tests.store.owner import drop_guards, owner_of
from tests.store.sharing import ask

WINDOW = timedelta(minutes=2)
MICROSECOND = timedelta(microseconds=1)
HELD = a_ruling(undo_within=WINDOW)


async def settled(store: Store) -> ApprovalRequest:
    request = await a_stored_request(store, ruling=HELD)
    return (await store.committer.run(advancing(request.id, approval(BO)))).request


async def events_of(store: Store, request: ApprovalRequest) -> list[str]:
    return [row.event for row in await store.read(lambda snapshot: snapshot.events(request.id))]


async def callbacks(store: Store) -> int:
    rows = await store.committer.run(lambda tx, _: tx.outbox.claim("callback:", (), (), 100, WINDOW))
    return len(rows)


async def as_it_is(store: Store, request: ApprovalRequest) -> ApprovalRequest:
    found = await store.read(lambda snapshot: snapshot.request(request.id))
    assert found is not None
    return found


async def test_it_is_released_once_at_its_moment_and_nothing_leaves_before(store: Store, clock: Clock) -> None:
    request = await settled(store)
    sweeper = Sweeper(Desk(store))

    clock.now = NOON + WINDOW - MICROSECOND
    await sweeper.sweep()
    assert (await as_it_is(store, request)).state is State.PENDING
    assert await callbacks(store) == 0

    clock.now = NOON + WINDOW
    await sweeper.sweep()
    await sweeper.sweep()

    assert await events_of(store, request) == ["request.submitted", "request.reviewed", "request.decided"]
    assert (await as_it_is(store, request)).state is State.APPROVED
    assert await callbacks(store) == 1
    assert (await store.read(verify_audit)).ok


async def test_two_replicas_that_sweep_at_once_release_it_once(open_store: OpenStore, clock: Clock) -> None:
    one, two = await open_store("one"), await open_store("two")
    requests = [await settled(one) for _ in range(5)]
    clock.now = NOON + WINDOW

    await asyncio.gather(*[Sweeper(Desk(store)).sweep() for store in (one, two, one, two)])

    for request in requests:
        assert (await events_of(two, request)).count("request.decided") == 1
    assert (await one.read(verify_audit)).ok


async def test_whoever_slept_past_it_and_the_deadline_releases_it_all_the_same(
    open_store: OpenStore, clock: Clock
) -> None:
    store = await open_store()
    request = await settled(store)
    await store.close()
    clock.now = NOON + timedelta(days=1)

    woken = await open_store()
    await Sweeper(Desk(woken)).sweep()

    assert (await as_it_is(woken, request)).state is State.APPROVED


async def test_what_was_taken_back_is_not_released_and_ends_as_silence_does(store: Store, clock: Clock) -> None:
    request = await settled(store)
    wish = Undo(request_id=request.id, by=an_actor(BO), replay_key=Stamp("undo"))
    with pytest.raises(Refused) as stranger:
        await store.committer.run(
            lambda tx, now: undo(tx, replace(wish, by=an_actor(CHEN), replay_key=Stamp("another")), now)
        )
    await store.committer.run(lambda tx, now: undo(tx, wish, now))
    with pytest.raises(Refused) as again:
        await store.committer.run(lambda tx, now: undo(tx, wish, now))

    for at in (WINDOW, timedelta(hours=1)):
        clock.now = NOON + at
        await Sweeper(Desk(store)).sweep()

    assert (stranger.value.code, again.value.code) == (Refusal.NOT_ELIGIBLE, Refusal.REPLAYED)
    assert await events_of(store, request) == [
        "request.submitted",
        "request.reviewed",
        "request.refused",
        "request.review_withdrawn",
        "request.expired",
    ]
    assert (await store.read(verify_audit)).ok


async def test_a_freeze_that_holds_when_it_would_be_released_keeps_it_back(store: Store, clock: Clock) -> None:
    request = await settled(store)
    clock.now = NOON + WINDOW

    await Sweeper(Desk(store), lambda _request, _now: (a_freeze(),)).sweep()

    assert (await as_it_is(store, request)).state is State.EXPIRED
    assert (await store.read(verify_audit)).ok


def released_sooner(document: dict[str, Any]) -> None:
    document["settled"]["release_at"] = NOON.isoformat()


def not_settled(document: dict[str, Any]) -> None:
    document["settled"] = None


@pytest.mark.parametrize("change", [released_sooner, not_settled])
async def test_a_release_that_was_moved_in_the_table_is_found(
    store: Store, url: str, change: Callable[[dict[str, Any]], None]
) -> None:
    await settled(store)

    why = await said_after(store, url, change)

    assert "the table says that it is released at" in why


def never_withdrawn(document: dict[str, Any]) -> None:
    document["reviews"][0]["withdrawn"] = None


def withdrawn_by_another(document: dict[str, Any]) -> None:
    document["reviews"][0]["withdrawn"]["by"]["person"]["key"] = "the-ciso"


@pytest.mark.parametrize("change", [never_withdrawn, withdrawn_by_another])
async def test_a_withdrawal_that_was_changed_in_the_table_is_found(
    store: Store, url: str, change: Callable[[dict[str, Any]], None]
) -> None:
    request = await settled(store)
    await store.committer.run(advancing(request.id, an_undoing(BO)))

    why = await said_after(store, url, change)

    assert "which answers were taken back, and by whom, is not what the log says" in why


async def said_after(store: Store, url: str, change: Callable[[dict[str, Any]], None]) -> str:
    """Return what verify says when the document of the only request was changed behind the house's back."""
    assert (await store.read(verify_audit)).ok
    drop_guards(url)
    with owner_of(url) as run:
        text: Any = run("SELECT document FROM requests WHERE number = 1")[0][0]
        document = orjson.loads(text) if isinstance(text, str) else text
        change(document)
        run("UPDATE requests SET document = ? WHERE number = 1", orjson.dumps(document).decode())
    return (await store.read(verify_audit)).why or ""


async def test_at_the_moment_of_a_release_a_newer_ask_of_the_lane_is_taken_and_the_older_is_released(
    store: Store, clock: Clock
) -> None:
    taking_over = replace(HELD, supersede_lane=True)
    older = await ask(store, taking_over)
    await store.committer.run(advancing(older.id, approval(BO)))
    clock.now = NOON + WINDOW - MICROSECOND
    overtaken = await ask(store, taking_over, subject=a_subject(commit="1" * 40))
    assert (await as_it_is(store, older)).state is State.SUPERSEDED
    await store.committer.run(advancing(overtaken.id, approval(BO)))

    clock.now += WINDOW
    newer = await ask(store, taking_over, subject=a_subject(commit="2" * 40))

    assert newer.state is State.PENDING
    assert (await as_it_is(store, overtaken)).state is State.PENDING
    await Sweeper(Desk(store)).sweep()
    assert (await as_it_is(store, overtaken)).state is State.APPROVED
    assert (await as_it_is(store, newer)).state is State.PENDING
    assert (await store.read(verify_audit)).ok


@pytest.mark.parametrize("answer", [approval(BO), rejection(BO)], ids=["yes", "no"])
async def test_a_house_that_was_down_over_window_and_deadline_loses_no_answer_that_was_in_time(
    store: Store, clock: Clock, answer: Reviewed
) -> None:
    request = await a_stored_request(store, ruling=HELD)
    await store.committer.run(advancing(request.id, answer))

    clock.now = NOON + timedelta(days=1)
    await Sweeper(Desk(store)).sweep()

    after = await as_it_is(store, request)
    assert after.decision is not None
    assert (after.decision.verdict, after.decision.at) == (answer.verdict, clock.now)
    assert after.reviews[0].at == NOON
    assert (await store.read(verify_audit)).ok
