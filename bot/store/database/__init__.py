"""Connections and prepared statements for the two databases."""

from pathlib import Path

from bot.store.database.link import Closing, Database, Link, Values
from bot.store.database.prepared import Prepared, insertion, prepare
from bot.store.database.sqlite import SqliteDatabase
from bot.store.faults import StoreUnusable

__all__ = [
    "Closing",
    "Database",
    "Link",
    "Prepared",
    "SqliteDatabase",
    "Values",
    "database_at",
    "insertion",
    "prepare",
]


def database_at(url: str) -> Database:
    """Return the database that *url* names, without opening it. Raises StoreUnusable."""
    scheme, _, rest = url.partition("://")
    match scheme:
        case "sqlite":
            return SqliteDatabase(_file(rest))
        case "postgresql" | "postgres" | "postgresql+psycopg":
            # Half a second of imports that a house on SQLite does without.
            from bot.store.database.postgres import PostgresDatabase  # noqa: PLC0415 - only where it is needed

            return PostgresDatabase(f"postgresql://{rest}")
        case _:
            raise StoreUnusable("the database URL must begin with sqlite:/// or postgresql://")


def _file(rest: str) -> Path:
    """Read ``/relative.db`` or ``//absolute.db``, what stands after ``sqlite://``."""
    if not rest.startswith("/") or rest in {"/", "/:memory:"}:
        raise StoreUnusable("a SQLite database needs a file: sqlite:///jit.db, or sqlite:////var/lib/jit/jit.db")
    return Path(rest[1:])
