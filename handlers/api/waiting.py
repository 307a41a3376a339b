"""Callers who wait for something to happen to a request, until it does, or until the house closes."""

from collections.abc import Generator
from contextlib import contextmanager

from aiohttp import web

from bot.core.request import RequestId
from bot.usecases.desk import Desk, Watch


class WaitingRoom:
    """Everybody who waits; at closing time all are woken and get the answer as it stands."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._watches: set[Watch] = set()
        self.closing = False

    @contextmanager
    def watching(self, request_id: RequestId) -> Generator[Watch]:
        """Watch a request. Open the watch first and read second, else a commit in between is missed."""
        with self._desk.watching(request_id) as watch:
            self._watches.add(watch)
            try:
                yield watch
            finally:
                self._watches.discard(watch)

    async def close(self, _: web.Application) -> None:
        """Wake everybody; nobody waits any more from now on."""
        self.closing = True
        for watch in self._watches:
            watch.touch()
