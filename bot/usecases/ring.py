"""The clock brings something: reminders, escalations and ends, each once, through the same door as a click."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import assert_never

import structlog

from bot.core.errors import Refused, Unavailable
from bot.core.events import DeadlinePassed, Escalated, Event, GlassChased, Reminded, WindowPassed
from bot.core.freeze import ActiveFreeze
from bot.core.judging.freeze_windows import Freezes, never_frozen
from bot.core.life.lifecycle import advance
from bot.core.life.waiting import Next, brought
from bot.core.request import ApprovalRequest, RequestId
from bot.store import Snapshot, Transaction
from bot.usecases.desk import Desk
from bot.usecases.muster import ask_others
from bot.usecases.timer import TIMER

BATCH = 100
"""How many requests one transaction rings for; the caller asks again while it gets this many."""

PATIENCE = timedelta(minutes=1)
"""How long a request that could not be stepped is left alone before it is tried, and complained of, again."""

_log = structlog.get_logger("timers")


@dataclass(frozen=True, slots=True)
class Rung:
    """What one transaction came to: how many steps were taken, and for which requests that was not possible."""

    taken: int
    broken: frozenset[RequestId] = frozenset()


def ring_due(tx: Transaction, freezes: Freezes, now: datetime, skipped: Collection[RequestId] = ()) -> Rung:
    """Take the next step of up to BATCH requests for which one is due, but for those *skipped*.

    One step each: whoever slept through several is found again, and each step gets its own entry and its own effects.
    """
    taken, broken = 0, set[RequestId]()
    for request_id in _due(tx, skipped):
        try:
            taken += _ring(tx, tx.requests.lock(request_id), freezes, now)
        except (ValueError, Refused) as error:
            # A request that cannot be read, or not stepped, must not keep all others from ending.
            _say_stuck(request_id, error)
            broken.add(request_id)
    return Rung(taken, frozenset(broken))


def _due(tx: Transaction, skipped: Collection[RequestId]) -> Sequence[RequestId]:
    return sorted(found for found in tx.requests.due(BATCH + len(skipped)) if found not in skipped)


def _say_stuck(request_id: RequestId, error: Exception) -> None:
    _log.error("timers.request_stuck", request=request_id, error=type(error).__name__)


def _ring(tx: Transaction, request: ApprovalRequest, freezes: Freezes, now: datetime) -> bool:
    """Take the step that is due; between the look and the lock another replica or a click may have settled it."""
    what = brought(request, now)
    if what is None:
        return False
    held = freezes(request, now) if what in {Next.ENDS, Next.RELEASES} else ()
    outcome = advance(request, _event(tx, request, what, held), now)
    tx.record(outcome)
    ask_others(tx, outcome.request, now)
    return True


def _event(tx: Transaction, request: ApprovalRequest, due: Next, freezes: tuple[ActiveFreeze, ...]) -> Event:
    match due:
        case Next.ENDS:
            return DeadlinePassed(by=TIMER, was_shown=_was_shown(tx, request), freezes=freezes)
        case Next.ESCALATES:
            return Escalated(by=TIMER)
        case Next.REMINDS:
            return Reminded(by=TIMER)
        case Next.CHASES:
            return GlassChased(by=TIMER)
        case Next.RELEASES:
            return WindowPassed(by=TIMER, freezes=freezes)
        case _:
            assert_never(due)


def _was_shown(tx: Transaction, request: ApprovalRequest) -> bool:
    """Tell whether a card of what is asked now was posted; an older revision's is one of something else."""
    cards = (tx.cards.of(request.id, channel) for channel in request.channels)
    return any(card is not None and card.revision == request.revision for card in cards)


class Sweeper:
    """Takes every step that is due. With nothing due a sweep costs one look and writes nothing.

    *freezes* says which freezes of the policy hold at an end, for silence approves nothing in one, and nothing is
    released into one that rejects.
    """

    def __init__(self, desk: Desk, freezes: Freezes = never_frozen) -> None:
        self._desk = desk
        self._freezes = freezes
        self._stuck: dict[RequestId, datetime] = {}

    async def sweep(self) -> None:
        """Go on until nothing is due, or nothing of it can be done; what is stuck is tried again after a while."""
        while (now := await self._desk.read(_time_of_a_step)) is not None:
            self._stuck = {stuck: at for stuck, at in self._stuck.items() if timedelta() <= now - at < PATIENCE}
            skipped = frozenset(self._stuck)
            rung = await self._ring(skipped)
            self._stuck |= dict.fromkeys(rung.broken, now)
            if not rung.taken and not rung.broken:
                return

    async def _ring(self, skipped: Collection[RequestId]) -> Rung:
        try:
            return await self._desk.run(lambda tx, now: ring_due(tx, self._freezes, now, skipped))
        except Unavailable:
            raise  # it is the house that is in trouble, and no request of these
        except Exception:  # noqa: BLE001 - whatever one of them brought, when it was stepped or when it was written
            return await self._ring_apart(skipped)

    async def _ring_apart(self, skipped: Collection[RequestId]) -> Rung:
        """Ring for each in a transaction of its own, so that one that cannot be stepped or written stops no other."""
        taken, broken = 0, set[RequestId]()
        for request_id in await self._desk.run(lambda tx, _now: _due(tx, skipped)):
            try:
                taken += await self._desk.run(partial(_ring_one, request_id, self._freezes))
            except Unavailable:
                raise
            except Exception as error:  # noqa: BLE001 - the same; it is said, and tried again after a while
                _say_stuck(request_id, error)
                broken.add(request_id)
        return Rung(taken, frozenset(broken))


def _ring_one(request_id: RequestId, freezes: Freezes, tx: Transaction, now: datetime) -> bool:
    return _ring(tx, tx.requests.lock(request_id), freezes, now)


def _time_of_a_step(snapshot: Snapshot) -> datetime | None:
    """Return the time, the very one that transactions go by, when something is due; else None."""
    now, wake = snapshot.now(), snapshot.next_wake()
    return now if wake is not None and wake <= now else None
