"""The store: opened once, holds the one writer, the readers, and everybody who wants to hear of commits."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from bot.store.committer import Committer, GroupRunner, Nearby
from bot.store.database import Closing, Database, database_at
from bot.store.news import draw_news, read_news
from bot.store.reading import Readers, Snapshot
from bot.store.schema import bring_up_to_date
from bot.store.transaction import Tools
from bot.store.values import Commit, StoreWiring

T = TypeVar("T")


class Store:
    """``open`` and then ``start`` on the event loop; ``close`` drains."""

    def __init__(self, database: Database, wiring: StoreWiring) -> None:
        self._tools = Tools(database, wiring)
        self._readers = Readers(database, self._tools.time)
        self._listeners: list[Callable[[Commit], None]] = []
        self._bell: Closing | None = None
        runner = GroupRunner(self._tools, self._announce)
        self.committer = Committer(runner, Nearby(runner, wiring.monotonic), self._heard)

    @staticmethod
    def open(url: str, *, wiring: StoreWiring) -> "Store":
        """Open the database at *url*, bringing its schema up to date first.

        Raises StoreUnusable with one line that says what to do, SchemaTooNew when a newer version wrote it.
        """
        database = database_at(url)
        bring_up_to_date(database)
        return Store(database, wiring)

    async def start(self) -> None:
        """Begin to write, and to hear of other replicas' commits."""
        self.committer.start()
        loop = asyncio.get_running_loop()

        def hear(text: str | None) -> None:
            commit = read_news(text, self._tools.wiring.replica)
            if commit is not None:
                loop.call_soon_threadsafe(self._heard, commit)

        self._bell = self._tools.database.open_bell(hear)

    async def close(self) -> None:
        """Take nothing more; return when all that was taken is committed and answered, and every connection closed."""
        await self.committer.close()
        if self._bell is not None:
            await asyncio.to_thread(self._bell.close)
            self._bell = None
        await self._readers.close()
        self._tools.link.close()

    async def read(self, query: Callable[[Snapshot], T]) -> T:
        """Return what *query* finds in one moment of the database; never waits for the writer."""
        return await self._readers.read(query)

    def is_in_place(self) -> bool:
        """Tell whether our database is still the one under its name; a SQLite file may be deleted or replaced."""
        return self._tools.database.is_in_place()

    def now(self) -> datetime:
        """Return the house's time, as far as this process has seen the log: by it, what is due in the books is due."""
        return self._tools.time.now()

    def on_commit(self, listener: Callable[[Commit], None]) -> None:
        """Call *listener*, on the event loop, after each durable commit, of other replicas too."""
        self._listeners.append(listener)

    def _announce(self, commit: Commit) -> None:
        if self._tools.database.is_shared:
            for text in draw_news(commit, self._tools.wiring.replica):
                self._tools.rows("notify", text)

    def _heard(self, commit: Commit) -> None:
        for listener in self._listeners:
            listener(commit)
