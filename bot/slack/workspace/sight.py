"""Looking at messages that were posted: whether they still stand there, and with which words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.cards.likeness import words_kept
from bot.slack.faults import SHARED
from bot.slack.workspace.channels import Channels

PAGE = 100
_TOMBSTONE = "tombstone"
"""What stays of a message with a thread when somebody deletes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A stretch of a channel from ``oldest`` on: the words of every message in it by its ``ts``, None: not known.

    What lies in the stretch and is not among ``words`` has been deleted.
    """

    oldest: str
    words: Mapping[str, str | None]


class Sight:
    """One call a question, which may raise one of faults.CALL_ERRORS."""

    def __init__(self, client: AsyncWebClient, channels: Channels) -> None:
        self._client = cast("Any", client)  # the SDK leaves the types of its keywords open
        self._channels = channels

    async def closed(self, channel_id: str) -> str | None:
        """Return why nobody can be reached in a channel any more, in Slack's word or ours; None when they can."""
        answer = await self._client.conversations_info(channel=channel_id)
        channel = cast("dict[str, Any]", answer["channel"])
        if channel.get("is_archived"):
            return "is_archived"
        if self._channels.is_closed(channel):
            return SHARED
        # Who is in a direct message, or in a private channel that we see, is told in other ways or not at all.
        return "not_in_channel" if channel.get("is_member") is False else None

    async def look(self, channel_id: str, latest: str) -> Page | None:
        """Return the stretch of the channel that ends with the message *latest*.

        None when Slack shows nothing of it and says that there is more: then nothing is known, and nothing deleted.
        """
        answer = await self._client.conversations_history(
            channel=channel_id, latest=latest, inclusive=True, limit=PAGE, include_all_metadata=True
        )
        messages = cast("list[dict[str, Any]]", answer["messages"])
        words = {str(one["ts"]): words_kept(one) for one in messages if one.get("subtype") != _TOMBSTONE}
        if not answer.get("has_more"):
            return Page(oldest="", words=words)
        return Page(oldest=min(str(one["ts"]) for one in messages), words=words) if messages else None
