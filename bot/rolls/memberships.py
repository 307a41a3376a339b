"""What somebody is to the live groups that were asked: looked up between two transactions, never inside one."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from bot.core.people.delegation import Mandate
from bot.core.people.eligibility import is_banned, unread_groups
from bot.core.people.identity import Actor, Person, is_one_of
from bot.core.people.membership import Belonging, GroupKind, LiveGroup, Membership, Roll
from bot.core.request import ApprovalRequest
from bot.core.ruling import Delegating

PATIENCE = 2.0
"""Seconds that a look may take: Slack waits three for its tick."""

Reader = Callable[[LiveGroup], Awaitable[Roll]]


class Memberships:
    """Looks live groups up, each kind by its own reader."""

    def __init__(self, readers: Mapping[GroupKind, Reader], clock: Callable[[], datetime]) -> None:
        self._readers = readers
        self._clock = clock

    async def roll(self, group: LiveGroup) -> Roll:
        """Return who is in *group* now, or that nobody could tell in time."""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._readers[group.kind](group)
        except TimeoutError:
            return Roll(people=(), read_at=self._clock(), trouble="it did not answer in time")

    async def rolls(self, groups: Iterable[LiveGroup]) -> dict[LiveGroup, Roll]:
        """Return who is in each of *groups* now."""
        wanted = tuple(dict.fromkeys(groups))
        return dict(zip(wanted, await asyncio.gather(*map(self.roll, wanted)), strict=True))

    async def known_to(self, actor: Actor, request: ApprovalRequest) -> Actor:
        """Return *actor* with everything looked up that tells whether they may answer *request*."""
        groups = unread_groups(request, actor)
        return await self.of(actor, request, groups) if groups else actor

    async def givers_known(self, mandates: Iterable[Mandate], request: ApprovalRequest) -> tuple[Mandate, ...]:
        """Return *mandates* with everything looked up that tells whether their givers may answer *request*."""
        if request.ruling.delegation is Delegating.FORBID:
            return tuple(mandates)
        return tuple([replace(one, giver=await self.known_to(one.giver, request)) for one in mandates])

    async def of(self, actor: Actor, request: ApprovalRequest, groups: Iterable[LiveGroup]) -> Actor:
        """Return *actor* with what was found out about *groups*."""
        person = actor.person
        if person is None:
            return actor
        rolls = await self.rolls(groups)
        found = tuple(_membership(person, request, group, roll) for group, roll in rolls.items())
        kept = tuple(each for each in actor.memberships if each.group not in rolls)
        return replace(actor, memberships=(*kept, *found))


def _membership(person: Person, request: ApprovalRequest, group: LiveGroup, roll: Roll) -> Membership:
    belonging, why = _belonging(person, request, group, roll)
    return Membership(group=group, belonging=belonging, read_at=roll.read_at, why=why)


def _belonging(person: Person, request: ApprovalRequest, group: LiveGroup, roll: Roll) -> tuple[Belonging, str]:
    """Return what *person* is to *group*, and why.

    The fallback stands in where certainly nobody in it may answer this request, and for a calendar that can't be read.
    A Slack user group that can't be read is empty for nobody: it may be full.
    """
    if is_one_of(person, roll.people):
        return Belonging.MEMBER, ""
    is_empty = roll.trouble is None and not able(request, roll)
    stands_in = is_empty or (roll.trouble is not None and group.kind is GroupKind.CALENDAR)
    if stands_in and is_one_of(person, group.fallback):
        return Belonging.FALLBACK, roll.trouble or "nobody in it may answer"
    return (Belonging.OUTSIDER, "") if roll.trouble is None else (Belonging.UNKNOWN, roll.trouble)


def able(request: ApprovalRequest, roll: Roll) -> tuple[Person, ...]:
    """Return who of *roll* is not banned from answering *request*."""
    return tuple(one for one in roll.people if not is_banned(request.ruling, request.subject, one))
