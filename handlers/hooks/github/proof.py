"""Whether a delivery is GitHub's: signed over its raw bytes with SHA-256 and the secret that GitHub was given."""

import re
from collections.abc import Mapping

from gidgethub import ValidationFailure
from gidgethub.sansio import validate_event

from handlers.hooks.delivery import Delivery
from handlers.hooks.kinds import forged

_SIGNATURE = re.compile(r"sha256=[0-9a-f]{64}", re.ASCII)
"""The library takes SHA-1, too, and breaks on what is not ASCII."""


def prove(delivery: Delivery, secrets: Mapping[str, str]) -> None:
    """Check ``X-Hub-Signature-256``. Raises Problem (401)."""
    signature, secret = delivery.headers.get("X-Hub-Signature-256", ""), secrets.get("webhook_secret")
    if not secret or not _SIGNATURE.fullmatch(signature):
        raise forged()
    try:
        validate_event(delivery.body, signature=signature, secret=secret)
    except ValidationFailure:
        raise forged() from None
