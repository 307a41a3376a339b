"""SIGINT, SIGTERM and SIGHUP: heeded while something is waited for, and remembered meanwhile."""

from __future__ import annotations

import signal
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType


class Stopped(BaseException):
    """The job is to end. No Exception: nothing that mends errors may mend this."""


class Stops:
    """What was received. Only the first counts; while the request is taken back nothing else is heard."""

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

    def _receive(self, number: int, _: FrameType | None) -> None:
        is_first, self.received = self.received is None, self.received or signal.Signals(number).name
        if is_first and self._is_heeding:
            raise Stopped
