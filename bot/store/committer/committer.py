"""Where use cases queue: one thread writes, and answers only after the commit is durable."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from queue import Empty, SimpleQueue
from typing import Any, TypeVar

from bot.core.request import RequestId
from bot.store.committer.group import Answer, GroupRunner, Job
from bot.store.faults import StoreClosed
from bot.store.transaction import Transaction
from bot.store.values import Commit

T = TypeVar("T")

MOST = 128
"""How many use cases share a commit at most; more would only make the first of them wait for the last."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A job in the queue, and who waits for it."""

    job: Job
    future: asyncio.Future[Any]


class Committer:
    """Groups what comes while the disk is busy: the slower the disk, the more share one commit."""

    def __init__(self, runner: GroupRunner, on_commit: Callable[[Commit], None]) -> None:
        self._runner = runner
        self._on_commit = on_commit
        self._fresh: list[Ticket] = []
        self._queue: SimpleQueue[list[Ticket] | None] = SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    async def run(self, use_case: Callable[[Transaction, datetime], T], locks: Sequence[RequestId] = ()) -> T:
        """Run *use_case* in a transaction, and return what it returned once that is durable.

        Raises what it raised: after Refused only what was marked to stay is written, after anything else nothing.
        Cancelling the caller does not take the use case back. Raises StoreClosed before ``start`` and after ``close``.
        """
        if self._loop is None:
            raise StoreClosed("the store is not open for writing")
        future: asyncio.Future[T] = self._loop.create_future()
        # One hand-over for all that the loop has ready: waking the writer for the first would leave the rest behind.
        if not self._fresh:
            self._loop.call_soon(self._hand_over)
        self._fresh.append(Ticket(Job(use_case, locks), future))
        return await future

    def start(self) -> None:
        """Begin to take use cases; call it on the event loop."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._write, args=(self._loop,), name="store-writer")
        self._thread.start()

    async def close(self) -> None:
        """Take nothing more, and return when everything that was taken is answered."""
        loop, thread = self._loop, self._thread
        self._loop = self._thread = None
        if loop is not None and thread is not None:
            self._hand_over()
            self._queue.put(None)
            await loop.run_in_executor(None, thread.join)

    def _hand_over(self) -> None:
        tickets, self._fresh = self._fresh, []
        for start in range(0, len(tickets), MOST):
            self._queue.put(tickets[start : start + MOST])

    def _write(self, loop: asyncio.AbstractEventLoop) -> None:
        is_open = True
        while is_open:
            tickets, is_open = self._next_group()
            if tickets:
                answers, commits = self._runner.run([ticket.job for ticket in tickets])
                loop.call_soon_threadsafe(self._deliver, tickets, answers, commits)

    def _next_group(self) -> tuple[list[Ticket], bool]:
        """Wait for one hand-over and take all that came with it. False: it is the last."""
        tickets: list[Ticket] = []
        more = self._queue.get()
        with suppress(Empty):
            while more is not None:
                tickets += more
                if len(tickets) >= MOST:
                    break
                more = self._queue.get_nowait()
        return tickets, more is not None

    def _deliver(self, tickets: Sequence[Ticket], answers: Sequence[Answer], commits: Sequence[Commit]) -> None:
        for ticket, answer in zip(tickets, answers, strict=True):
            if ticket.future.done():
                continue  # whoever asked went away
            if answer.error is not None:
                ticket.future.set_exception(answer.error)
            else:
                ticket.future.set_result(answer.value)
        for commit in commits:
            self._on_commit(commit)
