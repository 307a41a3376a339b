"""A look from outside: one read-only connection, for commands beside a running bot or on a copy nobody may write."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TypeVar

from bot.store.database import Database, Link, database_at
from bot.store.faults import StoreUnusable
from bot.store.housetime import HouseTime
from bot.store.reading import Queries, Signs, Snapshot
from bot.store.schema import SchemaStatus, read_status, require_current
from bot.store.values import StoreWiring

T = TypeVar("T")


def look_into(url: str, query: Callable[[Snapshot], T]) -> T:
    """Return what *query* finds in the database at *url*, which stays as it is, its schema too.

    Raises StoreUnusable, SchemaTooNew.
    """
    with _looking(url) as (database, link):
        require_current(database, link)
        link.begin()
        return query(Snapshot(link, Queries(database), database))


def examine(url: str, query: Callable[[Signs], T], wiring: StoreWiring) -> T:
    """Return what *query* finds of the house's health in the same way, with *wiring*'s clock to go by."""
    with _looking(url) as (database, link):
        require_current(database, link)
        link.begin()
        return query(Signs(link, Queries(database), database, HouseTime(wiring, is_shared=database.is_shared)))


def schema_seen(url: str) -> SchemaStatus:
    """Return where the database at *url* is, newer or not; nothing is written. Raises StoreUnusable."""
    with _looking(url) as (database, link):
        return read_status(database, link)


def whereabouts(url: str) -> str:
    """Return what tells the books at *url* from all others, however *url* is written. Raises StoreUnusable."""
    database = database_at(url)
    try:
        return database.whereabouts()
    except Exception as error:
        if database.is_fault(error):
            raise StoreUnusable(f"the database cannot be read: {error}") from None
        raise


@contextmanager
def _looking(url: str) -> Generator[tuple[Database, Link]]:
    database = database_at(url)
    try:
        link = database.open_reader()
        try:
            yield database, link
        finally:
            link.rollback()
            link.close()
    except Exception as error:
        if database.is_fault(error):
            raise StoreUnusable(f"the database cannot be read: {error}") from None
        raise
