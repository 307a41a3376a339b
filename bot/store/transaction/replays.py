"""Signed messages count once."""

from datetime import timedelta

from bot.core.errors import Refusal, Refused, TakenBefore
from bot.core.stamp import Stamp
from bot.store.transaction.ground import Ground

WINDOW = timedelta(minutes=12)
"""How long a message is remembered. It is accepted for ten minutes (five ahead of our clock to five behind it), by a
clock that may differ from the one which counts here; forgotten on the stroke of ten, it could come once more."""


class Replays:
    """What came in lately."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def remember(self, stamp: Stamp) -> None:
        """Remember a signed message, even when what it asked for is refused.

        Raises Refused (REPLAYED); TakenBefore where it is remembered.

        It is forgotten by a clock, and a clock can be wrong: what was signed no later than something that is forgotten
        may have come before, so it is refused, whatever the clock that let it in says.
        """
        ground, key = self._ground, stamp.key
        signed_at = stamp.signed_at or ground.now
        known, forgotten = ground.tools.first("seen", key) or (None, None)
        read = ground.tools.database.read_moment
        is_known = key in ground.pending.replays or key in ground.current.replays
        # The same id signed anew, long after: that is its sender again, and nobody else can do it.
        if is_known or (known is not None and signed_at < read(known) + WINDOW):
            raise TakenBefore(Refusal.REPLAYED, "This was sent before; it counts once.")
        if stamp.signed_at is not None and forgotten is not None and stamp.signed_at <= read(forgotten):
            raise Refused(
                Refusal.REPLAYED,
                "This was signed so long ago that nobody can tell whether it counted already. Send it anew.",
            )
        ground.current.replays[key] = signed_at
