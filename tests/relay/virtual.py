"""An event loop whose time jumps to the next timer as soon as nothing is ready: hours pass in milliseconds."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any, TypeVar

from tests.factories import NOON

T = TypeVar("T")


class _Jumping(selectors.DefaultSelector):
    """Never waits: tells the loop how far it may jump instead."""

    jump: Callable[[float], None]

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if not ready and timeout is None:
            raise RuntimeError("everybody waits, and nothing will ever happen")
        if not ready and timeout:
            self.jump(timeout)
        return ready


class VirtualLoop(asyncio.SelectorEventLoop):
    """Only for code that does everything in the loop: threads and sockets know nothing of its time."""

    def __init__(self) -> None:
        selector = _Jumping()
        selector.jump = self._jump
        self._elapsed = 0.0
        super().__init__(selector)

    def time(self) -> float:
        return self._elapsed

    def _jump(self, seconds: float) -> None:
        self._elapsed += seconds


def clock() -> datetime:
    """The wall clock of a virtual loop; it shows noon when the loop begins."""
    return NOON + timedelta(seconds=asyncio.get_running_loop().time())


def simulate(story: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Play *story* in virtual time."""
    with asyncio.Runner(loop_factory=VirtualLoop) as runner:
        return runner.run(story())
