"""Reading about cards that have to be looked after: which were lost, given up, or not looked at for a while."""

from datetime import datetime

from bot.core.request import ApprovalRequest, RequestId
from bot.store.codec import read_request
from bot.store.reading.part import Part


class CardLooks(Part):
    """Where cards stand that somebody has to see to, or has asked something on."""

    def next(self) -> datetime | None:
        """Return when the next card is to be looked at, aware UTC."""
        return self._moment(self._first("next_look"))

    def due(self, now: datetime) -> int:
        """Return how many cards wait for a look at *now*."""
        return int((self._first("looks_due", self._database.moment(now)) or (0,))[0])

    def first_dead(self) -> datetime | None:
        """Return when the first of what belongs to open requests' cards, and is dead, was given up."""
        return self._moment(self._first("first_dead_card"))

    def cardless(self, most: int) -> tuple[RequestId, ...]:
        """Return open requests with no card at all, and none on its way or given up; not those that share one.

        Looks at all that are open.
        """
        return tuple(RequestId(row[0]) for row in self._rows("cardless", most))

    def open_in(self, channel_id: str, most: int) -> tuple[ApprovalRequest, ...]:
        """Return the open requests with a card in this channel, their own or one they share, newest first."""
        return tuple(read_request(row[0]) for row in self._rows("open_in", channel_id, most))

    def questions_at(self, channel_id: str, ts: str) -> tuple[ApprovalRequest, ...]:
        """Return the requests that wait for an answer and whose card, or the one they share, is this message."""
        rows = self._rows("questions_at", channel_id, ts)
        return tuple(read_request(row[0]) for row in rows)
