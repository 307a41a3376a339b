"""Whether an answer would reach another deployment than its own: several requests may be about one thing that waits."""

from collections.abc import Iterable
from datetime import datetime

from bot.core.receiver import ReturnAddress
from bot.core.request import ApprovalRequest, State
from bot.store import Snapshot

QUIET = frozenset({State.CANCELLED, State.EXPIRED, State.SUPERSEDED})
"""Ends that nobody spoke: nobody has to look when such an answer is not sent."""

Other = tuple[ApprovalRequest, datetime | None]
"""A request about the same matter, and since when it waits."""


def rival_of(snapshot: Snapshot, request: ApprovalRequest, address: ReturnAddress) -> ApprovalRequest | None:
    """Return a request of the same slot that keeps the answer to *request* from being sent."""
    if not address.matter:
        return None
    return first_rival(request, address.since, snapshot.receivers.beside(request.id, address))


def first_rival(request: ApprovalRequest, since: datetime | None, others: Iterable[Other]) -> ApprovalRequest | None:
    """Return the first that is in the same environment, and newer; or open, where this one was not let go on."""
    return next((one for one, its_since in others if _is_rival(request, since, one, its_since)), None)


def _is_rival(
    request: ApprovalRequest, since: datetime | None, other: ApprovalRequest, its_since: datetime | None
) -> bool:
    if _environment(other) != _environment(request):
        return False
    if other.state.is_open and request.state is not State.APPROVED:
        return True
    if since is None or its_since is None or its_since == since:
        return other.number > request.number
    return its_since > since


def _environment(request: ApprovalRequest) -> str:
    return (request.subject.environment or "").casefold()
