"""Standard Webhooks signatures (https://www.standardwebhooks.com), for what we send."""

import base64
import binascii
from datetime import UTC, datetime

from standardwebhooks import Webhook

_PREFIX = "whsec_"
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
    """Return the key behind a secret: base64 after ``whsec_`` (as Standard Webhooks has it), else the characters.

    Raises SecretUnusable.
    """
    text = text.strip()
    if not text.startswith(_PREFIX):
        key = text.encode()
    else:
        encoded = text.removeprefix(_PREFIX)
        try:
            key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
        except binascii.Error as error:
            raise SecretUnusable("After whsec_ the signing secret must be base64.") from error
    if not key:
        raise SecretUnusable("The signing secret is empty.")
    return key


def draw_signature(key: bytes, webhook_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the three headers that prove *body* is ours. *body* is UTF-8."""
    utc = now.astimezone(UTC)  # the library relabels other time zones as UTC instead of converting them
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(utc.timestamp())),
        "webhook-signature": Webhook(key).sign(webhook_id, utc, body.decode()),
    }
