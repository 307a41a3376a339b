"""Requests, as a use case reads and locks them; it writes them by ``Transaction.record`` alone."""

from bot.core.request import ApprovalRequest, RequestId
from bot.store.transaction.ground import Ground
from bot.store.values import Keyed


class Requests:
    """Every point read sees what the earlier use cases of the group wrote."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def lock(self, request_id: RequestId) -> ApprovalRequest:
        """Return the request, locked until the commit. Raises Refused (NOT_FOUND)."""
        return self._ground.lock(request_id)

    def by_key(self, source: str, key: str) -> Keyed | None:
        """Return what *source* made with this idempotency key."""
        known = self._ground.known_key(source, key)
        return Keyed(key=key, request_id=known[0], body_hash=known[1]) if known else None

    def next_number(self) -> int:
        """Return the number for a new request."""
        return self._ground.next_number()

    def due(self, limit: int) -> tuple[RequestId, ...]:
        """Return up to *limit* requests to which the clock brings something now, longest overdue first."""
        return tuple(self._ground.due(limit))

    def open_in_lane(self, source: str, lane: str) -> tuple[RequestId, ...]:
        """Return the open requests of a lane of *source*, in the order of their ids."""
        return tuple(self._ground.open_in_lane(source, lane))
