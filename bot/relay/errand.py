"""A claimed row on its way out, and what can come of it besides an attempt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.attempts import Attempt
from bot.core.effects import Effect
from bot.core.request import RequestId
from bot.core.view import Detour


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """One row to carry out; ``attempts`` counts this time.

    ``nonce`` marks the message it becomes; it was written down before this object existed. With ``is_repeat`` an
    earlier attempt may have got through although nobody was told: look for the nonce before posting. ``body`` is what
    an earlier attempt at a callback sent.
    """

    id: str
    destination: str
    effect: Effect
    request: RequestId | None
    attempts: int
    created_at: datetime
    nonce: str
    is_repeat: bool
    body: bytes | None = None

    @property
    def unsettled_nonce(self) -> str | None:
        """The nonce that an earlier attempt may have left out there; None when there was none."""
        return self.nonce if self.is_repeat else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Nothing was attempted: its turn comes after ``wait``. No fault of the destination."""

    why: str
    wait: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """The channel takes nothing from us until somebody does what ``remedy`` says; nothing arrived.

    ``detour`` is where its card goes meanwhile, if anywhere; ``admins`` is the channel in which to tell of it.
    """

    channel: str
    why: str
    remedy: str
    detour: Detour | None = None
    admins: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standby:
    """What the policy says for the case that a channel can't be posted to: where its cards go, and who hears of it."""

    channel: str
    admins: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a loop may claim now.

    Nothing for ``blocked`` destinations, only what is no new message for ``paced`` ones; the values say when that ends,
    None when nothing but a row's return ends it.
    """

    scope: str
    blocked: Mapping[str, datetime | None]
    paced: Mapping[str, datetime]
    limit: int


class Door(Protocol):
    """A way out of the house. ``scope`` is how its destinations begin, ``cap`` how many of them are served at once."""

    @property
    def scope(self) -> str:
        """How the destinations behind this door begin."""
        ...

    @property
    def cap(self) -> int:
        """How many destinations are served at once."""
        ...

    def paced(self, now: datetime) -> Mapping[str, datetime]:
        """Return the destinations that can't take a new message yet, each with when their turn comes."""
        ...

    async def carry(self, errand: Errand, now: datetime) -> Attempt | Hold | Closed:
        """Carry *errand* out once, or say why not yet."""
        ...
