"""Standard Webhooks signatures of incoming calls (https://www.standardwebhooks.com, "Verifying signatures").

The library of that name signs text only and reads the wall clock; a form with a report is bytes, and the clock is ours.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)

_MAX_SIGNATURES = 10
_ID = re.compile(r"[!-~]{1,255}")
_SECONDS = re.compile(r"[0-9]{1,12}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The signature headers of a call; nothing is proven yet."""

    id: str
    seconds: int
    signatures: tuple[bytes, ...]

    def is_fresh(self, now: datetime) -> bool:
        """Tell whether it was signed within five minutes of *now*."""
        return abs(now.timestamp() - self.seconds) <= TOLERANCE.total_seconds()

    def is_by(self, key: bytes, body: bytes) -> bool:
        """Tell whether *body* was signed with *key*."""
        content = b"%b.%d.%b" % (self.id.encode(), self.seconds, body)
        expected = base64.b64encode(hmac.digest(key, content, hashlib.sha256))
        return any(hmac.compare_digest(expected, given) for given in self.signatures)


def read_signed(headers: Mapping[str, str]) -> Signed | None:
    """Return the signature headers; None when they are missing or not what the specification allows."""
    message_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not _ID.fullmatch(message_id) or not _SECONDS.fullmatch(seconds):
        return None
    given = headers.get("webhook-signature", "").split(" ")[:_MAX_SIGNATURES]
    signatures = tuple(part[3:].encode("ascii", "replace") for part in given if part.startswith("v1,"))
    return Signed(id=message_id, seconds=int(seconds), signatures=signatures) if signatures else None
