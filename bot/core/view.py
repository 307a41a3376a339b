"""What is needed to show a request: the request, everything its tests said, and where its cards are."""

from dataclasses import dataclass

from bot.core.evidence import TestEvidence
from bot.core.request import ApprovalRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Detour:
    """A card that goes to another channel than its own, because that one can't be posted to; ``why`` in a few words."""

    to: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRef:
    """A posted card. ``channel`` is the policy's name (``#approvals``), ``channel_id`` and ``ts`` are Slack's.

    ``revision`` is the newest revision of the request that this channel's card has certainly shown; 0: not known.
    With a ``detour`` it stands there, in its own channel's stead.
    """

    channel: str
    channel_id: str
    ts: str
    permalink: str | None = None
    revision: int = 0
    detour: Detour | None = None

    @property
    def place(self) -> str:
        """The channel it stands in, as the policy calls it."""
        return self.channel if self.detour is None else self.detour.to


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A request with what lies beside it. ``tests`` holds every failure of the current revision."""

    request: ApprovalRequest
    tests: TestEvidence
    cards: tuple[CardRef, ...] = ()

    def card_in(self, channel: str) -> CardRef | None:
        """Return the card in the channel the policy calls *channel*."""
        return next((card for card in self.cards if card.channel == channel), None)
