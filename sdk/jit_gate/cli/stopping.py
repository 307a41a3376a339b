"""SIGINT, SIGTERM and SIGHUP: heeded while something is waited for, and remembered meanwhile."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


class Stopped(BaseException):
    """The job is to end. No Exception: nothing that mends errors may mend this."""


class Stops:
    """What was received: the first gives it its name. While the request is taken back nothing else is heard.

    What a signal raises is lost where Python swallows it, as in a destructor; so each raises anew, and so does `heed`.
    """

    def __init__(self) -> None:
        self.received: str | None = None
        self._is_heeding = False

    def install(self) -> None:
        """Listen from now on; a signal that whoever started us ignores (nohup) stays ignored."""
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            number = getattr(signal, name, None)
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._receive)

    @contextmanager
    def heeded(self) -> Generator[None, None, None]:
        """Raise Stopped inside as soon as a signal comes, at once if one has come."""
        self._is_heeding = True
        try:
            if self.received is not None:
                raise Stopped
            yield
        finally:
            self._is_heeding = False

    def heed(self) -> None:
        """Raise Stopped when a signal has come that nobody has heeded yet."""
        if self._is_heeding and self.received is not None:
            raise Stopped

    def _receive(self, number: int, _: FrameType | None) -> None:
        self.received = self.received or signal.Signals(number).name
        self.heed()
