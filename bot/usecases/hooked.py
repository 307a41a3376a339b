"""What a native source says of the thing that waits, once it no longer does."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.events import Cancelled
from bot.core.life.lifecycle import advance
from bot.core.people.identity import Actor
from bot.core.request import ApprovalRequest
from bot.store import Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class MatterEnded:
    """What *source* calls ``matter`` waits no more since ``at`` (aware UTC, by its clock)."""

    source: str
    matter: str
    at: datetime
    by: Actor
    reason: str


def end_matter(tx: Transaction, ended: MatterEnded, now: datetime) -> tuple[ApprovalRequest, ...]:
    """Cancel the open requests about it, and return them as they are now.

    Not those that began to wait later: then this tells of an earlier try, and came late or once more. Nor those whose
    last moment is reached, which is the timer's. Said twice, it changes nothing the second time.
    """
    cancelled: list[ApprovalRequest] = []
    for request_id, address in tx.receivers.about(ended.source, ended.matter):
        request = tx.requests.lock(request_id)
        is_earlier = address.since is not None and ended.at < address.since
        if is_earlier or request.last_moment is None or now >= request.last_moment:
            continue
        outcome = advance(request, Cancelled(by=ended.by, reason=ended.reason), now)
        tx.record(outcome)
        cancelled.append(outcome.request)
    return tuple(cancelled)
