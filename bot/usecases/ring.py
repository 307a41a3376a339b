"""The clock brings something: reminders, escalations and ends, each once, through the same door as a click."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from bot.core.errors import Refused
from bot.core.events import DeadlinePassed, Escalated, Event, Reminded
from bot.core.identity import Actor, Via
from bot.core.lifecycle import advance
from bot.core.request import ApprovalRequest, RequestId
from bot.core.waiting import Next, brought
from bot.store import Snapshot, Transaction
from bot.usecases.desk import Desk

BATCH = 100
"""How many requests one transaction rings for; the caller asks again while it gets this many."""

PATIENCE = timedelta(minutes=1)
"""How long a request that could not be stepped is left alone before it is tried, and complained of, again."""

TIMER = Actor(name="timer", via=Via.TIMER)

_log = structlog.get_logger("timers")


@dataclass(frozen=True, slots=True)
class Rung:
    """What one transaction came to: how many steps were taken, and for which requests that was not possible."""

    taken: int
    broken: frozenset[RequestId] = frozenset()


def ring_due(tx: Transaction, now: datetime, skipped: Collection[RequestId] = ()) -> Rung:
    """Take the next step of up to BATCH requests for which one is due, but for those *skipped*.

    One step each: whoever slept through several is found again, and each step gets its own entry and its own effects.
    """
    due = [found for found in tx.requests.due(BATCH + len(skipped)) if found not in skipped]
    taken, broken = 0, set[RequestId]()
    for request_id in sorted(due):
        try:
            taken += _ring(tx, tx.requests.lock(request_id), now)
        except (ValueError, Refused) as error:
            # A request that cannot be read, or not stepped, must not keep all others from ending.
            _log.error("timers.request_stuck", request=request_id, error=type(error).__name__)
            broken.add(request_id)
    return Rung(taken, frozenset(broken))


def _ring(tx: Transaction, request: ApprovalRequest, now: datetime) -> bool:
    """Take the step that is due; between the look and the lock another replica or a click may have settled it."""
    what = brought(request, now)
    if what is None:
        return False
    tx.record(advance(request, _event(tx, request, what), now))
    return True


def _event(tx: Transaction, request: ApprovalRequest, due: Next) -> Event:
    match due:
        case Next.ENDS:
            return DeadlinePassed(by=TIMER, was_shown=_was_shown(tx, request))
        case Next.ESCALATES:
            return Escalated(by=TIMER)
        case Next.REMINDS:
            return Reminded(by=TIMER)
        case _:
            assert_never(due)


def _was_shown(tx: Transaction, request: ApprovalRequest) -> bool:
    """Tell whether a card of what is asked now was posted; an older revision's is one of something else."""
    cards = (tx.cards.of(request.id, channel) for channel in request.channels)
    return any(card is not None and card.revision == request.revision for card in cards)


class Sweeper:
    """Takes every step that is due. With nothing due a sweep costs one look and writes nothing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stuck: dict[RequestId, datetime] = {}

    async def sweep(self) -> None:
        """Go on until nothing is due, or nothing of it can be done; what is stuck is tried again after a while."""
        while (now := await self._desk.read(_time_of_a_step)) is not None:
            self._stuck = {stuck: at for stuck, at in self._stuck.items() if timedelta() <= now - at < PATIENCE}
            skipped = frozenset(self._stuck)
            rung = await self._desk.run(lambda tx, at: ring_due(tx, at, skipped))  # noqa: B023 - awaited at once
            self._stuck |= dict.fromkeys(rung.broken, now)
            if not rung.taken and not rung.broken:
                return


def _time_of_a_step(snapshot: Snapshot) -> datetime | None:
    """Return the time, the very one that transactions go by, when something is due; else None."""
    now, wake = snapshot.now(), snapshot.next_wake()
    return now if wake is not None and wake <= now else None
