"""SQLite: one file, one writer at a time, readers that never wait."""

import os
import sqlite3
import stat
import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
import structlog
from sqlalchemy import Connection, Dialect, NullPool, create_engine, event
from sqlalchemy.dialects import sqlite as dialect_of_sqlite

from bot.core.moments import draw_moment, read_moment
from bot.store.database.link import AMONG, AMONG_NUMBERS, Values
from bot.store.database.prepared import Prepared
from bot.store.faults import CommitUnknown, StoreUnusable

BUSY = 15.0
"""Seconds to wait for another process that is writing (the command line beside the server)."""

_SHORT = 0.02  # seconds between two tries, where SQLite itself does not wait

_log = structlog.get_logger("store")


class SqliteLink:
    """One connection to the file."""

    def __init__(self, connection: sqlite3.Connection, begin: str) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._begin = begin
        self._patience = BUSY

    def begin(self) -> None:
        """Begin; a writer's BEGIN IMMEDIATE takes the file's write lock at once, so that nothing fails halfway."""
        self._wait_for(BUSY)
        self._cursor.execute(self._begin)

    def begin_at_once(self) -> bool:
        """Begin, unless another process is writing."""
        self._wait_for(0)
        try:
            self._cursor.execute(self._begin)
        except sqlite3.OperationalError as error:
            if _is_busy(error):
                return False
            raise
        return True

    def commit(self) -> None:
        """Commit; with synchronous=FULL it is on the disk when this returns.

        When the disk fails in the middle, what was written of it may still be found after a crash.
        """
        try:
            self._cursor.execute("COMMIT")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname.startswith("SQLITE_IOERR"):
                raise CommitUnknown(f"the disk failed during a commit: {error.sqlite_errorname}") from error
            raise

    def rollback(self) -> None:
        """Roll back what is open; some errors have done so already."""
        if self._connection.in_transaction:
            self._cursor.execute("ROLLBACK")

    def _wait_for(self, seconds: float) -> None:
        if self._patience != seconds:
            self._cursor.execute(f"PRAGMA busy_timeout = {int(seconds * 1000)}")
            self._patience = seconds

    def run(self, statement: Prepared, values: Values = ()) -> int:
        """Run one statement."""
        return self._cursor.execute(statement.sql, values).rowcount

    def run_many(self, statement: Prepared, rows: Sequence[Values]) -> None:
        """Run one statement for every row."""
        self._cursor.executemany(statement.sql, rows)

    def rows(self, statement: Prepared, values: Values = ()) -> list[Values]:
        """Return all rows."""
        return self._cursor.execute(statement.sql, values).fetchall()

    def first(self, statement: Prepared, values: Values = ()) -> Values | None:
        """Return the first row; the rest of the query is dropped, an unfinished one would hold its snapshot."""
        found = self._cursor.execute(statement.sql, values).fetchmany(1)
        return found[0] if found else None

    def stream(self, statement: Prepared, values: Values = ()) -> Iterator[Values]:
        """Yield the rows as SQLite finds them."""
        cursor = self._connection.execute(statement.sql, values)
        try:
            yield from cursor
        finally:
            cursor.close()

    def close(self) -> None:
        """Close the connection; the last one to close folds the write-ahead log into the file."""
        self._connection.close()


class SqliteDatabase:
    """The file at *path*."""

    has_version = Prepared("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'", ())
    is_shared = False

    def __init__(self, path: Path) -> None:
        self.path = path
        self._identity: tuple[int, int] | None = None
        self.dialect: Dialect = dialect_of_sqlite.dialect(paramstyle="qmark")

    @contextmanager
    def migrating(self) -> Generator[Connection, None, None]:
        """Hold the file's write lock from the first look at the schema to the last change of it."""
        _make_ours(self.path)
        engine = create_engine(
            "sqlite://", creator=lambda: self._connect(self.path.absolute().as_uri()), poolclass=NullPool
        )
        event.listen(engine, "begin", _begin_exclusive)
        with engine.begin() as connection:
            yield connection

    def open_writer(self) -> SqliteLink:
        """Open the file, making it when there is none."""
        if not self.path.parent.is_dir():
            raise StoreUnusable(f"{self.path}: there is no folder {self.path.parent}; make it, or name another file")
        _make_ours(self.path)
        if self._identity is None:
            _warn_of_readers(self.path)
        try:
            connection = self._connect(self.path.absolute().as_uri())
            try:
                # FULL: after COMMIT the bytes are on the disk. NORMAL may lose the last commits when the power fails.
                _write_ahead(connection)
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA foreign_keys = ON")
            except sqlite3.Error:
                connection.close()
                raise
        except sqlite3.Error as error:
            raise StoreUnusable(f"{self.path}: cannot be used as the database: {error}") from None
        self._identity = self._identity or self._identity_now()
        return SqliteLink(connection, "BEGIN IMMEDIATE")

    def open_reader(self) -> SqliteLink:
        """Open the file for reading only."""
        connection = self._connect(self.path.absolute().as_uri() + f"?mode=ro{self._immutable()}")
        connection.execute("PRAGMA query_only = ON")
        return SqliteLink(connection, "BEGIN")

    def is_in_place(self) -> bool:
        """Compare the file under our name with the one that we opened first."""
        return self._identity is None or self._identity == self._identity_now()

    def whereabouts(self) -> str:
        """Return which file it is, or where there will be one."""
        found = self._identity_now()
        return str(self.path.resolve()) if found is None else f"{found[0]}:{found[1]}"

    def _identity_now(self) -> tuple[int, int] | None:
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino

    def _immutable(self) -> str:
        """Say that nobody writes, where nobody can; else a reader makes the files that it shares with a writer."""
        beside = (self.path.with_name(f"{self.path.name}{ending}") for ending in ("-wal", "-shm"))
        is_closed = not any(path.exists() for path in beside)
        return (
            "&immutable=1"
            if is_closed and not os.access(self.path.absolute().parent, os.W_OK, effective_ids=True)
            else ""
        )

    def open_bell(self, hear: Callable[[str | None], None]) -> None:
        """Nobody else writes, but for a command now and then; the relay looks every few seconds anyway."""

    def spell(self, sql: str) -> str:
        """Lock nothing, for there is one writer; test with a JSON list, which serves any number of values."""
        sql = sql.replace("{lock}", "").replace("{skip}", "")
        sql = AMONG_NUMBERS.sub(r"\1 IN (SELECT value FROM json_each(:\2))", sql)
        return AMONG.sub(r"\1 IN (SELECT value FROM json_each(:\2))", sql)

    def listed(self, values: Collection[str]) -> str:
        """Return the JSON list."""
        return orjson.dumps(list(values)).decode()

    def numbers(self, values: Collection[int]) -> str:
        """Return the JSON list."""
        return orjson.dumps(list(values)).decode()

    def moment(self, moment: datetime) -> str:
        """Return text that sorts as time does."""
        return draw_moment(moment)

    def read_moment(self, stored: Any) -> datetime:  # noqa: ANN401 - as the driver has it
        """Read the text back."""
        return read_moment(stored)

    def is_fault(self, error: Exception) -> bool:
        """Tell SQLite's errors from everybody else's."""
        return isinstance(error, sqlite3.Error)

    def is_passing(self, error: Exception) -> bool:
        """Another process held the lock for too long."""
        return _is_busy(error)

    def is_absent(self, error: Exception) -> bool:
        """Busy; or the disk is full or broken, and nothing can be written until somebody sees to it."""
        name = getattr(error, "sqlite_errorname", "")
        return _is_busy(error) or name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY", "SQLITE_CANTOPEN"))

    def _connect(self, uri: str) -> sqlite3.Connection:
        # One link is used by one thread at a time, but not always by the same.
        return sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY, check_same_thread=False)


def _make_ours(path: Path) -> None:
    """Make an empty file that only we may read, where there is none; SQLite gives what lies beside it the same mode."""
    with suppress(OSError):  # SQLite opens it next, and says what is wrong in its own words
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))


def _warn_of_readers(path: Path) -> None:
    """Complain of a file that all users of this machine may read; it may have been shared so on purpose."""
    with suppress(OSError):
        if path.stat().st_mode & stat.S_IROTH:
            _log.warning("store.readable_by_others", file=path.name, mend=f"chmod 600 {path}")


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the file to write-ahead logging, once in its life, as soon as nobody else holds it.

    Where another process is about to write, SQLite does not wait for this as it does for everything else.
    """
    for tries_left in reversed(range(int(BUSY / _SHORT))):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not (tries_left and _is_busy(error)):
                raise
            time.sleep(_SHORT)
        else:
            return


def _is_busy(error: Exception) -> bool:
    return isinstance(error, sqlite3.OperationalError) and error.sqlite_errorname.startswith("SQLITE_BUSY")


def _begin_exclusive(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN EXCLUSIVE")
