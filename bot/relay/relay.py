"""Carries out what the core asked of the world, after the commit and only from the outbox."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from prometheus_client import CollectorRegistry

from bot.relay.books import Books
from bot.relay.errand import Door
from bot.relay.notices import Notices
from bot.relay.runner import Chances, Runner
from bot.relay.slack_door import SlackDoor
from bot.store import Commit, Store


class Relay:
    """Serves every door with a loop of its own, so that trouble behind one of them never reaches another.

    *registry* is where its numbers are counted; without one nobody sees them.
    """

    def __init__(
        self,
        store: Store,
        books: Books,
        doors: Sequence[Door],
        chances: Chances,
        registry: CollectorRegistry | None = None,
    ) -> None:
        self._books = books
        self._notices = Notices(registry or CollectorRegistry())
        self._runners = tuple(Runner(door, books, chances, self._notices) for door in doors)
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        store.on_commit(self._on_commit)

    async def start(self) -> None:
        """Begin, with what an earlier life left behind."""
        await self._books.recover()
        await self.revive()
        self._tasks = tuple(asyncio.create_task(runner.run(), name="relay") for runner in self._runners)
        for task in self._tasks:
            task.add_done_callback(self._say_ended)

    async def stop(self, grace: timedelta) -> None:
        """Claim nothing more, let what is under way land for up to *grace*, and give the rest back."""
        for runner in self._runners:
            runner.close()
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=grace.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
        for runner in self._runners:
            await runner.give_back()
        self._tasks = ()

    async def revive(self) -> None:
        """Try at once what Slack refused earlier: whoever starts us anew, or asks, has mended something."""
        revived = await self._books.revive(SlackDoor.scope)
        if revived:
            self._notices.revived(revived)
        for runner in self._runners:
            runner.forget_rests()

    def wake(self) -> None:
        """Look now; for the ticker, and for whoever knows that something is due."""
        for runner in self._runners:
            runner.wake()

    def _say_ended(self, task: asyncio.Task[None]) -> None:
        """Log the defect of a loop that ended by itself: nothing leaves by its door until the house is opened anew."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._notices.fault("relay.ended", task.get_name(), error)

    def _on_commit(self, commit: Commit) -> None:
        if commit.outbox:
            self.wake()
