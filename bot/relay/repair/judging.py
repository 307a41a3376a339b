"""What is wrong with a card, and what follows from it: pure, so that every case can be laid out in a table."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto

from bot.core.request import ApprovalRequest
from bot.core.view import CardRef, RequestView
from bot.store import Look

EVERY = timedelta(minutes=15)
"""How often the card of an open request is looked at, as long as there are few enough of them."""

AFTERCARE = timedelta(days=1)
"""How long after its end the card of a request is brought to show it; what is wrong then stays so."""


class Care(Enum):
    """What a card is worth."""

    FULL = auto()
    """Somebody has still to do something on it."""
    LAST = auto()
    """Its request has ended lately; it is to show that."""
    NONE = auto()
    """It ended long ago."""


class Found(StrEnum):
    """What a look came to."""

    FINE = "fine"
    STALE = "stale"
    """It was drawn from another state of the request, or by another version of the software."""
    CHANGED = "changed"
    """Somebody else has changed it since we drew it."""
    DELETED = "deleted"
    CLOSED = "closed"
    """Its channel takes nothing from us: archived, or the app was sent away."""
    MISSING = "missing"
    """It was never posted, and nothing is on its way that would."""
    BORROWED = "borrowed"
    """It is the card of another request now."""
    ON_ITS_WAY = "on_its_way"
    UNSEEN = "unseen"
    """Nobody could look; the next one will."""


BROKEN = frozenset({Found.STALE, Found.CHANGED, Found.DELETED, Found.CLOSED, Found.MISSING})
"""What is repaired, if the request is open; a card that merely shows too little also when it has ended."""

MEDDLED = frozenset({Found.CHANGED, Found.DELETED})
"""What somebody did, and the log keeps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A message in Slack: gone, or there with these ``words`` (their digest; None: not known)."""

    is_there: bool
    words: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A card that was looked at. ``mark`` is what is odd about it, for the next look; ``why`` is Slack's word.

    With ``is_hopeless`` bringing it up to date was given up, and is not begun again for this look. ``lacks`` tells
    whether the books know no card in another channel of its request.
    """

    look: Look
    found: Found
    care: Care
    mark: str | None = None
    words: str | None = None
    why: str | None = None
    is_hopeless: bool = False
    lacks: bool = False

    @property
    def is_repaired(self) -> bool:
        """Tell whether it is to be brought up to date: of a closed request only what is still there."""
        match self.care:
            case Care.FULL:
                return self.found in BROKEN and not self.is_hopeless
            case Care.LAST:
                return self.found in {Found.STALE, Found.CHANGED} and not self.is_hopeless
            case Care.NONE:
                return False

    @property
    def is_news(self) -> bool:
        """Tell whether the log has to hear of it: somebody did something, and this was not told yet."""
        return self.found in MEDDLED and self.mark != self.look.odd

    def next_look(self, now: datetime) -> datetime | None:
        """Return when it is looked at next; None: never again, for nothing about it will change."""
        if self.found is Found.BORROWED or self.care is Care.NONE:
            return None
        if self.found is Found.UNSEEN:
            return now
        if self.care is Care.FULL or self.is_repaired or self.found is Found.ON_ITS_WAY:
            return now + EVERY
        return None


def care_for(request: ApprovalRequest, now: datetime) -> Care:
    """Return what the card of *request* is worth *now*."""
    if request.awaits_somebody:
        return Care.FULL
    is_recent = request.decision is not None and now - request.decision.at <= AFTERCARE
    return Care.LAST if is_recent else Care.NONE


def is_own(card: CardRef, view: RequestView) -> bool:
    """Tell whether *card* is the request's own, and still the one that its view knows."""
    known = view.without_borrowed_cards().card_in(card.channel)
    return known is not None and known.ts == card.ts and not view.was_handed_over(card.channel)


def judge(look: Look, *, care: Care, drawn: str, seen: Sighting) -> Judged:
    """Return what is wrong with a card that should look as *drawn* (a digest), and was *seen* in Slack."""
    card = look.card
    if not seen.is_there:
        return Judged(look=look, found=Found.DELETED, care=care, mark="deleted")
    if card.kept is not None and seen.words != card.kept:
        mark = f"changed:{seen.words or 'emptied'}"
        return Judged(look=look, found=Found.CHANGED, care=care, mark=mark)
    found = Found.FINE if card.drawn == drawn else Found.STALE
    return Judged(look=look, found=found, care=care, words=seen.words)
