"""Where use cases queue: they are run together, and answered only after their commit is durable."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue
from typing import Any, TypeVar

from bot.core.request import RequestId
from bot.store.committer.group import Answer, GroupRunner, Job, Prepared
from bot.store.committer.nearby import Nearby
from bot.store.faults import StoreClosed
from bot.store.transaction import Transaction
from bot.store.values import Commit

T = TypeVar("T")

MOST = 128
"""How many use cases share a commit at most; more would only make the first of them wait for the last."""

_TURNS = 4
"""How many turns of the loop a group waits at most for others that are on their way; one that brings none ends it."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A job in the queue, and who waits for it."""

    job: Job
    future: asyncio.Future[Any]


class Committer:
    """Groups what comes while the disk is busy: the slower the disk, the more share one commit.

    Where a group's use cases are run, :class:`Nearby` says; whatever waits for a disk, a lock or a server is left to a
    thread. There is one group at a time, so the writer's connection is only ever used from one place.
    """

    def __init__(self, runner: GroupRunner, nearby: Nearby, on_commit: Callable[[Commit], None]) -> None:
        self._runner = runner
        self._nearby = nearby
        self._on_commit = on_commit
        self._is_open = self._is_planned = self._is_busy = False
        self._fresh: list[Ticket] = []
        self._work: SimpleQueue[tuple[list[Ticket], Prepared | None] | None] = SimpleQueue()
        self._over = asyncio.Event()

    async def run(self, use_case: Callable[[Transaction, datetime], T], locks: Sequence[RequestId] = ()) -> T:
        """Run *use_case* in a transaction, and return what it returned once that is durable.

        Raises what it raised: after Refused only what was marked to stay is written, after anything else nothing.
        It may be run more than once, of which one counts. Cancelling the caller does not take the use case back.
        Raises StoreClosed before ``start`` and after ``close``.
        """
        if not self._is_open:
            raise StoreClosed("the store is not open for writing")
        future: asyncio.Future[T] = self._loop.create_future()
        self._fresh.append(Ticket(Job(use_case, locks), future))
        self._plan()
        return await future

    def start(self) -> None:
        """Begin to take use cases; call it on the event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._write, name="store-writer")
        self._thread.start()
        self._is_open = True

    async def close(self) -> None:
        """Take nothing more, and return when everything that was taken is answered."""
        if self._is_open:
            self._is_open = False
            while self._is_busy or self._fresh:
                self._over.clear()
                await self._over.wait()
            self._work.put(None)
            await self._loop.run_in_executor(None, self._thread.join)

    def _plan(self) -> None:
        if not self._is_planned and not self._is_busy:
            self._is_planned = True
            self._loop.call_soon(self._gather, _TURNS, 0)

    def _gather(self, turns_left: int, before: int) -> None:
        """Begin as soon as a turn of the loop has brought nothing more: what the first left behind would wait long."""
        count = len(self._fresh)
        if turns_left and before < count < MOST:
            self._loop.call_soon(self._gather, turns_left - 1, count)
        else:
            self._is_planned = False
            self._begin()

    def _begin(self) -> None:
        tickets = self._fresh[:MOST]
        self._is_busy = True
        prepared = self._nearby.prepare([ticket.job for ticket in tickets])
        if prepared is not None:
            tickets = tickets[: len(prepared.answers)]
        self._fresh = self._fresh[len(tickets) :]
        if prepared is not None and prepared.commit is None:
            self._deliver(tickets, prepared.answers, ())
        else:
            self._work.put((tickets, prepared))

    def _write(self) -> None:
        while (work := self._work.get()) is not None:
            tickets, prepared = work
            answers, commits = self._runner.run([ticket.job for ticket in tickets], prepared)
            self._loop.call_soon_threadsafe(self._deliver, tickets, answers, commits)

    def _deliver(self, tickets: Sequence[Ticket], answers: Sequence[Answer], commits: Sequence[Commit]) -> None:
        self._is_busy = False
        if self._fresh:
            self._plan()
        self._over.set()
        for ticket, answer in zip(tickets, answers, strict=True):
            if ticket.future.done():
                continue  # whoever asked went away
            if answer.error is not None:
                ticket.future.set_exception(answer.error)
            else:
                ticket.future.set_result(answer.value)
        for commit in commits:
            self._on_commit(commit)
