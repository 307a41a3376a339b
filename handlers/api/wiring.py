"""What the API needs from the rest of the house; the composition root fills it in."""

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.evidence import TestEvidence
from bot.core.rules import Policy
from bot.reports import read_report
from bot.usecases.desk import Desk
from handlers.api.meters import Meters


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A source's secrets, as the environment has them. Raises ValueError for a signing secret that is not base64."""

    token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse a secret that nothing could ever be signed with."""
        if self.signing_secret is not None and not self.signing_key:
            raise ValueError("A signing secret is base64, optionally with whsec_ in front, and not empty.")

    @property
    def signing_key(self) -> bytes:
        """The key behind ``whsec_…`` (Standard Webhooks, "Signature scheme"); empty when there is none."""
        secret = (self.signing_secret or "").removeprefix("whsec_")
        try:
            return base64.b64decode(secret + "=" * (-len(secret) % 4))
        except ValueError:  # binascii.Error is one, and so is the complaint about other letters than ASCII
            raise ValueError("A signing secret is base64, optionally with whsec_ in front.") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How one part of the house is. ``detail`` is shown to anybody who asks: no secrets, no addresses."""

    ok: bool
    detail: str


Probe = Callable[[], Awaitable[Health]]
"""Looks at one part of the house, now. It is given two seconds."""

ReadReport = Callable[[bytes, str, str | None], TestEvidence]
"""Content, name and format (None: recognise it) of one test report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiWiring:
    """Everything the API is given.

    ``public_url`` has no slash at its end. ``policy`` and ``credentials`` are asked anew for every call, so that a
    reload holds from the next one on; changed credentials must be a new mapping. ``unproven_bytes`` is what may be held
    of large bodies whose signature can't be checked yet, all senders together.
    """

    desk: Desk
    policy: Callable[[], Policy]
    credentials: Callable[[], Mapping[str, Credentials]]
    public_url: str
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    version: str
    probes: Mapping[str, Probe] = field(default_factory=dict[str, Probe])
    meters: Meters
    read_report: ReadReport = read_report
    heartbeat_seconds: float = 15.0
    body_seconds: float = 30.0
    unproven_bytes: int = 64 * 1024 * 1024
