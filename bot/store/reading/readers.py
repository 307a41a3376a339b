"""A few threads with read-only connections: reads wait for each other at most, never for the writer."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import TypeVar

from bot.store.database import Database, Link
from bot.store.faults import StoreClosed, StoreUnreachable, StoreUnusable
from bot.store.housetime import HouseTime
from bot.store.reading.queries import Queries
from bot.store.reading.snapshot import Snapshot

T = TypeVar("T")

THREADS = 4


class Readers:
    """Connections are opened when they are first needed, and reused; a faulty one is not."""

    def __init__(self, database: Database, time: HouseTime) -> None:
        self._database = database
        self._time = time
        self._queries = Queries(database)
        self._idle: SimpleQueue[Link] = SimpleQueue()
        self._threads: ThreadPoolExecutor | None = ThreadPoolExecutor(THREADS, thread_name_prefix="store-reader")

    async def read(self, query: Callable[[Snapshot], T]) -> T:
        """Run *query* on one moment of the database and return what it returns.

        Raises StoreClosed, StoreUnreachable, and what *query* raised.
        """
        if self._threads is None:
            raise StoreClosed("the store is closed")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self.read_now, query)
        except Exception as error:
            if isinstance(error, StoreUnusable) or self._database.is_absent(error):
                raise StoreUnreachable("the database does not answer") from error
            raise

    def read_now(self, query: Callable[[Snapshot], T]) -> T:
        """Do the same in the calling thread."""
        try:
            link = self._idle.get_nowait()
        except Empty:
            link = self._database.open_reader()
        try:
            link.begin()
            result = query(Snapshot(link, self._queries, self._database, self._time))
            link.rollback()
        except Exception as error:
            # A query may well say no (there is no such request); only what the database says spoils a connection.
            if self._database.is_fault(error):
                link.close()
            else:
                link.rollback()
                self._idle.put(link)
            raise
        self._idle.put(link)
        return result

    async def close(self) -> None:
        """Finish what is being read, and close every connection."""
        threads, self._threads = self._threads, None
        if threads is not None:
            await asyncio.get_running_loop().run_in_executor(None, threads.shutdown)
        with suppress(Empty):
            while True:
                self._idle.get_nowait().close()
