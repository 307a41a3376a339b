"""How an attempt to deliver something ended; the relay decides what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from bot.core.request import RequestId


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """It arrived. ``channel`` and ``ts`` name the message it became, when it became one.

    ``company`` are those whom it shows besides the request that it is about.
    ``revision`` is that of the request as the message shows it; where an earlier attempt drew it, the least it can be.
    ``drawn`` is the digest of what a card was to show, ``kept`` that of what Slack says it shows; None: not known.
    """

    channel: str | None = None
    ts: str | None = None
    permalink: str | None = None
    revision: int | None = None
    company: tuple[RequestId, ...] = ()
    drawn: str | None = None
    kept: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True, kw_only=True)
class TryLater:
    """It certainly did not arrive, and may later. ``after`` is what the other side asked for, if it did.

    ``remedy`` is what somebody has to do for it first, where waiting alone will not mend it. With ``is_closed`` it is
    the channel that takes nothing from us; anything else may still get through elsewhere.
    """

    why: str
    after: timedelta | None = None
    remedy: str | None = None
    is_closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """Nobody knows whether it arrived (the connection broke after sending): look before doing it again."""

    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """It never will: no attempt can mend this, somebody has to."""

    why: str


Attempt = Delivered | TryLater | Unknown | GiveUp
