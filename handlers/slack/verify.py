"""The gate before Bolt: is this really from Slack, and from now? Raw bytes only; nothing is parsed before it is yes.

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime

from multidict import CIMultiDict, CIMultiDictProxy

from bot.core.stamp import Stamp

OLDEST = 300
"""Seconds a message may be old, or ahead of our clock."""

_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")

Headers = CIMultiDict[str] | CIMultiDictProxy[str]


class Unverified(Exception):
    """It is not from Slack, or not from now. ``reason`` and ``remedy`` are for the log, never for whoever sent it."""

    def __init__(self, reason: str, remedy: str | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


class Verifier:
    """Checks signatures made with the app's signing secret."""

    def __init__(self, signing_secret: str) -> None:
        self._secret = signing_secret.encode()

    def require_fresh(self, headers: Headers, now: datetime) -> tuple[str, str]:
        """Return timestamp and signature, of which nothing is proven yet. Raises Unverified when they are not of now.

        It needs no body: nobody sends a megabyte on the strength of last year's.
        """
        timestamp = _only(headers, "X-Slack-Request-Timestamp", _TIMESTAMP)
        signature = _only(headers, "X-Slack-Signature", _SIGNATURE)
        if abs(now.timestamp() - int(timestamp)) > OLDEST:
            raise Unverified("not from now", "if it is Slack's, this machine's clock is wrong")
        return timestamp, signature

    def verify(self, headers: Headers, body: bytes, now: datetime) -> Stamp:
        """Return the stamp by which this very message is known if it comes again. Raises Unverified."""
        timestamp, signature = self.require_fresh(headers, now)
        signed = b"v0:" + timestamp.encode() + b":" + body
        expected = hmac.digest(self._secret, signed, "sha256").hex()
        if not hmac.compare_digest(f"v0={expected}", signature):
            raise Unverified("wrong signature", "if it is Slack's, set SLACK_SIGNING_SECRET anew")
        signed_at = datetime.fromtimestamp(int(timestamp), UTC)
        return Stamp(f"slack:{timestamp}:{hashlib.sha256(signed).hexdigest()}", signed_at)


def _only(headers: Headers, name: str, shape: re.Pattern[str]) -> str:
    values = headers.getall(name, [])
    if len(values) != 1:
        raise Unverified(f"{len(values)} headers {name}")
    if shape.fullmatch(values[0]) is None:
        raise Unverified(f"malformed {name}")
    return values[0]
