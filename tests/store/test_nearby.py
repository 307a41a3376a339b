"""Where use cases run on SQLite: on the loop while that is quick, and nobody else ever waits for long."""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

import pytest

from bot.core.evidence import Failure, TestEvidence
from bot.store import Commit, Store, Transaction, verify_audit
from bot.store.committer.nearby import AT_ONCE, BRIEF, LONGEST, SHY, SLOW
from bot.store.transaction.hurry import LARGEST
from tests.store.asks import at_once, submitting
from tests.store.conftest import Clock, WiringOf

LOOP, THREAD = "MainThread", "store-writer"


@pytest.fixture
async def store(tmp_path: Path, wiring: WiringOf) -> AsyncIterator[Store]:
    store = Store.open(f"sqlite:///{tmp_path}/jit.db", wiring=wiring("one"))
    await store.start()
    yield store
    await store.close()


def placed(where: list[str], also: Callable[[], object] = lambda: None) -> Callable[[Transaction, datetime], object]:
    """Submit a request, note where that ran, and do something *also* before it is written."""

    def use_case(tx: Transaction, now: datetime) -> object:
        where.append(threading.current_thread().name)
        also()
        return submitting()(tx, now)

    return use_case


async def seq(store: Store) -> int:
    assert (await store.read(verify_audit)).ok
    return (await store.read(lambda s: s.head())).seq


async def test_what_is_quick_runs_on_the_loop_and_is_committed_in_the_thread(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, committed = list[str](), list[str]()
    link = store._tools.link  # pyright: ignore[reportPrivateUsage] - to see where it commits
    commit = link.commit

    def note_and_commit() -> None:
        committed.append(threading.current_thread().name)
        commit()

    monkeypatch.setattr(link, "commit", note_and_commit)
    await store.committer.run(placed(where))

    assert (where, committed) == ([LOOP], [THREAD])


async def test_the_loop_waits_for_no_other_process_that_writes(store: Store, tmp_path: Path) -> None:
    where = list[str]()
    other = sqlite3.connect(tmp_path / "jit.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    writing = asyncio.create_task(store.committer.run(placed(where)))
    await asyncio.sleep(0.1)
    assert not writing.done()
    other.execute("COMMIT")
    other.close()
    await writing

    assert where == [THREAD]
    assert await seq(store) == 1


async def test_one_that_takes_long_is_dropped_and_run_in_the_thread_with_its_group(store: Store, clock: Clock) -> None:
    where = list[str]()

    def dawdle() -> None:
        clock.forward(seconds=2 * LONGEST)

    told = await at_once(store, placed(where), placed(where, dawdle))

    assert where == [LOOP, LOOP, THREAD, THREAD]
    assert [one for one in told if isinstance(one, BaseException)] == []
    assert await seq(store) == 2


async def test_no_use_case_can_keep_what_takes_long_to_itself(store: Store, clock: Clock) -> None:
    where = list[str]()

    def hide(tx: Transaction, now: datetime) -> None:
        where.append(threading.current_thread().name)
        clock.forward(seconds=2 * LONGEST)
        try:
            submitting()(tx, now)
        except Exception:  # noqa: BLE001 - what a use case must not do
            where.append("kept")

    await store.committer.run(hide)

    assert where == [LOOP, THREAD]


async def test_after_a_while_the_loop_goes_on_before_the_others_are_begun(store: Store, clock: Clock) -> None:
    where, commits = list[str](), list[Commit]()
    store.on_commit(commits.append)

    await at_once(store, placed(where, lambda: clock.forward(seconds=1.5 * BRIEF)), placed(where), placed(where))

    assert where == [LOOP] * 3
    assert [len(commit.requests) for commit in commits] == [1, 2]
    assert await seq(store) == 3


async def test_many_are_run_in_several_goes(store: Store) -> None:
    commits: list[Commit] = []
    store.on_commit(commits.append)

    await at_once(store, *[submitting() for _ in range(AT_ONCE + 3)])

    assert [len(commit.requests) for commit in commits] == [AT_ONCE, 3]


@pytest.mark.parametrize(("count", "place"), [(LARGEST, [LOOP]), (LARGEST + 1, [LOOP, THREAD])])
async def test_long_reports_are_drawn_in_the_thread(store: Store, count: int, place: list[str]) -> None:
    where = list[str]()
    failures = tuple(Failure(id=f"test_{number}") for number in range(count))
    tests = TestEvidence(total=count, failed=count, failures=failures)

    def submit_much(tx: Transaction, now: datetime) -> object:
        where.append(threading.current_thread().name)
        return submitting(tests=tests)(tx, now)

    await store.committer.run(submit_much)

    assert where == place
    assert await seq(store) == 1


async def test_after_something_was_slow_everything_is_left_to_the_thread_for_a_while(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = list[str]()
    link = store._tools.link  # pyright: ignore[reportPrivateUsage] - to be its slow disk
    begin = link.begin_at_once

    def begin_slowly() -> bool:
        clock.forward(seconds=1.1 * SLOW)
        return begin()

    with monkeypatch.context() as patch:
        patch.setattr(link, "begin_at_once", begin_slowly)
        await store.committer.run(lambda _tx, _now: None)
    await store.committer.run(placed(where))
    clock.forward(seconds=SHY)
    await store.committer.run(placed(where))

    assert where == [THREAD, LOOP]
