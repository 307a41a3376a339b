"""Slack user groups: who is in one, at most a minute old, and forgotten as soon as Slack says that it changed.

https://docs.slack.dev/reference/methods/usergroups.users.list
"""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from slack_sdk.web.async_client import AsyncWebClient

from bot.core.people.identity import Person, Standing
from bot.core.people.membership import LiveGroup, Roll
from bot.slack.faults import CALL_ERRORS, read_fault, remedy_of
from bot.slack.workspace.directory import Directory

FRESH = timedelta(seconds=45)
"""How old what we know may be; with the way to the books, it stays under the minute that may decide something."""

KNOWN_IN_PERSON = 10
"""Up to how many members are asked for one by one: what they are here, and under which address."""

_ID = re.compile(r"S[A-Z0-9]{6,}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    read_at: datetime
    id: str
    members: tuple[str, ...]


class NoSuchGroup(Exception):
    """Slack knows no such group, or it was disabled."""


class UserGroups:
    """Reads user groups. What Slack can't be asked about is not known, and lets nobody answer."""

    def __init__(self, client: AsyncWebClient, directory: Directory, clock: Callable[[], datetime]) -> None:
        self._client = cast("Any", client)  # the SDK leaves the types of its keywords open
        self._directory = directory
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._changes = 0

    async def roll(self, group: LiveGroup) -> Roll:
        """Return who is in *group*; with ``trouble`` nobody can tell."""
        now = self._clock()
        try:
            known = await self._read(group.ref, now)
            people = await self._people(known)
        except NoSuchGroup:
            return Roll(people=(), read_at=now, trouble="Slack has no such user group")
        except CALL_ERRORS as error:
            fault = read_fault(error)
            remedy = remedy_of(fault)
            return Roll(people=(), read_at=now, trouble=f"{fault}: {remedy}" if remedy else str(fault))
        return Roll(people=people, read_at=known.read_at, usergroup_id=known.id)

    def forget(self) -> None:
        """Ask Slack again from now on: a group changed, and an answer that is under way may be from before."""
        self._changes += 1
        self._known.clear()

    async def _read(self, ref: str, now: datetime) -> _Known:
        known = self._known.get(ref)
        if known is not None and timedelta() <= now - known.read_at < FRESH:
            return known
        changes = self._changes
        group_id = ref if _ID.fullmatch(ref) else await self._id_of(ref)
        answer = await self._client.usergroups_users_list(usergroup=group_id)
        members = tuple(str(member) for member in cast("list[object]", answer["users"]))
        known = _Known(read_at=now, id=group_id, members=members)
        if changes == self._changes:
            self._known[ref] = known
        return known

    async def _id_of(self, handle: str) -> str:
        answer = await self._client.usergroups_list()
        for group in cast("list[dict[str, object]]", answer["usergroups"]):
            if group.get("handle") == handle and not group.get("date_delete"):
                return str(group["id"])
        raise NoSuchGroup

    async def _people(self, known: _Known) -> tuple[Person, ...]:
        """Return the members as people; of a small group only full members of the workspace, with their addresses."""
        if len(known.members) > KNOWN_IN_PERSON:
            return tuple(self._directory.person(member) for member in known.members)
        found = await asyncio.gather(*map(self._directory.known, known.members))
        return tuple(person for person, standing in found if standing is Standing.MEMBER)
