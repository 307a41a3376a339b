"""How long and how often something is tried: exponential backoff with jitter, Retry-After, and an end."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from jit_gate.errors import Astray, NoAnswer

T = TypeVar("T")

_HIGHEST = 20
"""Doublings after which a pause is at its longest anyway."""


def _silent(_: NoAnswer, __: float) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Patience:
    """When to give up, in seconds. ``retry_for`` begins anew with every good answer.

    Until the bot has answered once, what is not the bot's (a page, a redirect, a wrong certificate) is most likely a
    wrong address: then ``strange_for`` holds. ``on_trouble`` is told what went wrong and how long the pause will be.
    """

    retry_for: float = 900.0
    strange_for: float = 30.0
    first_pause: float = 0.5
    longest_pause: float = 30.0
    on_trouble: Callable[[NoAnswer, float], None] = _silent
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    random: Callable[[], float] = random.random

    def pause(self, failures: int, asked_for: float | None) -> float:
        """Return how long to pause after so many *failures* in a row: never shorter than was *asked for*."""
        widest = min(self.longest_pause, self.first_pause * 2 ** min(failures, _HIGHEST))
        own = widest * (0.25 + 0.75 * self.random())
        return own if asked_for is None else asked_for + 0.1 * own


class Trier:
    """Sends a call again until it is answered; remembers whether the bot has been met at all."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self._has_met = False

    def run(self, attempt: Callable[[float], T], limit: float | None = None) -> T:
        """Return what *attempt* does; it is told how many seconds are left.

        Raises what it raises; NoAnswer only when there is no time for another.
        """
        begun, failures = self._patience.clock(), 0
        ends = begun + min(self._patience.retry_for, self._patience.retry_for if limit is None else limit)
        while True:
            try:
                done = attempt(max(0.0, ends - self._patience.clock()))
            except NoAnswer as error:  # noqa: PERF203 - trying again is what this loop is for
                failures += 1
                self._rest(error, failures, min(ends, begun + self._allowed(error)))
            else:
                self._has_met = True
                return done

    def _allowed(self, error: NoAnswer) -> float:
        is_strange = isinstance(error, Astray) and not self._has_met
        return self._patience.strange_for if is_strange else self._patience.retry_for

    def _rest(self, error: NoAnswer, failures: int, ends: float) -> None:
        pause = self._patience.pause(failures - 1, error.retry_after)
        if self._patience.clock() + pause >= ends:
            raise error
        self._patience.on_trouble(error, pause)
        self._patience.sleep(pause)
