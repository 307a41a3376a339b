"""What the rest of the store knows of a database: two implementations, SQLite and PostgreSQL."""

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Dialect

from bot.store.database.prepared import Prepared

Values = tuple[Any, ...]

AMONG = re.compile(r"\{([\w.]+) among (\w+)\}")
AMONG_NUMBERS = re.compile(r"\{([\w.]+) among numbers (\w+)\}")


class Link(Protocol):
    """One connection. Transactions are begun and ended by whoever holds it; errors are the driver's own."""

    def begin(self) -> None:
        """Begin a transaction; a writer's waits here for the other writers of a SQLite file."""
        ...

    def begin_at_once(self) -> bool:
        """Begin, if neither that nor any statement after it waits for a lock or a server; False: nothing has begun."""
        ...

    def commit(self) -> None:
        """Make it durable. Raises CommitUnknown when the connection broke in the middle of it."""
        ...

    def rollback(self) -> None:
        """Drop the transaction; opens a new connection next time when this one is broken."""
        ...

    def run(self, statement: Prepared, values: Values = ()) -> int:
        """Run one statement and return how many rows it changed."""
        ...

    def run_many(self, statement: Prepared, rows: Sequence[Values]) -> None:
        """Run one statement for every row."""
        ...

    def rows(self, statement: Prepared, values: Values = ()) -> list[Values]:
        """Return all rows a query finds."""
        ...

    def first(self, statement: Prepared, values: Values = ()) -> Values | None:
        """Return the first row a query finds."""
        ...

    def stream(self, statement: Prepared, values: Values = ()) -> Iterator[Values]:
        """Yield the rows of a query without holding all of them."""
        ...

    def close(self) -> None:
        """Close the connection."""
        ...


class Closing(Protocol):
    """Something that goes on until it is closed."""

    def close(self) -> None:
        """End it, and return when it has ended."""
        ...


class Database(Protocol):
    """Opens links, and knows where the two databases differ."""

    dialect: Dialect
    has_version: Prepared
    """Finds a row when there is a table of migrations."""
    is_shared: bool
    """Whether other replicas write too: then the database has the clock, the numbers and the bell."""

    def migrating(self) -> AbstractContextManager[Connection]:
        """Open a SQLAlchemy connection in a transaction that no other process migrates beside."""
        ...

    def open_writer(self) -> Link:
        """Open a connection that may write. Raises StoreUnusable."""
        ...

    def open_reader(self) -> Link:
        """Open a connection that cannot write, whose transactions see one moment of the database."""
        ...

    def is_in_place(self) -> bool:
        """Tell whether the database that we opened is still the one that others would open under its name."""
        ...

    def whereabouts(self) -> str:
        """Return what tells these books from all others, however their address is written."""
        ...

    def open_bell(self, hear: Callable[[str | None], None]) -> Closing | None:
        """Have *hear* called, in a thread, with what others tell; None where nobody else writes."""
        ...

    def spell(self, sql: str) -> str:
        """Return *sql* with what is in braces as this database says it.

        ``{lock}`` locks the rows found, ``{skip}`` those that nobody else has locked; ``{column among name}`` tests
        for one of the values that :meth:`listed` makes of a collection, ``{column among numbers name}`` for one of
        those of :meth:`numbers`.
        """
        ...

    def listed(self, values: Collection[str]) -> object:
        """Return *values* as one parameter."""
        ...

    def numbers(self, values: Collection[int]) -> object:
        """Return *values* as one parameter."""
        ...

    def moment(self, moment: datetime) -> object:
        """Return *moment* as this database stores it."""
        ...

    def read_moment(self, stored: Any) -> datetime:  # noqa: ANN401 - text or datetime, as the driver has it
        """Return a stored moment, aware UTC."""
        ...

    def is_fault(self, error: Exception) -> bool:
        """Tell whether *error* is the database's at all."""
        ...

    def is_passing(self, error: Exception) -> bool:
        """Tell whether the same thing may well work when tried again: a deadlock, a lost connection, a lost race."""
        ...

    def is_absent(self, error: Exception) -> bool:
        """Tell whether the database can't be had just now, whatever is asked of it."""
        ...
