"""Looking into the books from the command line, beside a bot that may be running."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from bot import __version__
from bot.app import new_id, utc_now
from bot.settings import Settings, SettingsInvalid
from bot.store import Snapshot, Store, StoreWiring

T = TypeVar("T")


def wiring() -> StoreWiring:
    """Return what a store is given when a command opens it."""
    return StoreWiring(clock=utc_now, new_id=new_id, replica="cli", version=__version__)


def look(settings: Settings, query: Callable[[Snapshot], T]) -> T:
    """Return what *query* finds. Raises SettingsInvalid when there is no database yet, StoreUnusable."""
    require_database(settings)
    return asyncio.run(_look(settings, query))


def require_database(settings: Settings) -> None:
    """Refuse a SQLite file that is not there: a look must not make an empty one. Raises SettingsInvalid."""
    path = urlsplit(settings.database_url).path.removeprefix("/")
    if settings.database_url.startswith("sqlite") and path and not Path(path).exists():
        raise SettingsInvalid(f"{path}: there is no such database; set JIT_DATABASE_URL, or `jit db upgrade` makes one")


async def _look(settings: Settings, query: Callable[[Snapshot], T]) -> T:
    store = Store.open(settings.database_url, wiring=wiring())
    await store.start()
    try:
        return await store.read(query)
    finally:
        await store.close()
