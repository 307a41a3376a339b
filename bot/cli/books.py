"""Looking into the books from the command line, beside a bot that may be running."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from bot.settings import Settings, SettingsInvalid
from bot.store import Snapshot, look_into

T = TypeVar("T")


def look(settings: Settings, query: Callable[[Snapshot], T]) -> T:
    """Return what *query* finds. Raises SettingsInvalid when there is no database yet, StoreUnusable."""
    require_database(settings)
    return look_into(settings.database_url, query)


def require_database(settings: Settings) -> None:
    """Refuse a SQLite file that is not there: a look must not make an empty one. Raises SettingsInvalid."""
    path = urlsplit(settings.database_url).path.removeprefix("/")
    if settings.database_url.startswith("sqlite") and path and not Path(path).exists():
        raise SettingsInvalid(f"{path}: there is no such database; set JIT_DATABASE_URL to the bot's")
