"""Rings whenever something that a person could see has changed; pages and tests listen."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """What changed: a channel's timeline, or something only one person sees (``user``)."""

    kind: str
    channel: str | None = None
    user: str | None = None


class Bell:
    """A listener that does not keep up loses rings but is told so by getting one anyway: rings carry no content."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[Ring]] = set()
        self.is_closed = False

    def close(self) -> None:
        """Let everybody who listens stop; they look at ``is_closed`` after every ring."""
        self.is_closed = True
        self.ring(Ring(kind="closed"))

    def ring(self, ring: Ring) -> None:
        """Tell everybody who listens."""
        for queue in self._listeners:
            if not queue.full():
                queue.put_nowait(ring)

    @contextmanager
    def listening(self) -> Generator[asyncio.Queue[Ring]]:
        """Give a queue of what rings from now on."""
        queue: asyncio.Queue[Ring] = asyncio.Queue(maxsize=256)
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)

    async def rings(self) -> AsyncGenerator[Ring]:
        """Yield what rings from now on, for ever."""
        with self.listening() as queue:
            while True:
                yield await queue.get()

    async def until(self, condition: Callable[[], T], seconds: float) -> T:
        """Return what *condition* returns as soon as that is true. Raises TimeoutError."""
        with self.listening() as queue:
            async with asyncio.timeout(seconds):
                while not (found := condition()):
                    await queue.get()
        return found
