"""The front desk: where handlers bring a use case and wait until its commit is durable."""

import asyncio
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TypeVar

from bot.core.request import ApprovalRequest, RequestId
from bot.store import Commit, Snapshot, Store, Transaction

T = TypeVar("T")


class Watch:
    """Tells that a request was touched by a commit since the last look."""

    def __init__(self) -> None:
        self._touched = asyncio.Event()

    def touch(self) -> None:
        """Wake whoever waits in :meth:`changed`."""
        self._touched.set()

    async def changed(self, seconds: float) -> bool:
        """Return True as soon as the request was touched, False after *seconds*."""
        try:
            async with asyncio.timeout(seconds):
                await self._touched.wait()
        except TimeoutError:
            return False
        self._touched.clear()
        return True


class Desk:
    """Runs use cases and reads; knows nothing of what they do. Handlers hold this, never the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._watches: dict[RequestId, set[Watch]] = {}
        self._ask_listeners: list[Callable[[ApprovalRequest], None]] = []
        self._end_listeners: list[Callable[[ApprovalRequest], None]] = []
        store.on_commit(self._woken)

    async def run(self, use_case: Callable[[Transaction, datetime], T], locks: Sequence[RequestId] = ()) -> T:
        """Run *use_case* in one transaction and return what it returned, after the commit is durable.

        Raises Refused when the use case said no; then nothing changed but the refusal in the log.
        """
        return await self._store.committer.run(use_case, locks)

    async def read(self, query: Callable[[Snapshot], T]) -> T:
        """Return what *query* finds; it sees only what is committed and never waits for the writer."""
        return await self._store.read(query)

    def on_ask(self, listener: Callable[[ApprovalRequest], None]) -> None:
        """Call *listener* once for each request that is made by a commit of this process, wherever it was asked for."""
        self._ask_listeners.append(listener)

    def on_end(self, listener: Callable[[ApprovalRequest], None]) -> None:
        """Call *listener* once for each request that ends by a commit of this process, whoever or whatever ended it."""
        self._end_listeners.append(listener)

    @contextmanager
    def watching(self, request_id: RequestId) -> Generator[Watch]:
        """Watch a request. Open the watch first and read second, else a commit in between is missed."""
        watch = Watch()
        watches = self._watches.setdefault(request_id, set())
        watches.add(watch)
        try:
            yield watch
        finally:
            watches.discard(watch)
            if not watches:
                self._watches.pop(request_id, None)

    def _woken(self, commit: Commit) -> None:
        for request_id in commit.requests & self._watches.keys():
            for watch in self._watches[request_id]:
                watch.touch()
        for requests, listeners in ((commit.asked, self._ask_listeners), (commit.ended, self._end_listeners)):
            for request in requests:
                for listener in listeners:
                    listener(request)
