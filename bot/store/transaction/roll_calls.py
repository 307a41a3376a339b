"""For which requests it is to be looked up who is in their live groups, and when."""

from datetime import datetime

from bot.core.request import RequestId
from bot.store.transaction.ground import Ground


class RollCalls:
    """One look a request, ahead or due. It is work to do and no fact: done twice it changes nothing."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def put(self, request_id: RequestId, at: datetime) -> None:
        """Have it looked up at *at* (aware UTC) who is in the live groups of a request, and not at another moment."""
        self._ground.current.roll_calls[request_id] = at

    def drop(self, request_id: RequestId) -> None:
        """Write down that nobody has to know that any more."""
        self._ground.current.roll_calls[request_id] = None

    def is_due(self, request_id: RequestId) -> bool:
        """Tell whether a look is due now; another replica may have carried it out meanwhile."""
        said = {**self._ground.pending.roll_calls, **self._ground.current.roll_calls}
        if request_id not in said:
            found = self._ground.tools.first("roll_call", request_id)
            said[request_id] = self._ground.tools.database.read_moment(found[0]) if found else None
        at = said[request_id]
        return at is not None and at <= self._ground.now
