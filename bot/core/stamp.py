"""What a signed message is known by, should it come again."""

from dataclasses import dataclass, replace
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Stamp:
    """The name of a signed message, and the moment its signature covers.

    ``signed_at`` is aware UTC. It is None for what no stranger could send again, as it came through a connection that
    we opened; such a message counts from when it came.
    """

    key: str
    signed_at: datetime | None = None

    def named(self, key: str) -> "Stamp":
        """Return the stamp of something else that the same message says."""
        return replace(self, key=key)
