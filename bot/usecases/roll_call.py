"""Who is in the live groups of open requests: looked up as soon as they are asked, and then every minute.

Whom a group holds is no part of any transaction, so it is looked up between two. What is due stands in the books: it
survives a restart, and when two replicas look, the second finds what the first has done.
"""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from bot.core.errors import Refused, Unavailable
from bot.core.life import desertion
from bot.core.people.membership import LiveGroup, Rolls
from bot.core.request import ApprovalRequest, RequestId
from bot.store import Snapshot, Transaction
from bot.usecases.desk import Desk
from bot.usecases.muster import PATIENCE, ask_others, say_stuck

BATCH = 100
"""How many requests are looked at in one transaction."""

EVERY = timedelta(minutes=1)
"""How late, at most, it is noticed that somebody left a group, or that a shift ended."""

AGAIN = timedelta(seconds=20)
"""How soon a group is looked up again that nobody could tell of."""

Look = Callable[[Iterable[LiveGroup]], Awaitable[Rolls]]
"""Finds out who is in live groups; what can't be told comes back as trouble, never as an error."""


def take_up(tx: Transaction, due: Iterable[RequestId], rolls: Rolls, now: datetime) -> None:
    """Ask others for each request of *due* whose groups hold too few people, by *rolls*; say when to look again."""
    for request_id in sorted(due):
        try:
            request = tx.requests.lock(request_id)
            if tx.roll_calls.is_due(request_id):
                _look_again(tx, ask_others(tx, request, now, rolls), rolls, now)
        except (ValueError, Refused) as error:
            # One that cannot be read, or not stepped, must keep nobody else waiting.
            _put_off(tx, now, request_id, error)


def _put_off(tx: Transaction, now: datetime, request_id: RequestId, error: Exception) -> None:
    say_stuck(request_id, error)
    tx.roll_calls.put(request_id, now + PATIENCE)


def _look_again(tx: Transaction, request: ApprovalRequest, rolls: Rolls, now: datetime) -> None:
    groups = desertion.open_groups(request)
    if not groups:
        tx.roll_calls.drop(request.id)
    elif all(group in rolls for group in groups):
        is_told = all(rolls[group].tells_of(group, now) for group in groups)
        tx.roll_calls.put(request.id, now + (EVERY if is_told else AGAIN))
    # Else it asks others by now, whose groups were not looked up yet, and is due at once.


class RollCaller:
    """Carries out the looks that are due. With none due it costs one read and writes nothing."""

    def __init__(self, desk: Desk, look: Look) -> None:
        self._desk = desk
        self._look = look

    async def call(self) -> None:
        """Go on until no look is due; each is then a while ahead, or gone."""
        while found := await self._desk.read(_due):
            groups = [group for request in found.values() if request for group in desertion.open_groups(request)]
            rolls = await self._look(groups)
            await self._take_up(tuple(found), rolls)

    async def _take_up(self, due: Sequence[RequestId], rolls: Rolls) -> None:
        """Take up all of *due*; each apart when that fails, so that one that cannot be written stops no other."""
        try:
            await self._desk.run(partial(_take_up, due, rolls))
        except Unavailable:
            raise  # it is the house that is in trouble, and no request of these
        except Exception as error:  # noqa: BLE001 - whatever one of them brought, when it was stepped or when it was written
            if len(due) == 1:
                await self._desk.run(partial(_put_off, request_id=due[0], error=error))
                return
            for request_id in due:
                await self._take_up((request_id,), rolls)


def _take_up(due: Iterable[RequestId], rolls: Rolls, tx: Transaction, now: datetime) -> None:
    take_up(tx, due, rolls, now)


def _due(snapshot: Snapshot) -> Mapping[RequestId, ApprovalRequest | None]:
    return snapshot.musters.roll_calls(BATCH, snapshot.now())
