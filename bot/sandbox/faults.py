"""Faults on purpose: what a test orders the local Slack to do wrong, method by method, so many times."""

from collections import defaultdict, deque
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Slow:
    """Answer rightly, after *seconds*."""

    seconds: float


@dataclass(frozen=True, slots=True)
class RateLimit:
    """Answer 429 with Retry-After, and do nothing."""

    retry_after: int = 1


@dataclass(frozen=True, slots=True)
class ServerError:
    """Answer a 5xx, and do nothing."""

    status: int = 500


@dataclass(frozen=True, slots=True)
class Refusal:
    """Answer ``ok: false`` with this error, and do nothing."""

    error: str


@dataclass(frozen=True, slots=True)
class CutBefore:
    """Drop the connection and do nothing."""


@dataclass(frozen=True, slots=True)
class CutAfter:
    """Do it, then drop the connection: the caller cannot know that it happened."""


Fault = Slow | RateLimit | ServerError | Refusal | CutBefore | CutAfter

ANY = "*"


class Faults:
    """A queue per method; ``*`` stands for every method and comes after a method's own."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)

    def add(self, method: str, fault: Fault, times: int = 1) -> None:
        """Let the next *times* calls of *method* go wrong like this."""
        self._waiting[method].extend([fault] * times)

    def clear(self) -> None:
        """Be well again."""
        self._waiting.clear()

    def left(self, method: str) -> int:
        """Return how many faults still wait for *method*."""
        return len(self._waiting[method])

    def take(self, method: str) -> Fault | None:
        """Return what this call suffers, if anything."""
        for key in (method, ANY):
            if self._waiting[key]:
                return self._waiting[key].popleft()
        return None
