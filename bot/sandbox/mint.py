"""The only place of the local workspace that makes time stamps and random names."""

import secrets
import string
from collections.abc import Callable
from datetime import datetime, timedelta

Clock = Callable[[], datetime]

_MICROSECOND = timedelta(microseconds=1)
_BASE36 = string.ascii_uppercase + string.digits


class Mint:
    """Message stamps are unique and rising even when the clock stands still, as in Slack."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._last = datetime.min.replace(tzinfo=clock().tzinfo)

    def stamp(self) -> str:
        """Return the next ``1700000000.000001``."""
        self._last = max(self.clock(), self._last + _MICROSECOND)
        return f"{int(self._last.timestamp())}.{self._last.microsecond:06d}"

    def seen(self, stamp: str) -> None:
        """Never give out a stamp at or before *stamp* again (it was read back from the state file)."""
        whole, _, micro = stamp.partition(".")
        at = datetime.fromtimestamp(int(whole), tz=self._last.tzinfo).replace(microsecond=int(micro))
        self._last = max(self._last, at)

    def trigger(self) -> str:
        """Return a trigger id in Slack's three-part form."""
        return f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**12)}.{secrets.token_hex(16)}"

    def name(self, prefix: str) -> str:
        """Return an id such as ``V0AB12CD34E``."""
        return prefix + "0" + "".join(secrets.choice(_BASE36) for _ in range(9))

    def block_id(self) -> str:
        """Return what Slack puts where the app gave no block_id."""
        return secrets.token_urlsafe(4)

    def secret(self) -> str:
        """Return something nobody guesses."""
        return secrets.token_urlsafe(24)
