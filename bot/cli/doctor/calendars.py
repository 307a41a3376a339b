"""Whether on-call calendars can be read, and whether the bot's last good copies are young enough to count."""

import asyncio
import hashlib
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import urlsplit

import aiohttp

from bot.cli.doctor.case import Case
from bot.cli.doctor.finding import Finding, draw_span, fail, warn, well
from bot.core.judging.policy import Policy
from bot.core.people.membership import LONGEST, GroupKind, LiveGroup, rotas
from bot.rolls import Calendars, Copies

STALE = timedelta(minutes=30)
"""A running bot reads every calendar again within five minutes."""

_LONGEST = LONGEST[GroupKind.CALENDAR]


async def check_calendars(case: Case, policy: Policy | None) -> AsyncIterator[Finding]:
    """Read every calendar of *policy* now, and look at the copy that the bot keeps of it."""
    refs = () if policy is None else rotas(policy.groups.values())
    if policy is None or not refs:
        return
    async with aiohttp.ClientSession() as session:
        calendars = Calendars(session, lambda: policy.people, case.clock, Copies(None))
        for ref in refs:
            async for finding in _check(case, calendars, ref):
                yield finding
        await calendars.close()


async def _check(case: Case, calendars: Calendars, ref: str) -> AsyncIterator[Finding]:
    folder, name = case.settings.calendar_folder(), _called(ref)
    kept = await asyncio.to_thread(Copies(folder).recall, ref)
    roll = await calendars.roll(LiveGroup(name=name, kind=GroupKind.CALENDAR, ref=ref))
    age = None if kept is None else case.clock() - kept.read_at
    if roll.trouble is not None:
        yield _unreadable(name, roll.trouble, age)
    elif not roll.people:
        yield warn("calendars.readable", f"{name}: nobody that the policy knows is on call now", "look at the rota")
    else:
        yield well("calendars.readable", f"{name}: {len(roll.people)} on call")
    if folder is not None and roll.trouble is None:
        yield _kept(name, age)


def _unreadable(name: str, trouble: str, age: timedelta | None) -> Finding:
    check, remedy = "calendars.readable", "look at its address in the policy, and at whoever serves it"
    if age is None or age >= _LONGEST:
        return fail(check, f"{name}: {trouble}, and there is no copy that counts: only the fallback is asked", remedy)
    return warn(
        check, f"{name}: {trouble}; the copy of {draw_span(age)} ago counts for {draw_span(_LONGEST - age)}", remedy
    )


def _kept(name: str, age: timedelta | None) -> Finding:
    check = "calendars.copy"
    if age is None or age > STALE:
        says = "has none" if age is None else f"is {draw_span(age)} old"
        return warn(
            check, f"{name}: the bot's copy {says}", "does the bot run, and may it write into JIT_CALENDAR_COPIES?"
        )
    return well(check, f"{name}: {draw_span(age)} old")


def _called(ref: str) -> str:
    """Return which calendar it is without its address, which may hold a token; the log calls it by the same hash."""
    place = urlsplit(ref).hostname or ref
    return f"{place} ({hashlib.sha256(ref.encode()).hexdigest()[:12]})"
