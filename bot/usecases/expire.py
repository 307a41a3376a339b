"""Time runs out: requests whose deadline is reached end as their rule says, through the same door as a click."""

from collections.abc import Callable
from datetime import datetime

from bot.core.events import DeadlinePassed
from bot.core.identity import Actor, Via
from bot.core.lifecycle import advance
from bot.store import Transaction
from bot.usecases.desk import Desk

BATCH = 100
"""How many requests one transaction ends; the caller asks again while it gets this many."""

TIMER = Actor(name="timer", via=Via.TIMER)


def expire_due(tx: Transaction, now: datetime) -> int:
    """End up to BATCH requests whose deadline is reached, and return how many there were."""
    due = sorted(tx.requests.due(BATCH))
    for request_id in due:
        request = tx.requests.lock(request_id)
        # Between the look and the lock another replica may have ended it, or a click moved its deadline.
        if request.deadline is not None and request.deadline <= now:
            tx.record(advance(request, DeadlinePassed(by=TIMER), now))
    return len(due)


async def sweep(desk: Desk, clock: Callable[[], datetime]) -> None:
    """End everything that is due. With nothing due it costs one look and writes nothing."""
    now = clock()
    deadline = await desk.read(lambda snapshot: snapshot.next_deadline())
    while deadline is not None and deadline <= now:
        if await desk.run(expire_due) < BATCH:
            return
