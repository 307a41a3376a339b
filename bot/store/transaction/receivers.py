"""Where native sources are answered, as a use case reads and writes it. What it may say is in the request's seal."""

from bot.core.life.outcome import Outcome
from bot.core.receiver import ReturnAddress
from bot.core.request import RequestId
from bot.store.transaction.ground import Ground

_TELLING = frozenset(
    {
        "request.submitted",
        "request.reviewed",
        "request.review_withdrawn",
        "request.escalated",
        "request.deserted",
        "request.info_requested",
        "request.info_provided",
        "request.revised",
        "request.decided",
        "request.expired",
        "request.cancelled",
        "request.superseded",
    }
)
"""The events after which a source that is kept posted may have something new to show."""


class Receivers:
    """One a request, of those that a native source asked; what earlier use cases of the group wrote counts."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    def put(self, request_id: RequestId, address: ReturnAddress) -> None:
        """Write down where the answer to a new request goes."""
        self._ground.current.receivers[request_id] = address

    def remember(self, request_id: RequestId, memo: str) -> None:
        """Keep what its receiver wants to know the next time."""
        self._ground.current.memos[request_id] = memo

    def about(self, source: str, matter: str) -> tuple[tuple[RequestId, ReturnAddress], ...]:
        """Return the open requests about *matter*, with their addresses, locked in the order of their ids."""
        ground, read = self._ground, self._ground.tools.database.read_moment
        found = {
            RequestId(request_id): ReturnAddress(
                source=source, matter=matter, sealed=sealed, since=None if since is None else read(since)
            )
            for request_id, sealed, since in ground.tools.rows("receivers_about", source, matter)
        }
        written = {**ground.pending.receivers, **ground.current.receivers}
        found |= {one: it for one, it in written.items() if (it.source, it.matter) == (source, matter)}
        ground.lock_all([request_id for request_id in found if not ground.is_locked(request_id)])
        return tuple((one, found[one]) for one in sorted(found) if ground.lock(one).state.is_open)


def is_told(outcome: Outcome) -> bool:
    """Tell whether the source of a request is to be kept posted of what happened to it."""
    receiver = outcome.request.subject.receiver
    kept_posted = receiver is not None and receiver.is_kept_posted
    return kept_posted and any(line.event in _TELLING for line in outcome.happened)
