"""Proof for the operator's calls, both ways: whoever asks and whoever answers holds the house's secret key.

A pass is made for one call, at one time, and counts once; the answer is signed for that very pass. So nobody else can
give orders to the bot, and nothing else that listens at its address can say that they were carried out.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta

from bot.core.stamp import Stamp

_PURPOSE = b"jit-approvals: operator calls, v1"
_SHAPE = re.compile(r"JIT-Operator (?P<at>[0-9]{1,11})\.(?P<nonce>[0-9a-f]{32})\.(?P<mac>[0-9a-f]{64})")

WINDOW = timedelta(seconds=60)
"""How far apart the two clocks may be; they mostly are the same one."""

ANSWER_HEADER = "JIT-Operator-Answer"


class Passes:
    """Draws and reads passes, and signs answers. Its key is derived from the house's secret key for this alone."""

    def __init__(self, secret_key: str) -> None:
        self._key = hmac.new(secret_key.encode(), _PURPOSE, hashlib.sha256).digest()

    def draw(self, call: str, nonce: str, now: datetime) -> str:
        """Return the ``Authorization`` for *call* (method and path); *nonce* is 32 hex digits never used before."""
        at = f"{int(now.timestamp())}"
        return f"JIT-Operator {at}.{nonce}.{self._mac('call', at, nonce, call)}"

    def read(self, given: str, call: str, now: datetime) -> Stamp | None:
        """Return nonce and time of a pass that was made for *call* and is in time; None for everything else."""
        found = _SHAPE.fullmatch(given)
        if found is None or not hmac.compare_digest(self._mac("call", found["at"], found["nonce"], call), found["mac"]):
            return None
        made_at = datetime.fromtimestamp(int(found["at"]), UTC)
        return Stamp(found["nonce"], made_at) if abs(now - made_at) <= WINDOW else None

    def sign(self, nonce: str, body: bytes) -> str:
        """Return what proves that *body* answers the call with *nonce*."""
        return self._mac("answer", nonce, hashlib.sha256(body).hexdigest())

    def is_ours(self, nonce: str, body: bytes, given: str) -> bool:
        """Tell whether *given* is what :meth:`sign` returned for this very answer."""
        return hmac.compare_digest(self.sign(nonce, body).encode(), given.encode("utf-8", "surrogateescape"))

    def _mac(self, *parts: str) -> str:
        return hmac.digest(self._key, "\n".join(parts).encode(), "sha256").hex()
