"""What was said: messages by channel and stamp, and apart from them what only one person sees."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message as stored. ``only_for`` names the one person an ephemeral message is shown to.

    ``attachments`` are what the app shows below it of the links in it, as Slack draws them.
    """

    channel: str
    ts: str
    user: str
    text: str
    blocks: tuple[Json, ...] = ()
    attachments: tuple[Json, ...] = ()
    metadata: Json | None = None
    thread_ts: str | None = None
    bot_id: str | None = None
    edited_ts: str | None = None
    is_broadcast: bool = False
    only_for: str | None = None

    @property
    def is_reply(self) -> bool:
        """Say whether this stands in a thread and is not its head."""
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass(frozen=True, slots=True)
class Thread:
    """What hangs below a message."""

    replies: tuple[Message, ...] = field(default=())

    @property
    def users(self) -> tuple[str, ...]:
        """Return who answered, each once, in order."""
        return tuple(dict.fromkeys(reply.user for reply in self.replies))


class History:
    """Stamps only rise, so a channel's dictionary is in order as it was filled."""

    def __init__(self, messages: Iterable[Message] = ()) -> None:
        self._channels: dict[str, dict[str, Message]] = {}
        self._replies: dict[tuple[str, str], dict[str, Message]] = {}
        for message in messages:
            self.put(message)

    def put(self, message: Message) -> None:
        """Store a new message, or the new form of a known one."""
        self._channels.setdefault(message.channel, {})[message.ts] = message
        if message.is_reply and message.thread_ts:
            self._replies.setdefault((message.channel, message.thread_ts), {})[message.ts] = message

    def get(self, channel: str, ts: str) -> Message | None:
        """Return one message."""
        return self._channels.get(channel, {}).get(ts)

    def remove(self, message: Message) -> None:
        """Forget a message."""
        self._channels.get(message.channel, {}).pop(message.ts, None)
        if message.thread_ts:
            self._replies.get((message.channel, message.thread_ts), {}).pop(message.ts, None)

    def timeline(self, channel: str) -> tuple[Message, ...]:
        """Return what stands in the channel itself, oldest first: no replies unless broadcast."""
        return tuple(m for m in self._channels.get(channel, {}).values() if not m.is_reply or m.is_broadcast)

    def thread(self, channel: str, ts: str) -> Thread:
        """Return what was answered to one message, oldest first."""
        return Thread(tuple(self._replies.get((channel, ts), {}).values()))
