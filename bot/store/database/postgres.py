"""PostgreSQL: several replicas on one database, psycopg 3, time from the server."""

import select
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any, LiteralString, cast

import psycopg
from psycopg.adapt import Loader
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Dialect, NullPool, create_engine
from sqlalchemy.dialects.postgresql import psycopg as dialect_of_psycopg

from bot.store.database.bell import Bell
from bot.store.database.link import AMONG, AMONG_NUMBERS, Values
from bot.store.database.prepared import Prepared
from bot.store.faults import CommitUnknown, StoreUnusable

LOCK_TIMEOUT = "15s"
"""How long to wait for a row another replica holds; one group takes milliseconds, so this only ends for a stuck one."""

_WHEREABOUTS = """\
SELECT extract(epoch FROM pg_postmaster_start_time()), current_database(),
    coalesce(to_regclass('alembic_version')::oid::text, current_schema())
"""
_AT_ONCE = 500
_MIGRATING = 0x6A6974  # "jit"; any number that nobody else locks


class _RawJson(Loader):
    """Hands JSON over as it is stored; our codec reads it."""

    def load(self, data: Any) -> bytes:  # noqa: ANN401 - bytes, bytearray or memoryview, as libpq has it
        return bytes(data)


class PostgresLink:
    """One connection, opened anew when it broke."""

    def __init__(self, database: "PostgresDatabase", options: str) -> None:
        self._database = database
        self._options = options
        self._connection = self._connect()

    def begin(self) -> None:
        """Connect again when that is needed; the first statement begins the transaction."""
        if self._connection.closed or _has_news(self._connection):
            self._connection.close()
            self._connection = self._connect()

    def begin_at_once(self) -> bool:
        """Never: every statement is a trip to the server."""
        return False

    def commit(self) -> None:
        """Commit. A connection that breaks here leaves the end unknown, which is said and never guessed."""
        try:
            self._connection.commit()
        except psycopg.OperationalError as error:
            if self._connection.closed or self._connection.broken:
                raise CommitUnknown("the database connection broke during a commit") from error
            raise

    def rollback(self) -> None:
        """Roll back; a broken connection has nothing left to roll back."""
        if not self._connection.closed and self._connection.info.transaction_status != TransactionStatus.IDLE:
            try:
                self._connection.rollback()
            except psycopg.OperationalError:
                self._connection.close()

    def run(self, statement: Prepared, values: Values = ()) -> int:
        """Run one statement."""
        return self._connection.execute(_trusted(statement), values).rowcount

    def run_many(self, statement: Prepared, rows: Sequence[Values]) -> None:
        """Run one statement for every row, in one trip to the server."""
        with self._connection.cursor() as cursor:
            cursor.executemany(_trusted(statement), rows)

    def rows(self, statement: Prepared, values: Values = ()) -> list[Values]:
        """Return all rows."""
        return self._connection.execute(_trusted(statement), values).fetchall()

    def first(self, statement: Prepared, values: Values = ()) -> Values | None:
        """Return the first row."""
        return self._connection.execute(_trusted(statement), values).fetchone()

    def stream(self, statement: Prepared, values: Values = ()) -> Iterator[Values]:
        """Yield the rows through a server-side cursor."""
        with self._connection.cursor("stream") as cursor:
            cursor.itersize = _AT_ONCE
            cursor.execute(_trusted(statement), values)
            yield from cursor

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _connect(self) -> psycopg.Connection[Values]:
        connection = self._database.connect(self._options)
        connection.adapters.register_loader("json", _RawJson)
        return connection


class PostgresDatabase:
    """The database at *url* (``postgresql://…``)."""

    has_version = Prepared("SELECT 1 WHERE to_regclass('alembic_version') IS NOT NULL", ())
    is_shared = True

    def __init__(self, url: str) -> None:
        self._url = url
        try:
            self._own_options = str(conninfo_to_dict(url).get("options") or "")
        except psycopg.ProgrammingError:
            raise StoreUnusable("the PostgreSQL URL cannot be read: postgresql://user@host:5432/name") from None
        self.dialect: Dialect = dialect_of_psycopg.dialect(paramstyle="format")

    def connect(self, options: str = "", *, autocommit: bool = False) -> psycopg.Connection[Values]:
        """Open one connection with these settings of the server's."""
        options = f"{self._own_options} {options}".strip()
        try:
            return psycopg.connect(self._url, options=options, autocommit=autocommit, connect_timeout=10)
        except psycopg.Error as error:
            reason = "; ".join(line.strip() for line in str(error).splitlines() if line.strip())
            raise StoreUnusable(f"cannot connect to PostgreSQL: {reason}") from None

    @contextmanager
    def migrating(self) -> Generator[Connection, None, None]:
        """Hold an advisory lock until the migration is committed."""
        engine = create_engine("postgresql+psycopg://", creator=self.connect, poolclass=NullPool)
        with engine.begin() as connection:
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATING})")
            yield connection

    def open_writer(self) -> PostgresLink:
        """Open a connection that writes; READ COMMITTED, because every row that matters is locked before it is read."""
        return PostgresLink(self, f"-c lock_timeout={LOCK_TIMEOUT} -c synchronous_commit=on -c timezone=UTC")

    def open_reader(self) -> PostgresLink:
        """Open a connection whose transactions see one moment, and cannot write."""
        return PostgresLink(
            self,
            r"-c default_transaction_isolation=repeatable\ read"
            " -c default_transaction_read_only=on -c timezone=UTC",
        )

    def is_in_place(self) -> bool:
        """Say yes: the server would have told."""
        return True

    def whereabouts(self) -> str:
        """Return which server, which database there, and which tables in it, or where there will be some."""
        with self.connect() as connection:
            found = connection.execute(_WHEREABOUTS).fetchone()
        return " ".join(map(str, found or ()))

    def open_bell(self, hear: Callable[[str | None], None]) -> Bell:
        """Listen on a connection of its own."""
        return Bell(partial(self.connect, autocommit=True), hear)

    def spell(self, sql: str) -> str:
        """Lock against writers only (NO KEY), not against rows elsewhere that refer to this one; test with an array."""
        sql = sql.replace("{lock}", "FOR NO KEY UPDATE").replace("{skip}", "FOR NO KEY UPDATE SKIP LOCKED")
        sql = AMONG_NUMBERS.sub(r"\1 = ANY(CAST(:\2 AS bigint[]))", sql)
        return AMONG.sub(r"\1 = ANY(CAST(:\2 AS text[]))", sql)

    def listed(self, values: Collection[str]) -> list[str]:
        """Return the array."""
        return list(values)

    def numbers(self, values: Collection[int]) -> list[int]:
        """Return the array."""
        return list(values)

    def moment(self, moment: datetime) -> datetime:
        """Return it as it is: psycopg keeps the zone."""
        return moment

    def read_moment(self, stored: Any) -> datetime:  # noqa: ANN401 - as the driver has it
        """Return the moment in UTC."""
        return cast("datetime", stored).astimezone(UTC)

    def is_fault(self, error: Exception) -> bool:
        """Tell PostgreSQL's errors from everybody else's."""
        return isinstance(error, psycopg.Error)

    def is_passing(self, error: Exception) -> bool:
        """Or another replica was first: the second of two with one key finds it taken only when it writes."""
        return self.is_absent(error) or isinstance(error, psycopg.errors.UniqueViolation)

    def is_absent(self, error: Exception) -> bool:
        """Deadlock, serialisation, a lock not given in time, a lost connection."""
        return isinstance(error, psycopg.OperationalError)


def _has_news(connection: psycopg.Connection[Values]) -> bool:
    """Tell whether the server said something unasked: nearly always that it went away while nobody needed it."""
    wire = select.poll()
    wire.register(connection.fileno(), select.POLLIN)
    return bool(wire.poll(0))


def _trusted(statement: Prepared) -> LiteralString:
    """Statements are made of tables and fixed text, never of anybody's input; psycopg wants that said."""
    return cast("LiteralString", statement.sql)
