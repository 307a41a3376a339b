"""Reading the policy file again while the house is open: it holds whole, or it is refused and the old one stays."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import structlog

from bot.core.errors import PerhapsWritten, Unavailable
from bot.core.judging.policy import Policy
from bot.core.moments import draw_moment
from bot.policy import PolicyInvalid
from bot.policy.current import CurrentPolicy
from bot.settings import SettingsInvalid
from bot.usecases import hold_policy
from bot.usecases.desk import Desk

T = TypeVar("T")

_SHOWN_HASH = 19
_AGAIN = "send SIGHUP again, or `jit policy reload`"

_log = structlog.get_logger("house")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reloaded:
    """What came of it. ``hash`` is that of the policy which holds now; ``errors`` is why the file was refused.

    With ``undone`` neither happened: the log could not be told, and no policy holds untold.
    """

    hash: str
    rules: int
    errors: tuple[str, ...] = ()
    undone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Trouble:
    since: datetime
    errors: int
    place: str


class Reload(Generic[T]):
    """One at a time. What is open keeps the rule it was judged by, whatever comes of it."""

    def __init__(self, current: CurrentPolicy[T], desk: Desk, clock: Callable[[], datetime]) -> None:
        self._current = current
        self._desk = desk
        self._clock = clock
        self._one = asyncio.Lock()
        self._trouble: _Trouble | None = None
        self._untold: str | None = None

    @property
    def is_certain(self) -> bool:
        """Tell whether the policy that holds is the one which the log says was loaded last."""
        return self._untold is None

    async def begin(self) -> None:
        """Say in the log which policy holds from the start."""
        await self._note(self._current())

    async def again(self) -> Reloaded:
        """Read the file again."""
        async with self._one:
            try:
                candidate = await asyncio.to_thread(self._current.load)
                await self._tell(candidate.policy)
            except (PolicyInvalid, SettingsInvalid) as error:
                return await self._refused(error)
            except Unavailable as error:
                # Perhaps the entry is there all the same: the next one says again what holds from then on.
                _log.error("policy.not_reloaded", why=str(error), remedy=_AGAIN)
                return self._now(undone=f"the database can't be written just now: {error}")
            self._current.hold(candidate)
            self._trouble = self._untold = None
            return self._now()

    def describe(self) -> str:
        """Say which policy holds, and where its file is wrong if it was refused; nothing of what stands there."""
        held, trouble = self._current(), self._trouble
        holds = f"{held.hash[:_SHOWN_HASH]} holds"
        if self._untold is not None:
            return f"the log may say that {self._untold[:_SHOWN_HASH]} holds, but {holds}: reload it again"
        if trouble is None:
            return f"{holds}, {len(held.rules)} rules"
        many = "1 error" if trouble.errors == 1 else f"{trouble.errors} errors"
        return f"policy file refused since {draw_moment(trouble.since)}: {many}, first at {trouble.place}; {holds}"

    def _now(self, *, errors: tuple[str, ...] = (), undone: str | None = None) -> Reloaded:
        held = self._current()
        return Reloaded(hash=held.hash, rules=len(held.rules), errors=errors, undone=undone)

    async def _refused(self, error: PolicyInvalid | SettingsInvalid) -> Reloaded:
        errors, held = tuple(str(error).splitlines()), self._current()
        _log.error("policy.refused", errors=list(errors), holds=held.hash)
        try:
            since = await self._desk.run(lambda tx, now: hold_policy.refuse(tx, errors, held, now))
        except Unavailable as unavailable:
            _log.error("policy.refusal_not_noted", why=str(unavailable), remedy=_AGAIN)
            since = self._clock()
        self._trouble = _Trouble(since=since, errors=len(errors), place=_place(error))
        return self._now(errors=errors)

    async def _tell(self, policy: Policy) -> None:
        """Say in the log that *policy* is about to hold; where nobody knows whether that was written, remember it."""
        try:
            await self._note(policy)
        except PerhapsWritten:
            self._untold = policy.hash
            raise

    async def _note(self, policy: Policy) -> None:
        await self._desk.run(lambda tx, now: hold_policy.hold(tx, policy, now))
        _log.info("policy.loaded", hash=policy.hash, rules=len(policy.rules), sources=len(policy.sources))


def _place(error: PolicyInvalid | SettingsInvalid) -> str:
    """Return where the first error is, without folders and without what stands there: strangers may read it."""
    if isinstance(error, SettingsInvalid):
        return error.lines[0].partition(":")[0]
    first = error.errors[0]
    name = first.file.replace("\\", "/").rpartition("/")[2]
    place = f"{name}:{first.position.line}:{first.position.column}" if first.position else name
    return ": ".join(filter(None, (place, first.path)))
