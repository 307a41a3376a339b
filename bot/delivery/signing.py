"""Standard Webhooks signatures (https://www.standardwebhooks.com), for what we send."""

import base64
from collections.abc import Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

SHORTEST_KEY = 24
"""Bytes of a key (Standard Webhooks, "Signature scheme": 24 to 64)."""

_PREFIX = "whsec_"
_RECIPE = "`echo whsec_$(openssl rand -base64 32)` makes one"
_CALLBACK = "jit_"


def callback_id(row_id: str) -> str:
    """Return the webhook-id of a callback.

    The id is signed. So its beginning keeps our own callbacks apart from calls of the source, which have the same key.
    """
    return _CALLBACK + row_id


def is_callback_id(webhook_id: str) -> bool:
    """Tell whether a callback of ours has this id; then it is nobody's call to us."""
    return webhook_id.startswith(_CALLBACK)


class SecretUnusable(ValueError):
    """A signing secret that can't sign. Its text says how to mend it, and never shows the secret."""


def read_secret(text: str) -> bytes:
    """Return the key behind a secret, base64 after ``whsec_``: for what we sign, and for what is signed for us.

    Without the prefix some read a secret as base64 and some as plain characters; it must mean one key to everybody.
    Raises SecretUnusable.
    """
    text = text.strip()
    if not text.startswith(_PREFIX):
        raise SecretUnusable(f"must begin with {_PREFIX} ({_RECIPE})")
    encoded = text.removeprefix(_PREFIX)
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError as error:  # binascii.Error is one, and so is the complaint about other letters than ASCII
        raise SecretUnusable(f"must be base64 after {_PREFIX} ({_RECIPE})") from error
    if len(key) < SHORTEST_KEY:
        raise SecretUnusable(f"must hold {SHORTEST_KEY} bytes or more, not {len(key)} ({_RECIPE})")
    return key


def draw_signature(keys: Sequence[bytes], webhook_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the three headers that prove *body* is ours. *body* is UTF-8.

    While one secret follows another it is signed with each (Standard Webhooks, "Multiple signatures"): whoever receives
    it may know either.
    """
    utc = now.astimezone(UTC)  # the library relabels other time zones as UTC instead of converting them
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(utc.timestamp())),
        "webhook-signature": " ".join(Webhook(key).sign(webhook_id, utc, body.decode()) for key in keys),
    }
