"""What every receiver of a native source is given, and what it can do."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from bot.core.attempts import Attempt
from bot.core.judging.source import Source
from bot.core.request import ApprovalRequest
from bot.core.view import RequestView

Memo = Mapping[str, Any]
"""What a receiver keeps in mind of a request from one time to the next: plain JSON, no secrets."""


class Unusable(Exception):
    """A secret that can't be what the policy says it is; the sentence follows its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the policy of this moment says of a source: its entry, and the secrets that it names."""

    source: Source
    secrets: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """Where an answer goes. ``address`` is what the source's reader put there, ``memo`` what the receiver kept.

    ``request`` asked, as it is now, and ``since`` (aware UTC, by the source's clock) what is answered waits.
    ``remember`` keeps a new memo, durably: to be called right after each thing that must not be done twice.
    """

    terms: Terms
    request: ApprovalRequest
    since: datetime | None
    address: Mapping[str, Any] = field(repr=False)
    memo: Memo = field(default_factory=dict[str, Any])
    remember: Callable[[Memo], Awaitable[None]]


class Receiver(Protocol):
    """One kind of native source, as it is answered. No method raises for what the other side does."""

    def draw(self, view: RequestView, address: Mapping[str, Any], public_url: str) -> bytes:
        """Return what is sent of the decision. It is drawn once and kept in the clear: no secrets in it. Pure."""
        ...

    async def answer(self, back: Return, body: bytes, now: datetime) -> Attempt:
        """Send the decision, the same bytes at every attempt."""
        ...

    async def tell(self, back: Return, view: RequestView, public_url: str, now: datetime) -> Attempt:
        """Show the source what its request looks like now, as far as that is news; also once it has ended.

        Called after every step of a request that is kept posted.
        """
        ...

    async def inspect(self, terms: Terms) -> tuple[str, ...]:
        """Return what is wrong with the terms as the other side sees them, each as a sentence; for ``jit doctor``."""
        ...
