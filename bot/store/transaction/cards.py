"""Where cards were posted."""

from bot.core.request import RequestId
from bot.core.view import CardRef, Detour
from bot.store.database import Values
from bot.store.transaction.ground import Ground


class Cards:
    """One card a request and channel."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def put(self, request_id: RequestId, card: CardRef) -> None:
        """Remember where the card in its channel is."""
        self._ground.current.cards[request_id, card.channel] = card

    def of(self, request_id: RequestId, channel: str) -> CardRef | None:
        """Return the card of a request in the channel that the policy calls *channel*."""
        place = (request_id, channel)
        card = self._ground.current.cards.get(place) or self._ground.pending.cards.get(place)
        if card is not None:
            return card
        found = self._ground.tools.first("card", *place)
        if found is None:
            return None
        return read_card(found)


def draw_card(card: CardRef) -> Values:
    """Return the columns of *card*, in the order of the table after the request."""
    to, why = (card.detour.to, card.detour.why) if card.detour else (None, None)
    where = (card.channel, card.channel_id, card.ts, card.permalink)
    return (*where, card.revision, to, why, card.host, card.drawn, card.kept)


def read_card(row: Values) -> CardRef:
    """Return the card of a row with these columns."""
    return CardRef(
        channel=row[0],
        channel_id=row[1],
        ts=row[2],
        permalink=row[3],
        revision=row[4],
        detour=Detour(to=row[5], why=row[6] or "") if row[5] is not None else None,
        host=row[7],
        drawn=row[8],
        kept=row[9],
    )
