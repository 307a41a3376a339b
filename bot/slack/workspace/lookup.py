"""Looking before posting again: our message may already be there, known by the nonce in its metadata."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from slack_sdk.web.async_client import AsyncWebClient

PAGE = 200
MOST_PAGES = 50
"""Ten thousand messages since the request was made; a channel busier than that loses this protection."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A message of ours."""

    channel: str
    ts: str


class Lookup:
    """Reads channels. Every call may raise one of faults.CALL_ERRORS."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = cast("Any", client)  # the SDK leaves the types of its keywords open

    async def in_channel(self, channel_id: str, nonce: str, since: datetime) -> Found | None:
        """Return the message with *nonce* that stands in the channel itself."""
        return await self._find("conversations_history", {"channel": channel_id}, nonce, since)

    async def in_thread(self, channel_id: str, thread_ts: str, nonce: str, since: datetime) -> Found | None:
        """Return the message with *nonce* in a thread."""
        return await self._find("conversations_replies", {"channel": channel_id, "ts": thread_ts}, nonce, since)

    async def _find(self, method: str, where: Mapping[str, str], nonce: str, since: datetime) -> Found | None:
        # A minute earlier: our clock and Slack's need not agree.
        keywords = {**where, "oldest": f"{since.timestamp() - 60:.6f}", "include_all_metadata": True}
        async for page in self._pages(method, keywords):
            for message in cast("list[dict[str, Any]]", page["messages"]):
                if read_nonce(message) == nonce:
                    return Found(channel=where["channel"], ts=message["ts"])
        return None

    async def _pages(self, method: str, keywords: Mapping[str, object]) -> AsyncIterator[Any]:
        cursor = ""
        for _ in range(MOST_PAGES):
            answer = await getattr(self._client, method)(
                **keywords, limit=PAGE, **({"cursor": cursor} if cursor else {})
            )
            yield answer
            cursor = cast("dict[str, str]", answer.get("response_metadata") or {}).get("next_cursor", "")
            if not cursor:
                return


def draw_metadata(event_type: str, nonce: str, request_id: str) -> dict[str, object]:
    """Return the metadata that marks a message as ours. https://docs.slack.dev/messaging/message-metadata ."""
    return {"event_type": event_type, "event_payload": {"nonce": nonce, "request": request_id}}


def read_nonce(message: Mapping[str, Any]) -> str | None:
    """Return the nonce of one of our messages; anybody else's has none."""
    metadata = cast("Mapping[str, Any]", message.get("metadata") or {})
    is_ours = str(metadata.get("event_type", "")).startswith("jit_")
    payload = cast("Mapping[str, Any]", metadata.get("event_payload") or {})
    return payload.get("nonce") if is_ours else None
