"""What the API needs from the rest of the house; the composition root fills it in."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from bot.core.evidence import TestEvidence
from bot.core.rules import Policy
from bot.delivery import read_secret
from bot.reports import read_report
from bot.usecases.desk import Desk
from handlers.api.meters import Meters

SHORTEST_TOKEN = 12
"""Characters of a token; twelve random ones are beyond guessing over a network."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """A source's secrets, as the environment has them. Raises ValueError, with a sentence, for those nobody may use."""

    token: str | None = field(default=None, repr=False)
    signing_secret: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        """Refuse a token that can be guessed, and a secret that nothing could be signed with."""
        if self.token is not None and len(self.token.strip()) < SHORTEST_TOKEN:
            raise ValueError(f"must have {SHORTEST_TOKEN} characters or more (`openssl rand -hex 32` makes a good one)")
        if self.signing_secret is not None:
            read_secret(self.signing_secret)

    @property
    def signing_key(self) -> bytes:
        """The key behind ``whsec_…``; empty when there is none."""
        return b"" if self.signing_secret is None else read_secret(self.signing_secret)


def twins(credentials: Mapping[str, Credentials]) -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Yield what two sources, or two uses, have in common: source and field of the one, then of the other.

    A call made with it could be anybody's.
    """
    holders: dict[bytes, tuple[str, str]] = {}
    for source, given in credentials.items():
        for name, text in (("token", given.token), ("signing_secret", given.signing_secret)):
            values = {(text or "").strip().encode("utf-8", "surrogateescape")} - {b""}
            if name == "signing_secret":
                values |= {given.signing_key} - {b""}
            known = next((holders[value] for value in values if value in holders), None)
            if known is not None:
                yield known, (source, name)
            holders |= dict.fromkeys(values, (source, name))


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
