"""Connections over which nobody has proven anything yet: they may not keep those out who can.

Behind a proxy everybody is one peer; a connection over which one source was proven is no stranger any more.
"""

from collections import Counter
from typing import Protocol


class Guest(Protocol):
    """A connection, as far as it matters here."""

    @property
    def peer(self) -> str:
        """Where it comes from."""
        ...

    def is_idle(self) -> bool:
        """Tell whether no call of it is being handled."""
        ...

    def leave(self) -> None:
        """Close it now, for somebody else."""
        ...


class Strangers:
    """All of them, the one that came first in front."""

    def __init__(self) -> None:
        self._guests: dict[Guest, None] = {}
        self._of_peer: Counter[str] = Counter()

    def add(self, guest: Guest) -> None:
        """Note one who came."""
        self._guests[guest] = None
        self._of_peer[guest.peer] += 1

    def discard(self, guest: Guest) -> None:
        """Forget one who has gone, or is known by now."""
        if guest in self._guests:
            del self._guests[guest]
            self._of_peer[guest.peer] -= 1
            if not self._of_peer[guest.peer]:
                del self._of_peer[guest.peer]

    def count(self, peer: str) -> int:
        """Return how many come from *peer*."""
        return self._of_peer[peer]

    def make_room(self, peer: str | None) -> bool:
        """Let the oldest idle one leave, of *peer* if one is named. False when nobody is idle."""
        idle = (guest for guest in self._guests if peer in {None, guest.peer} and guest.is_idle())
        oldest = next(idle, None)
        if oldest is None:
            return False
        oldest.leave()
        return True
