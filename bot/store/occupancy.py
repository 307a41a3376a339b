"""One process at a time works on a file: the kernel keeps the lock, and lets go of it when the process dies."""

import fcntl
import os
from pathlib import Path

from bot.store.database import SqliteDatabase, database_at
from bot.store.faults import StoreUnusable


class Occupied(Exception):
    """Another process that is alive has it."""


class Occupancy:
    """A lock on the file *path*, which is made when it is not there and stays afterwards: removing it would race.

    Raises Occupied, OSError.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._file)
            raise Occupied(str(path)) from None

    def leave(self) -> None:
        """Let somebody else have it; leaving twice does nothing."""
        if self._file >= 0:
            os.close(self._file)
        self._file = -1


def occupy(url: str) -> Occupancy | None:
    """Keep every other bot out of the SQLite file at *url*; whoever only reads is not hindered.

    None for PostgreSQL, which several of us share, and where there is no folder yet. Raises StoreUnusable.
    """
    database = database_at(url)
    if not isinstance(database, SqliteDatabase):
        return None
    # A link to a database is that database.
    path = database.path.resolve()
    try:
        return Occupancy(path.with_name(f"{path.name}.lock"))
    except Occupied:
        raise StoreUnusable(
            f"{database.path}: another bot is running on this database; stop it, or name another file in "
            "JIT_DATABASE_URL"
        ) from None
    except FileNotFoundError:
        return None  # whoever opens the database says what is missing
    except OSError as error:
        raise StoreUnusable(f"{error.filename or path}: {error.strerror}; the bot keeps its lock there") from None
