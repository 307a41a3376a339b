"""Empty books without the wait: the migrations run once in a test process; from then on what they made is copied."""

import sqlite3
import threading
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Engine, event

from bot.store import migrating
from bot.store.database import Database, SqliteDatabase

Migrate = Callable[..., None]

_LOOKS = ("SELECT", "SHOW")


class ReadyMade:
    """Stands in for ``migrate`` where a database is empty; any other is migrated, as is whoever asks for less."""

    def __init__(self, migrate: Migrate, folder: Path) -> None:
        self.real = migrate
        self._file = folder / "ready-made.db"
        self._script: str | None = None
        self._one_at_a_time = threading.Lock()

    def __call__(self, database: Database, target: str = "head") -> None:
        """Bring *database* to where ``migrate`` would."""
        with self._one_at_a_time:
            is_copied = target == "head" and (
                self._copied_file(database) if isinstance(database, SqliteDatabase) else self._replayed(database)
            )
        if not is_copied:
            self.real(database, target)

    def _copied_file(self, database: SqliteDatabase) -> bool:
        if not self._file.exists():
            self.real(SqliteDatabase(self._file))
        with closing(sqlite3.connect(database.path)) as new, closing(sqlite3.connect(self._file)) as ready:
            is_empty = new.execute("SELECT count(*) FROM sqlite_master").fetchone() == (0,)
            if is_empty:
                ready.backup(new)
        return is_empty

    def _replayed(self, database: Database) -> bool:
        if self._script is not None:
            with database.migrating() as connection:
                is_empty = _is_empty(connection)
                if is_empty:
                    _driver(connection).execute(self._script.encode())
            return is_empty
        with database.migrating() as connection:
            if not _is_empty(connection):
                return False
        with _written_down() as statements:
            self.real(database)
        self._script = ";\n".join(statements)
        return True


def _is_empty(connection: Connection) -> bool:
    query = "SELECT 1 FROM pg_class WHERE relnamespace = current_schema()::regnamespace LIMIT 1"
    return connection.exec_driver_sql(query).first() is None


def _driver(connection: Connection) -> "psycopg.Connection[tuple[object, ...]]":
    return cast("psycopg.Connection[tuple[object, ...]]", connection.connection.driver_connection)


@contextmanager
def _written_down() -> Generator[list[str], None, None]:
    """Give every statement that changes something, as PostgreSQL gets it."""
    statements = list[str]()

    def write_down(connection: Connection, _cursor: object, statement: str, values: Any, *_: object) -> None:  # noqa: ANN401 - as the driver has it
        if not statement.lstrip().upper().startswith(_LOOKS):
            statements.append(psycopg.ClientCursor(_driver(connection)).mogrify(statement.encode(), values))

    event.listen(Engine, "before_cursor_execute", write_down)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", write_down)


@contextmanager
def ready_made_books(folder: Path) -> Generator[None, None, None]:
    """Have every store of this process opened like that. Other processes, and who names ``migrate`` itself, migrate."""
    real = migrating.migrate
    migrating.migrate = ReadyMade(real, folder)
    try:
        yield
    finally:
        migrating.migrate = real


@contextmanager
def real_migrations() -> Generator[None, None, None]:
    """Have the migrations themselves run."""
    standing_in = migrating.migrate
    if isinstance(standing_in, ReadyMade):
        migrating.migrate = standing_in.real
    try:
        yield
    finally:
        migrating.migrate = standing_in
