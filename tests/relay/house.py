"""A relay in virtual time, over books that outlive it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta

from prometheus_client import CollectorRegistry

from bot.relay.errand import Door
from bot.relay.notices import Notices
from bot.relay.runner import Chances, Runner
from tests.relay.books_in_memory import BooksInMemory
from tests.relay.virtual import clock

CHANCES = Chances(clock=clock, chance=lambda: 0.0)


@asynccontextmanager
async def running(door: Door, books: BooksInMemory, chances: Chances = CHANCES) -> AsyncGenerator[Runner]:
    """Run one loop; at the end of the block it is closed and everything under way lands."""
    runner = Runner(door, books, chances, Notices(CollectorRegistry()))
    task = asyncio.create_task(runner.run())
    try:
        yield runner
    finally:
        runner.close()
        await task


async def until(holds: Callable[[], bool], within: timedelta = timedelta(hours=200)) -> None:
    """Let time pass until *holds*."""
    end, step = clock() + within, 0.01
    while not holds():
        assert clock() < end, "it never came to that"
        await asyncio.sleep(step)
        step = min(step * 1.1, 5)
