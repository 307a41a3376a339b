"""The committer: together and durable, and nobody suffers for a neighbour."""

import asyncio
import threading
from datetime import datetime, timedelta

import pytest

from bot.core.effects import Whisper
from bot.core.errors import Refusal, Refused
from bot.core.request import RequestId
from bot.core.stamp import Stamp
from bot.store import (
    Commit,
    CommitUnknown,
    RequestFilter,
    Snapshot,
    Store,
    StoreClosed,
    StoreUnreachable,
    StoreUnusable,
    Transaction,
    verify_audit,
)
from bot.store.transaction import Tools
from tests.factories import ID, NOON, a_cancellation, approval
from tests.store.asks import a_line, a_stored_request, advancing, at_once, submitting
from tests.store.conftest import Clock, OpenStore


def fail(tx: Transaction, now: datetime) -> None:
    """Write something, and then break."""
    submitting()(tx, now)
    tx.refuse(a_line(now, "request.refused"), None)
    raise ZeroDivisionError


async def events(store: Store) -> list[str]:
    return await store.read(lambda s: [row.event for row in s.audit()])


async def test_many_use_cases_share_one_commit(store: Store) -> None:
    commits: list[Commit] = []
    store.on_commit(commits.append)

    outcomes = await at_once(store, *[submitting() for _ in range(20)])

    mine = [commit for commit in commits if commit.requests]
    assert len(mine) == 1
    assert len(mine[0].requests) == len(outcomes) == 20
    assert mine[0].outbox
    assert (await store.read(lambda s: s.head())).seq == 20


async def test_one_that_breaks_leaves_nothing_and_its_neighbours_alone(store: Store) -> None:
    before, broken, after = await at_once(store, submitting(), fail, submitting())

    assert isinstance(broken, ZeroDivisionError)
    assert not isinstance(before, Exception)
    assert not isinstance(after, Exception)
    assert await events(store) == ["request.submitted", "request.submitted"]
    assert (await store.read(verify_audit)).ok


async def test_one_that_the_database_refuses_fails_alone(store: Store) -> None:
    first = await a_stored_request(store, key="k")

    def twice_the_same_number(tx: Transaction, now: datetime) -> object:
        number = first.number
        tx.requests.next_number = lambda: number  # pyright: ignore[reportAttributeAccessIssue] - a fault, on purpose
        return submitting()(tx, now)

    before, broken, after = await at_once(store, submitting(), twice_the_same_number, submitting())

    assert "unique" in str(broken).lower()
    assert not isinstance(before, Exception)
    assert not isinstance(after, Exception)
    page = await store.read(lambda s: s.requests(RequestFilter(), None, 10))
    assert len(page.items) == 3
    assert (await store.read(verify_audit)).ok


async def test_what_has_no_json_form_fails_alone(store: Store) -> None:
    def note_nonsense(tx: Transaction, now: datetime) -> None:
        line = a_line(now)
        tx.note(type(line)(event="x", at=now, by=line.by, state=None, detail={"n": object()}), None)

    before, broken, after = await at_once(store, submitting(), note_nonsense, submitting())

    assert isinstance(broken, Exception)
    assert not isinstance(before, Exception)
    assert not isinstance(after, Exception)


async def test_of_a_refusal_only_its_line_its_whisper_and_its_replay_key_stay(store: Store) -> None:
    whisper = Whisper(channel="C0APPROVE", slack_id="U0BO00000", text="No.")

    def refuse(tx: Transaction, now: datetime) -> None:
        tx.replays.remember(Stamp("message-1"))
        submitting()(tx, now)
        tx.note(a_line(now, "card.posted"), None)
        tx.refuse(a_line(now, "request.refused"), None)
        tx.enqueue(whisper)
        raise Refused(Refusal.FORBIDDEN, "No.")

    with pytest.raises(Refused, match="No"):
        await store.committer.run(refuse)
    with pytest.raises(Refused) as again:
        await store.committer.run(lambda tx, _: tx.replays.remember(Stamp("message-1")))

    assert again.value.code is Refusal.REPLAYED
    assert await events(store) == ["request.refused"]
    claimed = await store.committer.run(lambda tx, _: tx.outbox.claim("slack:", (), (), 10, timedelta(minutes=1)))
    assert [row.effect for row in claimed] == [whisper]
    assert await store.read(lambda s: s.outbox_depth()) == 1


async def test_now_is_one_for_the_group_and_never_before_the_last_entry(store: Store, clock: Clock) -> None:
    await store.committer.run(submitting())
    clock.now = NOON - timedelta(hours=5)

    one, other = await at_once(store, lambda tx, now: (tx.now, now), lambda tx, now: (tx.now, now))
    await store.committer.run(submitting())

    assert one == other == (NOON, NOON)
    assert (await store.read(verify_audit)).ok


async def test_a_line_with_another_time_than_its_transaction_is_a_fault(store: Store) -> None:
    with pytest.raises(RuntimeError, match="time of its transaction"):
        await store.committer.run(lambda tx, now: tx.note(a_line(now + timedelta(seconds=1)), None))


async def test_a_use_case_that_writes_nothing_makes_no_commit(store: Store) -> None:
    commits: list[Commit] = []
    request = await a_stored_request(store)
    await asyncio.sleep(0)
    store.on_commit(commits.append)

    await store.committer.run(lambda tx, _: tx.requests.lock(request.id), (request.id,))

    assert [commit for commit in commits if commit.requests] == []


async def test_listeners_hear_of_notes_and_refusals_about_a_request_too(store: Store) -> None:
    request = await a_stored_request(store)
    commits: list[Commit] = []
    store.on_commit(commits.append)

    await store.committer.run(lambda tx, now: tx.note(a_line(now), tx.requests.lock(request.id)))

    assert frozenset({request.id}) in [commit.requests for commit in commits]


class SlowCommit:
    """Holds every commit of a store until it is let go."""

    def __init__(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        tools: Tools = store._tools  # pyright: ignore[reportPrivateUsage] - to be its slow disk
        commit = tools.link.commit
        self.begun, self.gate = threading.Event(), threading.Event()

        def commit_slowly() -> None:
            self.begun.set()
            assert self.gate.wait(timeout=30)
            commit()

        monkeypatch.setattr(tools.link, "commit", commit_slowly)

    async def wait_for_it(self) -> None:
        assert await asyncio.to_thread(self.begun.wait, 30)


async def test_reads_do_not_wait_for_an_open_write_transaction(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    request = await a_stored_request(store)
    disk = SlowCommit(store, monkeypatch)

    writing = asyncio.create_task(store.committer.run(advancing(request.id, a_cancellation())))
    await disk.wait_for_it()
    seen = await store.read(lambda s: s.request(request.id))
    disk.gate.set()
    await writing

    assert seen == request
    assert await store.read(lambda s: s.request(request.id)) != request


async def test_a_snapshot_is_one_moment_whatever_is_committed_meanwhile(store: Store) -> None:
    request = await a_stored_request(store)
    looked, gate = threading.Event(), threading.Event()

    def look_twice(snapshot: Snapshot) -> list[object]:
        first = snapshot.request(request.id)
        looked.set()
        assert gate.wait(timeout=30)
        return [first, snapshot.request(request.id)]

    reading = asyncio.create_task(store.read(look_twice))
    await asyncio.to_thread(looked.wait, 30)
    await store.committer.run(advancing(request.id, approval()))
    gate.set()

    assert await reading == [request, request]


async def test_what_comes_while_the_disk_is_busy_shares_the_next_commit(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits: list[Commit] = []
    store.on_commit(commits.append)
    disk = SlowCommit(store, monkeypatch)

    first = asyncio.create_task(store.committer.run(submitting()))
    await disk.wait_for_it()
    others = list[asyncio.Task[object]]()
    for _ in range(3):
        others.append(asyncio.create_task(store.committer.run(submitting())))
        await asyncio.sleep(0)
    disk.gate.set()
    await asyncio.gather(first, *others)

    assert [len(commit.requests) for commit in commits if commit.requests] == [1, 3]


async def test_a_caller_that_goes_away_takes_nothing_back(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = SlowCommit(store, monkeypatch)

    caller = asyncio.create_task(store.committer.run(submitting()))
    await disk.wait_for_it()
    caller.cancel()
    disk.gate.set()
    await asyncio.gather(caller, return_exceptions=True)
    await store.committer.run(submitting())

    assert await events(store) == ["request.submitted", "request.submitted"]


async def test_close_answers_everything_that_was_taken(open_store: OpenStore) -> None:
    store, other = await open_store("one"), await open_store("two")
    waiting = [asyncio.create_task(store.committer.run(submitting())) for _ in range(30)]
    await asyncio.sleep(0)

    await store.close()

    assert all(task.done() and task.exception() is None for task in waiting)
    assert (await other.read(lambda s: s.head())).seq == 30


async def test_a_store_that_is_closed_or_not_started_takes_nothing(store: Store) -> None:
    await store.close()

    with pytest.raises(StoreClosed):
        await store.committer.run(submitting())
    with pytest.raises(StoreClosed):
        await store.read(lambda s: s.head())


async def test_a_commit_whose_end_is_unknown_is_told_and_never_tried_again(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools: Tools = store._tools  # pyright: ignore[reportPrivateUsage] - to break the connection at the worst moment
    commit, ran = tools.link.commit, list[RequestId]()

    def commit_and_break() -> None:
        commit()
        raise CommitUnknown("the database connection broke during a commit")

    def submit(tx: Transaction, now: datetime) -> None:
        ran.append(submitting()(tx, now).request.id)

    with monkeypatch.context() as patch:
        patch.setattr(tools.link, "commit", commit_and_break)
        told = await at_once(store, submit, submit)

    assert [type(one) for one in told] == [CommitUnknown, CommitUnknown]
    assert len(ran) == 2
    assert (await store.read(lambda s: s.head())).seq == 2


async def test_a_commit_that_failed_is_tried_one_by_one(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    tools: Tools = store._tools  # pyright: ignore[reportPrivateUsage] - to fail a commit
    commit, failures = tools.link.commit, [OSError("no space left on device")]

    def fail_once() -> None:
        if failures:
            raise failures.pop()
        commit()

    monkeypatch.setattr(tools.link, "commit", fail_once)
    told = await at_once(store, submitting(), submitting())

    assert [one for one in told if isinstance(one, Exception)] == []
    assert (await store.read(lambda s: s.head())).seq == 2
    assert (await store.read(verify_audit)).ok


async def test_a_request_that_is_not_there_is_no_reason_to_fail_the_group(store: Store) -> None:
    good, bad = await at_once(store, submitting(), advancing(ID, approval()))

    assert not isinstance(good, Exception)
    assert isinstance(bad, Refused)


async def test_a_database_that_is_gone_is_told_to_everybody_at_once_and_nothing_is_written(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    tools: Tools = store._tools  # pyright: ignore[reportPrivateUsage] - to lose the connection
    begun = list[None]()

    def gone() -> None:
        begun.append(None)
        raise StoreUnusable("cannot connect to PostgreSQL: connection refused")

    with monkeypatch.context() as patch:
        patch.setattr(tools.link, "begin_at_once", lambda: False)
        patch.setattr(tools.link, "begin", gone)
        told = await at_once(store, submitting(), submitting(), submitting())

    assert [type(one) for one in told] == [StoreUnreachable] * 3
    assert len(begun) == 1
    assert (await store.read(lambda s: s.head())).seq == 0


async def test_a_commit_tells_which_requests_ended_in_it(store: Store) -> None:
    commits: list[Commit] = []
    store.on_commit(commits.append)
    request = (await store.committer.run(submitting())).request

    await at_once(store, advancing(request.id, approval()), advancing(request.id, approval()))

    assert [ended.id for commit in commits for ended in commit.ended] == [request.id]
