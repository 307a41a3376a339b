"""What is shown: plain lines in a job's log, one living line on a terminal. Nothing in it is taken for a command."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from shutil import get_terminal_size
from threading import Event, Lock, Thread
from typing import TextIO

from jit_gate.durations import draw_duration

HEARTBEAT = 240.0
"""Seconds after which a quiet log says that it is alive: some CI systems end what is silent for ten minutes."""


def plain(text: str) -> str:
    """Return *text* as one line that moves no cursor and is no command to a CI's log reader.

    ``##[…]``, ``##vso[…]`` and ``##teamcity[…]`` are read anywhere in a line; ``::…::`` only at its beginning, where
    our own name stands.
    """
    shown = "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)
    return shown.replace("##", "# #")


@dataclass
class Screen:
    """Standard output has the result alone, standard error the rest. ``secrets`` are never shown."""

    secrets: tuple[str, ...] = ()
    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    is_live: bool = False
    clock: Callable[[], float] = time.monotonic
    _line: str = ""
    _said_at: float = 0.0
    _began: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def say(self, line: str) -> None:
        """Write a line about what happens."""
        wipe = "\r\x1b[K" if self.is_live else ""
        with self._lock:
            self.err.write(f"{wipe}jit-gate: {self._clean(line)}\n")
            self.err.flush()
        self._said_at = self.clock()

    @contextmanager
    def watching(self) -> Generator[None, None, None]:
        """Keep the living line alive inside, where there is one."""
        self._began, over = self.clock(), Event()

        def tick() -> None:
            while not over.wait(1):
                self._draw()

        ticker = Thread(target=tick, name="jit-gate-screen", daemon=True)
        if self.is_live:
            ticker.start()
        try:
            yield
        finally:
            over.set()
            if self.is_live:
                self.err.write("\r\x1b[K")

    def progress(self, line: str) -> None:
        """Show where it stands: in place on a terminal, else only when that is new, or nothing was said for long."""
        is_new, self._line = line != self._line, line
        if self.is_live:
            self._draw()
        elif is_new:
            self.say(line)
        elif self.clock() - self._said_at >= HEARTBEAT:
            self.say(f"{line}, after {self._waited()}")

    def result(self, word: str, document: Mapping[str, object] | None) -> None:
        """Write the result: *word*, or the whole *document* as JSON."""
        self.out.write((self._clean(word) if document is None else self._json(document)) + "\n")
        self.out.flush()

    def _draw(self) -> None:
        if self._line:
            width = max(20, get_terminal_size().columns - 1)
            waited = f"{self._waited()} · "
            with self._lock:
                self.err.write("\r\x1b[K" + waited + self._clean(self._line)[: width - len(waited)])
                self.err.flush()

    def _waited(self) -> str:
        return draw_duration(self.clock() - self._began)

    def _json(self, document: Mapping[str, object]) -> str:
        """Return JSON in ASCII, which means the same and has no ``##`` in it."""
        return self._hidden(json.dumps(document, indent=2)).replace("##", "#\\u0023")

    def _clean(self, text: str) -> str:
        return plain(self._hidden(text))

    def _hidden(self, text: str) -> str:
        for secret in self.secrets:
            text = text.replace(secret, "***")
        return text
