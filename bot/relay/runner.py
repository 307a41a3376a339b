"""One door's loop: claim what is due, carry it out, settle it, sleep until there is more."""

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.core.attempts import Attempt, Delivered, TryLater, Unknown
from bot.core.effects import AnswerSource, CallBack
from bot.relay.books import Books
from bot.relay.errand import Closed, Door, Errand, Hold, Wanted
from bot.relay.lines import Lines
from bot.relay.notices import Notices
from bot.relay.settling import PutBack, Settlement, settle

ATTEMPT_LIMIT = timedelta(seconds=45)
"""How long one attempt may take. The couriers' own limits are shorter; this one is for what they forgot."""

LONGEST_NAP = timedelta(seconds=5)
"""How long the loop trusts that it was told of everything."""

REST = timedelta(milliseconds=50)
"""The least time from one look to the next: a burst of commits costs a few looks then, not one each."""

_BREATH = timedelta(milliseconds=100)
_HEAD_START = timedelta(milliseconds=250)
_AFTER_A_FAULT = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """Time and randomness, from the wiring. ``clock`` answers aware UTC, ``chance`` a number from 0 to 1."""

    clock: Callable[[], datetime]
    chance: Callable[[], float]


class Runner:
    """Serves one door until it is closed. It alone may catch and go on: a fault costs one row one attempt, no more."""

    def __init__(self, door: Door, books: Books, chances: Chances, notices: Notices) -> None:
        self._door = door
        self._books = books
        self._clock = chances.clock
        self._chance = chances.chance
        self._notices = notices
        self._lines = Lines()
        self._woken = asyncio.Event()
        self._closing = False
        self._aloft: dict[str, Errand] = {}

    def wake(self) -> None:
        """Look now: something may be due."""
        self._woken.set()

    def forget_rests(self) -> None:
        """Leave no destination alone any longer, and look now."""
        self._lines.forget_rests()
        self.wake()

    def close(self) -> None:
        """Claim nothing more; :meth:`run` returns when what is under way has landed."""
        self._closing = True
        self.wake()

    async def run(self) -> None:
        """Serve until closed. Cancelled, it drops what is under way; :meth:`give_back` then says so in the books."""
        async with asyncio.TaskGroup() as flights:
            while not self._closing:
                self._woken.clear()
                nap = await self._round(flights)
                await asyncio.sleep(REST.total_seconds())
                await self._doze(nap - REST)

    async def give_back(self) -> None:
        """Make everything that was dropped due again at once; its nonces stay, so nothing can be posted twice."""
        if self._aloft:
            dropped = tuple(self._aloft.values())
            self._aloft.clear()
            await self._books.give_back(dropped, "the relay was stopped", self._clock())

    async def _round(self, flights: asyncio.TaskGroup) -> timedelta:
        """Send off what is due, and return how long there is nothing to do."""
        try:
            errands, nap = await self._claim()
            for errand in errands:
                self._lines.serve(errand.destination)
                self._aloft[errand.id] = errand
                flights.create_task(self._fly(errand), name=f"relay:{errand.id}")
        except Exception as error:  # noqa: BLE001 - the relay's loop: a store in trouble must not end it
            self._notices.fault("relay.claim_failed", self._door.scope, error)
            return _AFTER_A_FAULT
        return nap

    async def _claim(self) -> tuple[tuple[Errand, ...], timedelta]:
        now = self._clock()
        wanted = Wanted(
            scope=self._door.scope,
            blocked=self._lines.blocked(now),
            paced=self._door.paced(now),
            limit=self._door.cap - len(self._lines),
        )
        due = await self._books.next_due(wanted) if wanted.limit > 0 else None
        if due is None or due > now:
            turns = [turn for turn in (due, *wanted.blocked.values(), *wanted.paced.values()) if turn is not None]
            return (), min([LONGEST_NAP, *(turn - now for turn in turns)])
        errands = await self._books.claim(wanted)
        # Due, yet not to be had: another replica was faster, or its claim holds the line.
        return errands, timedelta() if errands else _BREATH

    async def _doze(self, nap: timedelta) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(nap.total_seconds(), 0)):
                await self._woken.wait()

    async def _fly(self, errand: Errand) -> None:
        try:
            settlement = await self._carry(errand)
            await self._books.settle(errand, settlement)
            self._notices.settled(errand, settlement, self._clock())
        except Exception as error:  # noqa: BLE001 - the relay's loop: this row failed, the others go on
            self._notices.fault("relay.delivery_failed", errand.destination, error)
            await self._rescue(errand)
        self._land(errand)

    async def _rescue(self, errand: Errand) -> None:
        """Put the row back after a fault of ours; nobody knows how far it got, so its nonce stays."""
        settlement = settle(errand, Unknown(why="a fault of ours, see the log"), self._chance, self._clock())
        try:
            await self._books.settle(errand, settlement)
        except Exception as error:  # noqa: BLE001 - the same: the claim's lease runs out, and the row comes back
            self._notices.fault("relay.put_back_failed", errand.destination, error)

    def _land(self, errand: Errand) -> None:
        self._aloft.pop(errand.id, None)
        self._lines.leave(errand.destination)
        self.wake()

    async def _carry(self, errand: Errand) -> Settlement:
        attempt = await self._attempt(errand)
        now = self._clock()
        settlement = settle(errand, attempt, self._chance, now)
        match attempt:
            case Delivered():
                self._lines.worked(errand.destination)
            case TryLater(after=None) | Unknown() | Closed(detour=None):
                rested = self._lines.failed(errand.destination, None, self._chance(), now)
                return _behind_the_others(settlement, rested)
            case TryLater():
                self._lines.failed(errand.destination, _asked_of_line(errand, attempt), self._chance(), now)
            case Closed():
                self._lines.worked(errand.destination)  # whatever waits here has somewhere else to go
            case _:
                pass
        return settlement

    async def _attempt(self, errand: Errand) -> Attempt | Hold | Closed:
        try:
            async with asyncio.timeout(ATTEMPT_LIMIT.total_seconds()):
                return await self._door.carry(errand, self._clock())
        except TimeoutError:
            return Unknown(why=f"no end after {ATTEMPT_LIMIT.total_seconds():.0f} s")


def _behind_the_others(settlement: Settlement, rested: datetime) -> Settlement:
    """Let another row be the first to try when the line has *rested*: perhaps it was this one's own fault.

    A message that Slack answers with 500 each time would else keep a channel's other cards waiting, rest after rest.
    """
    if isinstance(settlement, PutBack):
        return replace(settlement, due_at=max(settlement.due_at, rested + _HEAD_START))
    return settlement


def _asked_of_line(errand: Errand, attempt: TryLater) -> timedelta | None:
    """Return how long the whole line was asked to rest.

    Slack speaks for its channel. A caller speaks for the one callback it was sent: many share a host, and by a day's
    Retry-After one of them must not hold back a decision that somebody else waits for.
    """
    return None if isinstance(errand.effect, CallBack | AnswerSource) else attempt.after
