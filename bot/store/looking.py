"""A look from outside: one read-only connection, for commands beside a running bot or on a copy nobody may write."""

from collections.abc import Callable
from typing import TypeVar

from bot.store.database import database_at
from bot.store.faults import StoreUnusable
from bot.store.reading import Queries, Snapshot
from bot.store.schema import require_current

T = TypeVar("T")


def look_into(url: str, query: Callable[[Snapshot], T]) -> T:
    """Return what *query* finds in the database at *url*, which stays as it is, its schema too.

    Raises StoreUnusable, SchemaTooNew.
    """
    database = database_at(url)
    try:
        link = database.open_reader()
        try:
            require_current(database, link)
            link.begin()
            return query(Snapshot(link, Queries(database), database))
        finally:
            link.rollback()
            link.close()
    except Exception as error:
        if database.is_fault(error):
            raise StoreUnusable(f"the database cannot be read: {error}") from None
        raise
