"""Requests: written whole, found again by everything they are searched for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.core.errors import Refusal, Refused
from bot.core.life.lifecycle import advance
from bot.core.request import RequestId, State
from bot.core.view import CardRef
from bot.store import Keyed, RequestFilter, Snapshot, Store, Transaction
from tests.factories import HOUR, ID, NOON, a_cancellation, a_ruling, a_subject, approval, some_tests
from tests.store.asks import a_line, a_stored_request, advancing, at_once, outcomes_of, submitting
from tests.store.conftest import Clock


async def test_what_was_recorded_is_read_back_the_same(store: Store) -> None:
    request = await a_stored_request(store, tests=some_tests(failed=9))

    assert await store.read(lambda s: s.request(request.id)) == request
    assert await store.read(lambda s: s.by_number(request.number)) == request


async def test_a_view_holds_every_failure_and_every_card(store: Store) -> None:
    request = await a_stored_request(store, tests=some_tests(failed=9))
    card = CardRef(channel="#approvals", channel_id="C0APPROVE", ts="1.2", permalink="https://x.test/1", revision=3)

    def post(tx: Transaction, now: datetime) -> None:
        tx.cards.put(request.id, replace(card, ts="1.1"))
        tx.cards.put(request.id, card)
        tx.note(a_line(now, "card.posted"), request)

    await store.committer.run(post)
    view = await store.read(lambda s: s.view(request.id))

    assert view is not None
    assert len(view.tests.failures) == 9
    assert len(view.request.tests.failures) == 5
    assert view.cards == (card,)
    assert await store.committer.run(lambda tx, _: tx.cards.of(request.id, "#approvals")) == card


async def test_nothing_is_found_where_nothing_is(store: Store) -> None:
    assert await store.read(lambda s: s.request(ID)) is None
    assert await store.read(lambda s: s.view(ID)) is None
    assert await store.read(lambda s: s.by_number(7)) is None
    with pytest.raises(Refused) as refused:
        await store.committer.run(lambda tx, _: tx.requests.lock(ID))
    assert refused.value.code is Refusal.NOT_FOUND


async def test_numbers_count_from_one_and_none_is_given_twice(store: Store) -> None:
    alone = await a_stored_request(store)
    together = outcomes_of(await at_once(store, *[submitting() for _ in range(5)]))
    after = await a_stored_request(store)

    numbers = [alone.number, *(outcome.request.number for outcome in together), after.number]
    assert numbers[0] == 1
    assert len(set(numbers)) == 7


async def test_a_key_is_found_in_the_same_group_and_after_it(store: Store) -> None:
    def look(tx: Transaction, _now: datetime) -> list[Keyed | None]:
        return [tx.requests.by_key("ci", "k1"), tx.requests.by_key("cd", "k1"), tx.requests.by_key("ci", "k2")]

    made, in_group = await at_once(store, submitting(key="k1"), look)
    later = await store.committer.run(look)

    (outcome,) = outcomes_of([made])
    assert later == [Keyed(key="k1", body_hash="hash of k1", request_id=outcome.request.id), None, None]
    assert in_group == later


async def test_a_use_case_sees_what_the_one_before_it_in_the_group_wrote(store: Store) -> None:
    request = await a_stored_request(store, ruling=a_ruling(channels=["#approvals"]))

    _, second = await at_once(store, advancing(request.id, approval()), advancing(request.id, a_cancellation()))

    assert isinstance(second, Refused)
    assert second.code is Refusal.NOT_OPEN


async def test_a_use_case_sees_what_it_recorded_itself(store: Store) -> None:
    def submit_and_cancel(tx: Transaction, now: datetime) -> State:
        made = submitting()(tx, now).request
        tx.record(advance(tx.requests.lock(made.id), a_cancellation(), now))
        return tx.requests.lock(made.id).state

    state = await store.committer.run(submit_and_cancel)

    page = await store.read(lambda s: s.requests(RequestFilter(), None, 10))
    assert state is State.CANCELLED
    assert [request.state for request in page.items] == [State.CANCELLED]


async def test_a_request_that_was_not_locked_cannot_be_recorded(store: Store, clock: Clock) -> None:
    request = await a_stored_request(store)

    with pytest.raises(RuntimeError, match="without being locked"):
        await store.committer.run(lambda tx, now: tx.record(advance(request, approval(), now)))

    assert await store.read(lambda s: s.request(request.id)) == request
    assert clock.now == NOON


async def test_due_are_the_open_requests_whose_deadline_is_reached_to_the_microsecond(
    store: Store, clock: Clock
) -> None:
    soon = await a_stored_request(store, ruling=a_ruling(timeout=HOUR))
    settled = await a_stored_request(store, ruling=a_ruling(timeout=HOUR))
    await store.committer.run(advancing(settled.id, approval()))
    await a_stored_request(store, ruling=a_ruling(timeout=2 * HOUR))

    clock.now = NOON + HOUR - timedelta(microseconds=1)
    assert await store.committer.run(lambda tx, _: tx.requests.due(10)) == ()
    clock.now = NOON + HOUR
    assert await store.committer.run(lambda tx, _: tx.requests.due(10)) == (soon.id,)


async def test_what_ended_in_the_group_is_no_longer_due(store: Store, clock: Clock) -> None:
    first, second = await a_stored_request(store), await a_stored_request(store)
    clock.now = NOON + HOUR - timedelta(seconds=1)

    def cancel_late(tx: Transaction, now: datetime) -> Sequence[RequestId]:
        tx.record(advance(tx.requests.lock(first.id), a_cancellation(), now))
        return tx.requests.due(10)

    assert await store.committer.run(cancel_late) == ()
    clock.now = NOON + HOUR
    assert await store.committer.run(lambda tx, _: tx.requests.due(10)) == (second.id,)


async def test_a_lane_holds_its_open_requests_those_of_the_group_too(store: Store) -> None:
    lane = a_subject(lane="payments/production")
    old = await a_stored_request(store, subject=lane)
    ended = await a_stored_request(store, subject=lane)
    await a_stored_request(store, subject=lane, source="other")
    await a_stored_request(store, subject=a_subject(lane="search/production"))

    def look(tx: Transaction, now: datetime) -> tuple[tuple[RequestId, ...], RequestId]:
        tx.record(advance(tx.requests.lock(ended.id), a_cancellation(), now))
        new = submitting(subject=lane)(tx, now).request.id
        return tx.requests.open_in_lane("ci", "payments/production"), new

    found, new = await store.committer.run(look)
    assert found == (old.id, new)


async def test_pages_go_from_new_to_old_without_a_gap(store: Store) -> None:
    made = [await a_stored_request(store) for _ in range(5)]

    def pages(snapshot: Snapshot) -> list[list[int]]:
        numbers: list[list[int]] = []
        cursor: str | None = None
        while True:
            page = snapshot.requests(RequestFilter(), cursor, 2)
            numbers.append([request.number for request in page.items])
            cursor = page.next_cursor
            if cursor is None:
                return numbers

    newest_first = sorted((request.number for request in made), reverse=True)
    assert await store.read(pages) == [newest_first[:2], newest_first[2:4], newest_first[4:]]


@pytest.mark.parametrize("cursor", ["", "x", "-1", "²", "9" * 40, "'; --"])
async def test_a_cursor_that_nobody_was_given_is_no_fault(store: Store, cursor: str) -> None:
    await a_stored_request(store)

    await store.read(lambda s: s.requests(RequestFilter(), cursor, 2))


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (RequestFilter(), [4, 3, 2, 1]),
        (RequestFilter(open_only=True), [4, 3, 1]),
        (RequestFilter(state=State.PENDING), [4, 3, 1]),
        (RequestFilter(state=State.CANCELLED), [2]),
        (RequestFilter(source="cd"), [4]),
        (RequestFilter(service="search"), [3]),
        (RequestFilter(environment="staging"), [3]),
        (RequestFilter(lane="payments/production"), [4, 2, 1]),
        (RequestFilter(source="ci", service="payments", state=State.PENDING), [1]),
        (RequestFilter(source="ci", open_only=True, state=State.CANCELLED), []),
    ],
)
async def test_lists_show_what_was_asked_for(store: Store, wanted: RequestFilter, expected: list[int]) -> None:
    first = await a_stored_request(store)
    second = await a_stored_request(store)
    third = await a_stored_request(store, subject=a_subject(lane=None, service="search", environment="staging"))
    fourth = await a_stored_request(store, source="cd")
    await store.committer.run(advancing(second.id, a_cancellation()))

    page = await store.read(lambda s: s.requests(wanted, None, 10))

    order = {request.number: n for n, request in enumerate((first, second, third, fourth), start=1)}
    assert [order[request.number] for request in page.items] == expected
