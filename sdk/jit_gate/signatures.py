"""Callbacks: Standard Webhooks signatures (https://www.standardwebhooks.com), proven before anything is read."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from typing import Any, cast

from jit_gate.answers import ApprovalRequest, read_request
from jit_gate.errors import Astray, BadInput, Forged, Unclear
from jit_gate.wire.strict_json import read_object

TOLERANCE = 300.0
"""Seconds a callback may be old, or ahead of this machine's clock."""

DECIDED = "request.decided"

_PREFIX = "whsec_"
_CALLBACK = "jit_"
_SHORTEST_KEY = 24


def verify(body: bytes, headers: Mapping[str, str], secret: str, *, now: float | None = None) -> bytes:
    """Return *body*, proven to be the bot's. *now* is seconds since 1970, the machine's clock unless given.

    Raises Forged for what is not, BadInput for a secret that can't prove anything. The same callback may come again,
    with the same ``webhook-id``: whoever acts on it has to remember that.
    """
    found = {name.lower(): value for name, value in headers.items()}
    try:
        message_id, sent_at, signatures = (found[f"webhook-{part}"] for part in ("id", "timestamp", "signature"))
    except KeyError as error:
        raise Forged(f"The header {error} is missing.") from error
    wanted = hmac.new(_key(secret), f"{message_id}.{sent_at}.".encode() + body, hashlib.sha256).digest()
    if not message_id.startswith(_CALLBACK):
        raise Forged("It is signed, but as a call of the source and not as a callback of the bot.")
    if not any([hmac.compare_digest(wanted, given) for given in _given(signatures)]):  # noqa: C419 - all are compared, so that time tells nothing
        raise Forged("No signature fits the body: it is not the bot's, or the secret is not its source's.")
    _require_fresh(sent_at, time.time() if now is None else now)
    return body


def read_callback(body: bytes) -> ApprovalRequest:
    """Return the request whose decision a verified callback tells. Raises Astray or Unclear."""
    said = read_object(body)
    if said.get("type") != DECIDED:
        raise Unclear(f"The callback is no {DECIDED}: it tells of no end.")
    if not isinstance(data := said.get("data"), dict):
        raise Astray("The callback holds no request.")
    return read_request(cast("Mapping[str, Any]", data))


def _key(secret: str) -> bytes:
    text = secret.strip()
    try:
        key = base64.b64decode(text[len(_PREFIX) :] + "=" * (-len(text[len(_PREFIX) :]) % 4), validate=True)
    except ValueError as error:
        raise BadInput(f"The secret must be base64 after {_PREFIX}.") from error
    if not text.startswith(_PREFIX) or len(key) < _SHORTEST_KEY:
        raise BadInput(f"The secret must be {_PREFIX} and the base64 of {_SHORTEST_KEY} bytes or more.")
    return key


def _given(signatures: str) -> list[bytes]:
    """Return the signatures of version 1; a secret that is being changed signs with both."""
    found: list[bytes] = []
    for signature in signatures.split(" "):
        version, _, text = signature.partition(",")
        if version == "v1":
            try:
                found.append(base64.b64decode(text, validate=True))
            except ValueError as error:
                raise Forged("A signature is not base64.") from error
    return found


def _require_fresh(sent_at: str, now: float) -> None:
    if not (sent_at.isascii() and sent_at.isdigit()) or abs(now - float(sent_at[:15])) > TOLERANCE:
        raise Forged("It is more than five minutes old, or ahead of this machine's clock.")
