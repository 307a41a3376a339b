"""Where cards were posted."""

from bot.core.request import RequestId
from bot.core.view import CardRef
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
        return CardRef(channel=found[0], channel_id=found[1], ts=found[2], permalink=found[3], revision=found[4])
