"""What the API needs from the rest of the house; the composition root fills it in."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.evidence.past import ReadPasts, nothing_known
from bot.core.judging.policy import Policy
from bot.oidc import Issuers
from bot.reports import Report, read_whole
from bot.usecases.desk import Desk
from handlers.api.meters import Meters
from handlers.door.admission import DoorWiring
from handlers.door.credentials import Credentials


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How one part of the house is. ``detail`` is shown to anybody who asks: no secrets, no addresses."""

    ok: bool
    detail: str


Probe = Callable[[], Awaitable[Health]]
"""Looks at one part of the house, now. It is given two seconds."""

ReadReport = Callable[[bytes, str, str | None], Report]
"""Content, name and format (None: recognise it) of one test report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiWiring:
    """Everything the API is given.

    ``public_url`` has no slash at its end, nor has ``mount``, below which the calls are answered here. ``policy`` and
    ``credentials`` are asked anew for every call, so that a reload holds from the next one on; changed credentials must
    be a new mapping. ``issuers`` has the keys of CI systems. ``unproven_bytes`` is what may be held of large bodies
    whose signature can't be checked yet, all senders together. ``pasts`` looks up what earlier runs say of tests that
    failed now.
    """

    desk: Desk
    policy: Callable[[], Policy]
    credentials: Callable[[], Mapping[str, Credentials]]
    issuers: Issuers | None = None
    public_url: str
    mount: str = ""
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    version: str
    probes: Mapping[str, Probe] = field(default_factory=dict[str, Probe])
    meters: Meters
    read_report: ReadReport = read_whole
    pasts: ReadPasts = nothing_known
    heartbeat_seconds: float = 15.0
    body_seconds: float = 30.0
    unproven_bytes: int = 64 * 1024 * 1024

    def door(self) -> DoorWiring:
        """Return what the door needs of it."""
        return DoorWiring(
            policy=self.policy,
            credentials=self.credentials,
            issuers=self.issuers,
            on_known=self.meters.note_key,
            clock=self.clock,
            body_seconds=self.body_seconds,
            unproven_bytes=self.unproven_bytes,
        )
