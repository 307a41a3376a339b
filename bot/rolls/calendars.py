"""On-call calendars: read every now and then, evaluated beside the loop, and the last good copy kept for a day."""

import asyncio
import ctypes
import hashlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import aiohttp
import structlog

from bot.copies import Copies, Kept
from bot.core.people.identity import Identity, People, Person, is_one_of
from bot.core.people.membership import LONGEST, GroupKind, LiveGroup, Roll
from bot.rolls.ical import MAX_BYTES, BadCalendar, Shift, read_shifts

FRESH = timedelta(minutes=5)
"""How old a copy may be before it is read again, if that can be done at once."""

FETCH_LIMIT = 10.0
READ_LIMIT = 5.0
"""Seconds for the address to answer, and for the events to be worked out."""

_GOOD_FOR = LONGEST[GroupKind.CALENDAR] - timedelta(minutes=1)
_log = structlog.get_logger("calendars")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copy:
    """What a calendar said at ``read_at``, worked out for as long as it may be used."""

    read_at: datetime
    shifts: tuple[Shift, ...]


class Calendars:
    """Reads calendars over https, without redirects, or from files. *people* returns the table that holds now."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        people: Callable[[], People],
        clock: Callable[[], datetime],
        kept: Copies,
    ) -> None:
        self._session = session
        self._people = people
        self._clock = clock
        self._kept = kept
        self._copies: dict[str, _Copy] = {}
        self._recalled: dict[str, asyncio.Task[None]] = {}
        self._reading: dict[str, asyncio.Task[str | None]] = {}
        self._endless: set[str] = set()

    async def roll(self, group: LiveGroup) -> Roll:
        """Return who is on call, by a copy that is at most a day old; with ``trouble`` there is none."""
        await self._recall(group.ref)
        now, copy = self._clock(), self._copies.get(group.ref)
        trouble = None
        if copy is None or not timedelta() <= now - copy.read_at < FRESH:
            trouble = await self._patiently(group.ref, has_copy=copy is not None)
        copy = self._copies.get(group.ref)
        if copy is None or now - copy.read_at > _GOOD_FOR:
            return Roll(people=(), read_at=now, trouble=trouble or "its calendar is not read yet")
        return Roll(people=self._on_call(copy, now), read_at=copy.read_at)

    async def refresh(self, refs: Iterable[str]) -> None:
        """Read each of these calendars again, so that whoever answers need not wait for it."""
        for ref in dict.fromkeys(refs):
            await self._recall(ref)
            await self._read(ref)

    async def close(self) -> None:
        """Stop reading."""
        tasks = (*self._reading.values(), *self._recalled.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _patiently(self, ref: str, *, has_copy: bool) -> str | None:
        """Read it again; whoever has a copy does not wait for a slow address, and reading goes on without them."""
        reading = self._read(ref)
        if not has_copy:
            return await asyncio.shield(reading)
        done, _ = await asyncio.wait({reading}, timeout=1.0)
        return reading.result() if done else None

    async def _recall(self, ref: str) -> None:
        """Before a calendar is read for the first time, wait for the copy that an earlier run has left."""
        known = self._recalled.get(ref)
        if known is None:
            known = self._recalled[ref] = asyncio.create_task(self._take_kept(ref), name="calendar's copy")
        await asyncio.shield(known)

    async def _take_kept(self, ref: str) -> None:
        """Take the copy that an earlier run has left, where it is good; done once."""
        kept, now = await asyncio.to_thread(self._kept.recall, ref), self._clock()
        if kept is None or not timedelta() <= now - kept.read_at <= _GOOD_FOR:
            return
        try:
            shifts = await self._worked_out(kept.content, kept.read_at)
        except BadCalendar as error:
            _log.warning("calendar.not_recalled", calendar=_which(ref), why=str(error))
            return
        self._copies.setdefault(ref, _Copy(read_at=kept.read_at, shifts=shifts))
        _log.info("calendar.recalled", calendar=_which(ref), age_seconds=int((now - kept.read_at).total_seconds()))

    def _read(self, ref: str) -> "asyncio.Task[str | None]":
        """Return the reading of *ref* that is under way, or begin one."""
        known = self._reading.get(ref)
        if known is None or known.done():
            known = self._reading[ref] = asyncio.create_task(self._renew(ref), name="calendar")
        return known

    async def _renew(self, ref: str) -> str | None:
        """Put a new copy in place. Return why that failed; then the old one stays."""
        now = self._clock()
        try:
            content = await self._content(ref)
            shifts = await self._worked_out(content, now)
        except (BadCalendar, aiohttp.ClientError, TimeoutError, OSError) as error:
            why, copy = _why(error), self._copies.get(ref)
            age = None if copy is None else int((now - copy.read_at).total_seconds())
            _log.warning("calendar.not_read", calendar=_which(ref), why=why, copy_age_seconds=age)
            return f"its calendar {why}"
        self._copies[ref] = _Copy(read_at=now, shifts=shifts)
        await asyncio.to_thread(self._kept.keep, ref, Kept(content=content, read_at=now))
        return None

    async def _worked_out(self, content: bytes, now: datetime) -> tuple[Shift, ...]:
        """Return what *content* says for as long as it may be used. What took too long once is not begun again."""
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self._endless:
            work = partial(read_shifts, content, now - timedelta(days=1), now + timedelta(days=2))
            try:
                return await _beside(work, READ_LIMIT)
            except TimeoutError:
                self._endless.add(digest)
        raise BadCalendar("takes too long to work out")

    async def _content(self, ref: str) -> bytes:
        if "://" not in ref:
            return await asyncio.to_thread(_read_file, ref)
        timeout = aiohttp.ClientTimeout(total=FETCH_LIMIT)
        async with self._session.get(ref, allow_redirects=False, timeout=timeout) as answer:
            if answer.status != 200:  # noqa: PLR2004 - the one status that comes with a calendar
                raise BadCalendar(f"was answered with status {answer.status}")
            content = bytearray()
            async for chunk in answer.content.iter_chunked(65536):
                content += chunk
                if len(content) > MAX_BYTES:
                    break
            return bytes(content)

    def _on_call(self, copy: _Copy, now: datetime) -> tuple[Person, ...]:
        people = list[Person]()
        for shift in copy.shifts:
            if shift.start <= now < shift.end:
                people += [person for person in self._behind(shift.names) if not is_one_of(person, people)]
        return tuple(people)

    def _behind(self, names: tuple[str, ...]) -> list[Person]:
        """Return whom a shift names; its organizer only when nobody else is found."""
        table = self._people()
        first = [self._one(table, name) for name in names if not name.startswith("organizer:")]
        found = [person for person in first if person is not None]
        last = (self._one(table, name.partition(":")[2]) for name in names if name.startswith("organizer:"))
        return found or [person for person in last if person is not None]

    @staticmethod
    def _one(table: People, name: str) -> Person | None:
        return table.resolve(Identity(email=name)) if "@" in name else table.named(name)


def _which(ref: str) -> str:
    """Return which calendar it is for the log, by its hash only: an address may hold a token."""
    return hashlib.sha256(ref.encode()).hexdigest()[:12]


def _why(error: Exception) -> str:
    if isinstance(error, BadCalendar):
        return str(error)
    return "did not answer in time" if isinstance(error, TimeoutError) else f"can't be read ({type(error).__name__})"


def _read_file(path: str) -> bytes:
    with Path(path).open("rb") as file:
        return file.read(MAX_BYTES + 1)


_TOLD_EVERY = 0.1
"""How many seconds a thread has to end before it is told again."""


class _Overdue(BaseException):
    """Raised in a thread that nobody waits for any more; no library catches it by the way."""


async def _beside(work: Callable[[], tuple[Shift, ...]], limit: float) -> tuple[Shift, ...]:
    """Do *work* in a thread of its own. Raises TimeoutError; then the thread is ended at its next step in Python."""
    done: asyncio.Future[tuple[Shift, ...]] = asyncio.get_running_loop().create_future()
    thread = threading.Thread(target=_do, args=(work, done), name="calendar", daemon=True)
    thread.start()
    try:
        async with asyncio.timeout(limit):
            return await done
    finally:
        if done.cancelled():
            _end(thread, done.get_loop())


def _do(work: Callable[[], tuple[Shift, ...]], done: "asyncio.Future[tuple[Shift, ...]]") -> None:
    loop = done.get_loop()

    def finish(result: tuple[Shift, ...] | None, error: Exception | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result or ())

    try:
        result, error = work(), None
    except _Overdue:
        return
    except Exception as raised:  # noqa: BLE001 - it is raised again by whoever waits
        result, error = None, raised
    if not loop.is_closed():
        loop.call_soon_threadsafe(finish, result, error)


def _end(thread: threading.Thread, loop: asyncio.AbstractEventLoop) -> None:
    """End a thread that may never end by itself; it is told until it has.

    What is raised in it while a finalizer or a callback of the garbage collector runs is printed, and lost.

    A rule such as BYMONTHDAY=40 is searched for to the end of time, in Python: each copy of such a calendar, and many
    differ at each reading, would take a share of the processor from everybody's clicks until we are started again.
    """
    if thread.is_alive():
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(_Overdue))
        loop.call_later(_TOLD_EVERY, _end, thread, loop)
