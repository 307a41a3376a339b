"""Whether the workspace has what a policy names: channels with the app in them, full members, user groups."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any, cast

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.people.identity import Person, Standing
from bot.slack.faults import SHARED, Fault, Kind, read_fault, remedy_of
from bot.slack.workspace.channels import Channels
from bot.slack.workspace.directory import Account, Directory

_PAGE = 200
_TRIES = 5
_NOBODY = "Slack knows nobody with it"
_STANDINGS: Mapping[Standing, str] = {
    Standing.GUEST: "is a guest, and only full members may answer",
    Standing.EXTERNAL: "is somebody of another workspace, and only our members may answer",
    Standing.BOT: "is a bot, and only people may answer",
    Standing.DEACTIVATED: "was deactivated",
    Standing.UNKNOWN: "could not be looked up",
}


class Inspector:
    """Asks Slack once for each thing. Every question may raise one of faults.CALL_ERRORS."""

    def __init__(self, client: AsyncWebClient, directory: Directory, sharing: Channels) -> None:
        self._client = cast("Any", client)  # the SDK leaves the types of its keywords open
        self._directory = directory
        self._sharing = sharing
        self._channels: dict[str, Mapping[str, Any]] | None = None
        self._usergroups: frozenset[str] | None = None

    async def trouble_with_channel(self, name: str) -> str | None:
        """Return why nothing can be posted in the channel called *name*, or with that id; None when it can."""
        if self._channels is None:
            self._channels = {}
            wanted = {"types": "public_channel,private_channel", "exclude_archived": False}
            async for channel in self._all("conversations_list", "channels", wanted):
                known = self._channels.get(f"#{channel['name']}")
                if known is None or known.get("is_archived"):
                    self._channels[f"#{channel['name']}"] = channel
                self._channels[channel["id"]] = channel
        found = self._channels.get(name)
        if found is None:
            return "there is no such channel, or it is private and the app is not in it: invite it with /invite @jit"
        if found.get("is_archived"):
            return "the channel is archived"
        if self._sharing.is_closed(found):
            return remedy_of(Fault(kind=Kind.REFUSED, code=SHARED))
        return None if found.get("is_member") else "the app is not in the channel: invite it with /invite @jit"

    async def trouble_with_account(self, user_id: str) -> str | None:
        """Return why the account with *user_id* may answer nothing; None when it may."""
        return _standing(await self._look_up(Person(key=user_id, slack_id=user_id)))

    async def trouble_with_address(self, email: str, user_id: str | None) -> str | None:
        """Return why whoever has the address *email* may answer nothing; with *user_id* it must be that account's."""
        account = await self._look_up(Person(key=email, email=email))
        if account is not None and user_id is not None and account.id != user_id:
            return f"is the address of another account, {account.id}"
        return _standing(account)

    async def trouble_with_usergroup(self, name: str) -> str | None:
        """Return why the user group with this handle, or id, is of no use; None when it is."""
        if self._usergroups is None:
            answer = await self._ask("usergroups_list", {})
            groups = cast("list[dict[str, Any]]", answer["usergroups"])
            self._usergroups = frozenset(str(group[key]) for group in groups for key in ("id", "handle"))
        return None if name.removeprefix("@") in self._usergroups else "Slack has no user group with this handle"

    async def _look_up(self, person: Person) -> Account | None:
        for tries_left in reversed(range(_TRIES)):
            try:
                return await self._directory.account_of(person)
            except SlackApiError as error:
                await _wait_or_raise(error, tries_left)
        raise AssertionError("the last try returns or raises")

    async def _ask(self, method: str, keywords: Mapping[str, object]) -> Any:  # noqa: ANN401 - as the SDK returns it
        for tries_left in reversed(range(_TRIES)):
            try:
                return await getattr(self._client, method)(**keywords)
            except SlackApiError as error:
                await _wait_or_raise(error, tries_left)
        raise AssertionError("the last try returns or raises")

    async def _all(self, method: str, what: str, keywords: Mapping[str, object]) -> AsyncIterator[Mapping[str, Any]]:
        cursor = ""
        while True:
            page = {"cursor": cursor} if cursor else {}
            answer = await self._ask(method, {**keywords, **page, "limit": _PAGE})
            for one in cast("list[dict[str, Any]]", answer[what]):
                yield one
            cursor = cast("dict[str, str]", answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return


async def _wait_or_raise(error: SlackApiError, tries_left: int) -> None:
    """Wait as long as Slack asks to, when that is what it said."""
    fault = read_fault(error)
    if not tries_left or fault.kind is not Kind.LIMITED or fault.after is None:
        raise error
    await asyncio.sleep(fault.after.total_seconds())


def _standing(account: Account | None) -> str | None:
    return _NOBODY if account is None else _STANDINGS.get(account.standing)
