"""Who else reads a channel: one that is shared beyond our workspace takes nothing from us, unless the policy says so.

Slack Connect shows a channel to another organisation, and an organisation's own shared channel to its other
workspaces: to all of them belong people who are nobody here, and the tests that failed are none of their business.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.faults import SharedChannel, UnseenChannel

FRESH = timedelta(seconds=60)
"""How old what we know of a channel may be when something is said in it, or taken from it."""

PAGE = 999
"""Slack's most; a workspace of thousands of channels would else use up what may be asked in a minute."""

MOST_PAGES = 50
MOST_KNOWN = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    name: str
    is_shared: bool
    read_at: datetime


class Channels:
    """Asks Slack, at most once a minute for each channel; a question may raise one of faults.CALL_ERRORS.

    *allowed* returns the ids of the shared channels that are used all the same, *clock* the time, aware UTC.
    """

    def __init__(
        self, client: AsyncWebClient, allowed: Callable[[], Collection[str]], clock: Callable[[], datetime]
    ) -> None:
        self._client = cast("Any", client)  # the SDK leaves the types of its keywords open
        self._allowed = allowed
        self._clock = clock
        self._ids: dict[str, str] = {}
        self._facts: dict[str, _Facts] = {}

    async def ours(self, channel: str) -> str:
        """Return the id of *channel*, called by its id or ``#name``, when nobody reads it who is not of our workspace.

        Raises SharedChannel when others do, UnseenChannel when there is no such channel, or none that we see.
        """
        if channel.startswith(("D", "U", "W")):
            return channel  # a direct message: the directory says to whom
        found = await self._named(channel) if channel.startswith("#") else channel
        if (await self._read(found)).is_shared and found not in self._allowed():
            raise SharedChannel(found)
        return found

    def is_closed(self, channel: Mapping[str, Any]) -> bool:
        """Tell the same of a channel as the Web API draws it."""
        return is_shared(channel) and channel.get("id") not in self._allowed()

    async def _named(self, channel: str) -> str:
        """Return the id behind a name; a channel may have been given another one meanwhile, and its name away."""
        if (found := self._ids.get(channel)) is not None and f"#{(await self._read(found)).name}" == channel:
            return found
        self._ids.pop(channel, None)
        await self._find(channel)
        if channel not in self._ids:
            raise UnseenChannel(channel)
        return self._ids[channel]

    async def _read(self, channel_id: str) -> _Facts:
        now, known = self._clock(), self._facts.get(channel_id)
        # A clock that jumped back makes what we know older, not younger.
        if known is not None and timedelta() <= now - known.read_at < FRESH:
            return known
        answer = await self._client.conversations_info(channel=channel_id)
        channel = cast("dict[str, Any]", answer["channel"])
        facts = _Facts(name=str(channel.get("name", "")), is_shared=is_shared(channel), read_at=now)
        if len(self._facts) >= MOST_KNOWN:
            self._facts.clear()
        self._facts[channel_id] = facts
        return facts

    async def _find(self, name: str) -> None:
        """Read channels until one has this *name* and lives; of an archived one Slack says so when it is posted to."""
        cursor = ""
        for _ in range(MOST_PAGES):
            page = {"cursor": cursor} if cursor else {}
            wanted = {"types": "public_channel,private_channel", "exclude_archived": False, "limit": PAGE}
            answer = await self._client.conversations_list(**wanted, **page)
            for channel in cast("list[dict[str, Any]]", answer["channels"]):
                if f"#{channel['name']}" == name and (name not in self._ids or not channel.get("is_archived")):
                    self._ids[name] = str(channel["id"])
            cursor = cast("dict[str, str]", answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return


def is_shared(channel: Mapping[str, Any]) -> bool:
    """Tell whether others read a channel, or will once they accept; what is not said is not read in its favour.

    https://docs.slack.dev/reference/objects/conversation-object
    """
    said = [channel.get(fact) for fact in ("is_shared", "is_pending_ext_shared", "is_org_shared")]
    return any(said) or bool(channel.get("pending_shared")) or channel.get("is_ext_shared") is not False
