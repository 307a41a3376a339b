"""What breaks under the store: a connection cut at any moment, a disk that is full. Nobody is told a wrong "done"."""

import asyncio
import random
import socket
import sqlite3
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.core.life.outcome import Outcome
from bot.core.request import ApprovalRequest, RequestId
from bot.store import CommitUnknown, Store, StoreUnreachable, StoreUnusable, Transaction, verify_audit
from bot.store.database.postgres import PostgresDatabase, PostgresLink
from bot.store.database.sqlite import SqliteLink
from tests.factories import some_tests
from tests.store.asks import a_stored_request, at_once, submitting
from tests.store.conftest import OpenStore
from tests.store.owner import owner_of

postgres = pytest.mark.parametrize("url", [pytest.param("postgresql", marks=pytest.mark.postgres)], indirect=True)
sqlite = pytest.mark.parametrize("url", ["sqlite"], indirect=True)

EVERYBODY = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND query NOT LIKE 'CREATE SCHEMA%'
"""
"""All but the fixture that made this test's schema, and will drop it; each is waited for."""


def link_of(store: Store) -> PostgresLink:
    link = store._tools.link  # pyright: ignore[reportPrivateUsage] - to cut it
    assert isinstance(link, PostgresLink)
    return link


def pid_of(store: Store) -> int:
    return link_of(store)._connection.info.backend_pid  # pyright: ignore[reportPrivateUsage] - to cut it


def cut(url: str, pid: int) -> None:
    """End a session, and return when it has ended."""
    with owner_of(url) as run:
        run("SELECT pg_terminate_backend(?, 5000)", pid)


async def whole(store: Store, count: int) -> None:
    """Fail unless the log is whole and holds *count* requests."""
    verdict = await store.read(verify_audit)
    assert (verdict.ok, verdict.entries) == (True, count), verdict


@postgres
async def test_cut_while_a_use_case_runs_it_is_run_again_and_written_once(store: Store, url: str) -> None:
    pid, runs = pid_of(store), list[datetime]()

    def submit(tx: Transaction, now: datetime) -> RequestId:
        made = submitting()(tx, now).request.id
        if not runs:
            cut(url, pid)
        runs.append(now)
        return made

    made = await store.committer.run(submit)

    assert len(runs) == 2
    assert await store.read(lambda s: s.request(made)) is not None
    await whole(store, 1)


@postgres
async def test_cut_before_the_commit_nobody_is_told_done_and_nothing_is_written(
    store: Store, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = link_of(store)
    commit = link.commit

    def cut_and_commit() -> None:
        cut(url, pid_of(store))
        commit()

    with monkeypatch.context() as patch:
        patch.setattr(link, "commit", cut_and_commit)
        told = await at_once(store, submitting(), submitting())

    assert [type(one) for one in told] == [CommitUnknown, CommitUnknown]
    assert told[0] is not told[1], "each caller raises its own"
    await a_stored_request(store)
    await whole(store, 1)


@contextmanager
def slow_commits(url: str) -> Generator[None]:
    """Have every COMMIT that made a request take a while inside the server, so that there is a middle of it."""
    with owner_of(url) as run:
        run(
            "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END $$"
        )
        run(
            "CREATE CONSTRAINT TRIGGER dawdle AFTER INSERT ON requests DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION dawdle()"
        )
        yield
        run("DROP TRIGGER dawdle ON requests")


def until_committing(url: str, pid: int) -> None:
    with owner_of(url) as run:
        while run("SELECT query FROM pg_stat_activity WHERE pid = ?", pid) != [("COMMIT",)]:
            time.sleep(0.01)


@postgres
async def test_cut_in_the_middle_of_the_commit_by_the_server_it_is_unknown(store: Store, url: str) -> None:
    with slow_commits(url):
        pid = pid_of(store)
        asking = asyncio.create_task(store.committer.run(submitting()))
        await asyncio.to_thread(until_committing, url, pid)
        await asyncio.to_thread(cut, url, pid)
        with pytest.raises(CommitUnknown):
            await asking

    await a_stored_request(store)
    await whole(store, 1)


@postgres
async def test_a_commit_that_happened_though_its_answer_was_lost_is_unknown_and_written_once(
    store: Store, url: str
) -> None:
    with slow_commits(url):
        pid, wire = pid_of(store), link_of(store)._connection.fileno()  # pyright: ignore[reportPrivateUsage] - to cut it
        asking = asyncio.create_task(store.committer.run(submitting()))
        await asyncio.to_thread(until_committing, url, pid)
        # From our side, as a network does it: the server hears nothing and goes on.
        with socket.fromfd(wire, socket.AF_INET, socket.SOCK_STREAM) as ours:
            ours.shutdown(socket.SHUT_RDWR)
        with pytest.raises(CommitUnknown):
            await asking

    await a_stored_request(store)  # waits for the first one's lock on the head
    await whole(store, 2)


@postgres
async def test_after_the_server_was_away_everybody_goes_on_at_once(store: Store, url: str) -> None:
    request = await a_stored_request(store)
    await asyncio.gather(*[store.read(lambda s: s.head()) for _ in range(8)])

    with owner_of(url) as run:
        run(EVERYBODY)

    found = await asyncio.gather(*[store.read(lambda s: s.request(request.id)) for _ in range(8)])
    await a_stored_request(store)
    assert found == [request] * 8


@postgres
async def test_while_there_is_no_server_everybody_is_told_after_one_try(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, tries = link_of(store), list[str]()

    def refuse(*_: object, **__: object) -> None:
        tries.append("refused")
        raise StoreUnusable("cannot connect to PostgreSQL: Connection refused")

    def hang_up(_tx: Transaction, _now: datetime) -> None:
        link.close()
        raise ConnectionResetError

    with suppress(ConnectionResetError):
        await store.committer.run(hang_up)
    with monkeypatch.context() as patch:
        patch.setattr(PostgresDatabase, "connect", refuse)
        told = await asyncio.gather(*[store.committer.run(submitting()) for _ in range(40)], return_exceptions=True)

    assert {type(one) for one in told} == {StoreUnreachable}
    assert len(set(map(id, told))) == 40, "each caller raises its own"
    assert len(tries) <= 3  # one for each group that they came in
    await a_stored_request(store)
    await whole(store, 1)


@postgres
async def test_cut_again_and_again_every_answer_is_true(open_store: OpenStore, url: str) -> None:
    store, other, over = await open_store("one"), await open_store("two"), threading.Event()
    attempted, done, unknown, failed = set[RequestId](), set[RequestId](), list[Exception](), list[Exception]()

    def cut_now_and_then() -> None:
        chance = random.Random()  # noqa: S311 - any moment will do
        with owner_of(url) as run:
            while not over.is_set():
                with suppress(psycopg.OperationalError):  # it is being opened anew just now
                    run("SELECT pg_terminate_backend(?)", pid_of(store))
                time.sleep(chance.uniform(0.002, 0.03))

    def submit(tx: Transaction, now: datetime) -> Outcome:
        outcome = submitting()(tx, now)
        attempted.add(outcome.request.id)
        return outcome

    async def keep_asking() -> None:
        for _ in range(12):
            try:
                done.add((await store.committer.run(submit)).request.id)
            except CommitUnknown as error:
                unknown.append(error)
            except StoreUnreachable as error:  # cut at every try
                failed.append(error)

    cutting = asyncio.create_task(asyncio.to_thread(cut_now_and_then))
    try:
        await asyncio.gather(*[keep_asking() for _ in range(5)])
    finally:
        over.set()
        await cutting

    last = await a_stored_request(store)
    stored = {row.request for row in await other.read(lambda s: tuple(s.audit()))} - {last.id}
    assert done <= stored <= attempted
    assert len(done) + len(unknown) + len(failed) == 60
    assert len(stored) <= len(done) + len(unknown)
    assert (await other.read(verify_audit)).ok


@contextmanager
def room_for(store: Store, pages: int) -> Generator[None]:
    """Have the disk full after so many more pages."""
    link = store._tools.link  # pyright: ignore[reportPrivateUsage] - to fill its disk
    assert isinstance(link, SqliteLink)
    file: sqlite3.Connection = link._connection  # pyright: ignore[reportPrivateUsage] - as above
    ((now,),) = file.execute("PRAGMA page_count").fetchall()
    ((most,),) = file.execute("PRAGMA max_page_count").fetchall()
    file.execute(f"PRAGMA max_page_count = {now + pages}")
    yield
    file.execute(f"PRAGMA max_page_count = {most}")


@sqlite
async def test_a_full_disk_fails_only_what_does_not_fit_and_it_goes_on_when_there_is_room(store: Store) -> None:
    await a_stored_request(store)
    large = submitting(tests=some_tests(failed=3000))

    with room_for(store, pages=12):
        small, failed, small_too = await at_once(store, submitting(), large, submitting())
        assert isinstance(small, Outcome)
        assert isinstance(small_too, Outcome)
        assert isinstance(failed, StoreUnreachable)
        assert "SQLITE_FULL" in str(failed)
        found = await store.read(lambda s: s.request(small.request.id))
        assert isinstance(found, ApprovalRequest)
        await whole(store, 3)
    later = await store.committer.run(large)

    view = await store.read(lambda s: s.view(later.request.id))
    assert view is not None
    assert len(view.tests.failures) == 3000
    await whole(store, 4)


class FailingDisk:
    """A cursor whose COMMIT fails as it does when the disk gives an error."""

    def __init__(self, cursor: sqlite3.Cursor, name: str) -> None:
        self._cursor = cursor
        self._name = name

    def __getattr__(self, name: str) -> object:
        return getattr(self._cursor, name)

    def execute(self, sql: str, values: tuple[Any, ...] = ()) -> sqlite3.Cursor:
        if sql == "COMMIT":
            error = sqlite3.OperationalError("disk I/O error")
            error.sqlite_errorname = self._name
            raise error
        return self._cursor.execute(sql, values)


@sqlite
@pytest.mark.parametrize(("name", "said"), [("SQLITE_IOERR_FSYNC", CommitUnknown), ("SQLITE_FULL", StoreUnreachable)])
async def test_a_disk_that_fails_during_the_commit_leaves_it_unknown_and_a_full_one_does_not(
    store: Store, monkeypatch: pytest.MonkeyPatch, name: str, said: type[Exception]
) -> None:
    link = store._tools.link  # pyright: ignore[reportPrivateUsage] - to break its disk
    assert isinstance(link, SqliteLink)

    with monkeypatch.context() as patch:
        patch.setattr(link, "_cursor", FailingDisk(link._cursor, name))  # pyright: ignore[reportPrivateUsage] - as above
        with pytest.raises(said, match=name):
            await store.committer.run(submitting())

    await a_stored_request(store)
    await whole(store, 1)


@sqlite
async def test_a_file_that_cannot_be_read_is_trouble_of_the_house_and_no_defect(store: Store, tmp_path: Path) -> None:
    (tmp_path / "jit.db").unlink()

    with pytest.raises(StoreUnreachable):
        await store.read(lambda snapshot: snapshot.head())
