"""What is needed to show a request: the request, everything its tests said, and where its cards are."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.evidence import TestEvidence
from bot.core.people import eligibility
from bot.core.people.absence import Absence
from bot.core.people.delegation import Delegation
from bot.core.people.identity import Person
from bot.core.people.presence import Presence
from bot.core.request import ApprovalRequest, RequestId


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
    With a ``host`` it is the card of that other request, which shows this one, too.
    ``drawn`` is the digest of what it was last drawn as, ``kept`` that of the words Slack then had; None: not known.
    """

    channel: str
    channel_id: str
    ts: str
    permalink: str | None = None
    revision: int = 0
    detour: Detour | None = None
    host: RequestId | None = None
    drawn: str | None = None
    kept: str | None = None

    @property
    def place(self) -> str:
        """The channel it stands in, as the policy calls it."""
        return self.channel if self.detour is None else self.detour.to


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """Another request on the same card."""

    id: RequestId
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """Somebody who is asked and not there: who, until when (aware UTC), why, and who answers for them meanwhile."""

    person: Person
    until: datetime
    reason: str | None = None
    stand_in: Person | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestView:
    """A request with what lies beside it. ``tests`` holds every failure of the current revision.

    ``company`` are those that share its card and stand where it does; ``gone`` who is not there of those whom it asks;
    ``lent`` is what lets whoever is there answer for others now.
    """

    request: ApprovalRequest
    tests: TestEvidence
    cards: tuple[CardRef, ...] = ()
    company: tuple[Companion, ...] = ()
    gone: tuple[Gone, ...] = ()
    lent: tuple[Delegation, ...] = ()

    def card_in(self, channel: str) -> CardRef | None:
        """Return the card in the channel the policy calls *channel*, its own or one that shows it, too."""
        return next((card for card in self.cards if card.channel == channel), None)

    def without_borrowed_cards(self) -> "RequestView":
        """Return it with the cards that are redrawn for it, or were: not those of whom it followed."""
        kept = (card for card in self.cards if card.host is None or self.was_handed_over(card.channel))
        return replace(self, cards=tuple(kept))

    def bare_channels(self) -> tuple[str, ...]:
        """Return the channels in which it should have a card and has none; those that share one have their leader's."""
        request = self.request
        if not request.state.is_open or request.leader is not None:
            return ()
        own = self.without_borrowed_cards()
        return tuple(channel for channel in request.channels if own.card_in(channel) is None)

    def was_handed_over(self, channel: str) -> bool:
        """Tell whether its card there has become that of one who followed it; a leader's id sorts before theirs."""
        card = self.card_in(channel)
        return card is not None and card.host is not None and card.host > self.request.id


def alike(request: ApprovalRequest, group: Iterable[ApprovalRequest]) -> tuple[Companion, ...]:
    """Return those of its *group* that stand where *request* does, in the order in which they came."""
    others = (other for other in group if other.id != request.id and other.state is request.state)
    return tuple(Companion(id=other.id, number=other.number) for other in sorted(others, key=lambda o: o.id))


def gone_from(request: ApprovalRequest, presence: Presence) -> tuple[Gone, ...]:
    """Return who is not there of those who may answer the present stage."""
    if presence.is_full or not _asks_somebody(request):
        return ()
    found = list[Gone]()
    for person, why in presence.gone_of(eligibility.approvers_of(request)):
        loan, reason = presence.loan_of(person), why.reason if isinstance(why, Absence) else None
        stand_in = loan.receiver if loan else None
        found.append(Gone(person=person, until=why.until, reason=reason, stand_in=stand_in))
    return tuple(found)


def lent_to(request: ApprovalRequest, presence: Presence) -> tuple[Delegation, ...]:
    """Return what is lent to those who are there, where *request* asks some people and not just anybody."""
    if not _asks_somebody(request):
        return ()
    return tuple(loan for loan in presence.delegations if presence.is_there(loan.receiver))


def _asks_somebody(request: ApprovalRequest) -> bool:
    return request.state.is_open and not request.ruling.stages[request.stage].anyone
