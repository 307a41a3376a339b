"""Nobody is there, so whoever would be asked later is asked at once: seen when a request moves, or somebody goes.

When a request begins to wait, or goes on to wait for others, the transaction that brought that looks for itself. When
somebody goes, a look through all that is open is written down; it survives a restart, and twice is as good as once.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from bot.core.errors import Refused, Unavailable
from bot.core.events import Deserted
from bot.core.life import desertion
from bot.core.life.lifecycle import advance
from bot.core.people.membership import NOTHING_KNOWN, Rolls
from bot.core.request import ApprovalRequest, RequestId
from bot.store import Snapshot, Transaction
from bot.usecases.desk import Desk
from bot.usecases.timer import TIMER

BATCH = 200
"""How many open requests one transaction looks at; the next goes on behind them."""

LOOKS_EVERY = timedelta(seconds=0.5)
"""How late, at most, a request is noticed from which somebody went."""

PATIENCE = timedelta(minutes=1)
"""How long a request that could not be stepped is left alone before it is tried, and complained of, again."""

_log = structlog.get_logger("presence")


def ask_others(
    tx: Transaction, request: ApprovalRequest, now: datetime, rolls: Rolls = NOTHING_KNOWN
) -> ApprovalRequest:
    """Ask more people for *request*, which is locked, until enough are there or nobody is left; return it then.

    Who is in its live groups must be looked up outside of any transaction. What *rolls* do not tell is looked up next:
    that is written down here, with what made it necessary. A request whose deadline is reached is left to end.
    """
    while request.deadline is not None and now < request.deadline and desertion.can_be(request):
        if any(group not in rolls for group in desertion.open_groups(request)):
            tx.roll_calls.put(request.id, now)
            break
        presence = replace(tx.presence.now(), rolls=rolls)
        if not desertion.is_deserted(request, presence, now):
            break
        outcome = advance(request, Deserted(by=TIMER, presence=presence), now)
        tx.record(outcome)
        request = outcome.request
    return request


def look_through(tx: Transaction, now: datetime, most: int = BATCH) -> bool:
    """Look at the next open requests, if a look is due; tell whether there was one.

    Of several that are due the latest sees all that the others would; it begins anew then.
    """
    found = _next(tx, most)
    presence = tx.presence.now()
    for request in found or ():
        if request is not None and desertion.is_deserted(request, presence, now):
            _ask_others(tx, request, now)
        elif request is not None and desertion.open_groups(request):
            tx.roll_calls.put(request.id, now)
    return found is not None


def pass_over(tx: Transaction, now: datetime, error: Exception) -> None:
    """Go on behind the next open request, which could not be stepped or written. It is tried again by itself."""
    for request in _next(tx, 1) or ():
        if request is not None:
            say_stuck(request.id, error)
            tx.roll_calls.put(request.id, now + PATIENCE)


def _next(tx: Transaction, most: int) -> list[ApprovalRequest | None] | None:
    """Return the requests that the look which is due comes to next, and write down that it did; None: none is due."""
    due = tx.presence.due()
    if not due:
        return None
    (look, after), *others = due
    for other, _ in others:
        tx.presence.finish(other)
    last, found = tx.presence.open_after(0 if others else after, most)
    if last is None or len(found) < most:
        tx.presence.finish(look)
    else:
        tx.presence.go_on(look, last)
    return found


def _ask_others(tx: Transaction, request: ApprovalRequest, now: datetime) -> None:
    """Between the look and the lock another replica or a click may have settled it: what is locked counts."""
    try:
        ask_others(tx, tx.requests.lock(request.id), now)
    except (ValueError, Refused) as error:
        # One that cannot be read, or not stepped, must keep nobody else waiting.
        say_stuck(request.id, error)
        tx.roll_calls.put(request.id, now + PATIENCE)


def say_stuck(request_id: RequestId, error: Exception) -> None:
    """Say that a request could not be stepped; an exception's own words may hold what people wrote."""
    _log.error("presence.request_stuck", request=request_id, error=type(error).__name__)


class Musterer:
    """Carries out the looks that are due. With none due it costs one read and writes nothing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def look(self) -> None:
        """Go on until no look is due."""
        while await self._desk.read(_is_due):
            if not await self._step():
                return

    async def _step(self) -> bool:
        try:
            return await self._desk.run(look_through)
        except Unavailable:
            raise  # it is the house that is in trouble, and no request of these
        except Exception:  # noqa: BLE001 - whatever one of them brought, when it was stepped or when it was written
            return await self._step_apart()

    async def _step_apart(self) -> bool:
        """Look at the next one in a transaction of its own, so that one that cannot be written stops no other."""
        try:
            return await self._desk.run(partial(look_through, most=1))
        except Unavailable:
            raise
        except Exception as error:  # noqa: BLE001 - the same; it is said, and tried again after a while
            await self._desk.run(partial(pass_over, error=error))
            return True


def _is_due(snapshot: Snapshot) -> bool:
    at = snapshot.musters.next()
    return at is not None and at <= snapshot.now()
