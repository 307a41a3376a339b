"""Signed messages count once."""

from datetime import timedelta

from bot.core.errors import Refusal, Refused
from bot.store.transaction.ground import Ground

WINDOW = timedelta(minutes=12)
"""How long a message is remembered. It is accepted for ten minutes (five ahead of our clock to five behind it), by a
clock that may differ from the one which counts here; forgotten on the stroke of ten, it could come once more."""


class Replays:
    """What came in lately."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def remember(self, key: str) -> None:
        """Remember a signed message, even when what it asked for is refused. Raises Refused (REPLAYED)."""
        ground = self._ground
        found = ground.tools.first("seen", key)
        seen_at = ground.tools.database.read_moment(found[0]) if found else None
        is_known = key in ground.pending.replays or key in ground.current.replays
        if is_known or (seen_at is not None and seen_at > ground.now - WINDOW):
            raise Refused(Refusal.REPLAYED, "This was sent before; it counts once.")
        ground.current.replays.append(key)
