"""Bytes of callers who have proven nothing yet: a signature can only be checked when the whole body is here."""

from collections import Counter
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http import HTTPStatus

from handlers.problems import Problem

FREE_BYTES = 64 * 1024
"""What every body may have uncounted: whoever asks for little is never shut out by those who send much."""


class Unproven:
    """Counts what is held for strangers: at most *most* bytes for all of them together, and half of it for one peer."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._held: Counter[str] = Counter()

    @contextmanager
    def account(self, peer: str | None) -> Generator[Callable[[int], None]]:
        """Open an account for one body: call what is yielded with its length so far, as it grows.

        Raises Problem (503) from that call when there is no room; what was held is given back at the end.
        """
        name, held = peer or "", 0

        def grow(length: int) -> None:
            nonlocal held
            more = max(0, length - FREE_BYTES) - held
            if more > 0 and (self._held.total() + more > self._most or self._held[name] + more > self._most // 2):
                raise _no_room()
            self._held[name] += more
            held += more

        try:
            yield grow
        finally:
            self._held[name] -= held
            self._held += Counter()  # forgets the peers that hold nothing any more


def _no_room() -> Problem:
    detail = "Too many large bodies are being read whose signature can't be checked yet. Come again, or use a token."
    headers = {"Retry-After": "2"}
    return Problem(HTTPStatus.SERVICE_UNAVAILABLE, "too_many_unproven", detail, headers=headers)
