"""A house served from a thread of its own, for test tools that make their calls synchronously."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from tests.handlers.api.house import Clock, House, open_house

T = TypeVar("T")

Within = Callable[[Callable[[House], Coroutine[Any, Any, T]]], T]


class Elsewhere:
    """The house, and a way to do something inside it."""

    def __init__(self, house: House, loop: asyncio.AbstractEventLoop) -> None:
        self._house = house
        self._loop = loop
        self.url = f"http://127.0.0.1:{house.port}"

    def do(self, act: Callable[[House], Coroutine[Any, Any, T]]) -> T:
        """Return what *act* returns, run on the house's own loop."""
        return asyncio.run_coroutine_threadsafe(act(self._house), self._loop).result(60)


@contextmanager
def served_elsewhere(folder: Path) -> Generator[Elsewhere]:
    """Serve a house until the block ends."""
    opened: list[Elsewhere] = []
    ready = threading.Event()
    ends: list[asyncio.Event] = []

    async def live() -> None:
        ends.append(asyncio.Event())
        async with open_house(f"sqlite:///{folder}/jit.db", Clock()) as house:
            opened.append(Elsewhere(house, asyncio.get_running_loop()))
            ready.set()
            await ends[0].wait()

    thread = threading.Thread(target=lambda: asyncio.run(live()), name="house")
    thread.start()
    assert ready.wait(60), "the house did not open"
    try:
        yield opened[0]
    finally:
        opened[0]._loop.call_soon_threadsafe(ends[0].set)  # pyright: ignore[reportPrivateUsage] - its own loop
        thread.join(60)
