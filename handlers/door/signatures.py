"""Standard Webhooks signatures of incoming calls (https://www.standardwebhooks.com, "Verifying signatures").

The library of that name signs text only and reads the wall clock; a form with a report is bytes, and the clock is ours.
"""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from bot.core.errors import Refusal, Refused
from bot.core.stamp import Stamp
from bot.delivery import is_callback_id

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

    @property
    def stamp(self) -> Stamp:
        """What it is known by, should it come again."""
        return Stamp(self.id, datetime.fromtimestamp(self.seconds, UTC))

    def is_fresh(self, now: datetime) -> bool:
        """Tell whether it was signed within five minutes of *now*."""
        return abs(now.timestamp() - self.seconds) <= TOLERANCE.total_seconds()

    def is_by(self, key: bytes, body: bytes) -> bool:
        """Tell whether *body* was signed with *key*. Others may run while a long one is hashed."""
        mac = hmac.new(key, b"%b.%d." % (self.id.encode(), self.seconds), hashlib.sha256)
        mac.update(body)
        expected = base64.b64encode(mac.digest())
        return any(hmac.compare_digest(expected, given) for given in self.signatures)


def read_signed(headers: Mapping[str, str]) -> Signed | None:
    """Return the signature headers; None when they are missing or not what the specification allows.

    None for the id of a callback, too: whoever receives one must not come back with it as if they were the source.
    """
    message_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not _ID.fullmatch(message_id) or not _SECONDS.fullmatch(seconds) or is_callback_id(message_id):
        return None
    given = headers.get("webhook-signature", "").split(" ")[:_MAX_SIGNATURES]
    signatures = tuple(part[3:].encode("ascii", "replace") for part in given if part.startswith("v1,"))
    return Signed(id=message_id, seconds=int(seconds), signatures=signatures) if signatures else None


class SignedReads:
    """The signed calls that only look, each taken once: whoever captured one could look at everything of its source.

    Kept in this process: looking must not wait for the writer, and what is captured is void after some minutes.
    """

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], datetime] = {}

    def take_once(self, source: str, webhook_id: str, now: datetime) -> None:
        """Remember a call that was proven to be from *source*. Raises Refused (REPLAYED)."""
        key = (source, webhook_id)
        for old, forgotten_at in list(
            islice(self._seen.items(), 2)
        ):  # two go for one that comes: it never grows for long
            if forgotten_at < now:
                del self._seen[old]
        if key in self._seen:
            raise Refused(
                Refusal.REPLAYED, "This signature was used before; sign every call anew, with its own webhook-id."
            )
        self._seen[key] = now + 2 * TOLERANCE
