"""Everything the workspace knows at one moment, and the few ways in which it changes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from bot.sandbox.bell import Bell, Ring
from bot.sandbox.blocks.complete import complete_blocks
from bot.sandbox.config import SandboxConfig
from bot.sandbox.grants import Grants
from bot.sandbox.history import History, Message
from bot.sandbox.homes import Homes
from bot.sandbox.identity import Signer
from bot.sandbox.ids import BOT, BOT_USER
from bot.sandbox.installs import Installs
from bot.sandbox.mint import Clock, Mint
from bot.sandbox.pace import Pace
from bot.sandbox.people import Channel, Roster
from bot.sandbox.reply_urls import ReplyUrls
from bot.sandbox.storage import Archive
from bot.sandbox.triggers import Triggers
from bot.sandbox.usergroups import UserGroups
from bot.sandbox.views import View, ViewStacks

Json = dict[str, Any]


def _tell_nobody(_message: Message) -> None:
    """Stand in until somebody wants to hear what is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message about to be said."""

    channel: str
    user: str
    text: str
    blocks: tuple[Json, ...] = ()
    metadata: Json | None = None
    thread_ts: str | None = None
    is_broadcast: bool = False


class State:
    """The books of the workspace. Every change rings the bell and is kept in the archive."""

    def __init__(self, config: SandboxConfig, clock: Clock) -> None:
        self.config = config
        self.mint = Mint(clock)
        self.bell = Bell()
        self.archive = Archive(config.state_file)
        self.roster = Roster(config.people, config.channels)
        self.usergroups = UserGroups(config.usergroups)
        for channel in self.archive.channels():
            self.roster.put_channel(channel)
        self.history = History(self.archive.messages())
        self.marks = self.archive.marks()
        self.whispers: dict[str, dict[str, Message]] = {}
        self.triggers = Triggers()
        self.reply_urls = ReplyUrls()
        self.views = ViewStacks(self.mint)
        self.homes = Homes(self.mint)
        self.pace = Pace()
        self.grants = Grants()
        self.installs = Installs(self.mint)
        self.said: Callable[[Message], None] = _tell_nobody
        self.signer = Signer()
        self.tickets: set[str] = set()
        self.unfurls: dict[str, tuple[str, str]] = {}
        for message in self.archive.messages():
            self.mint.seen(message.edited_ts or message.ts)

    @property
    def now(self) -> datetime:
        """Return the workspace's time."""
        return self.mint.clock()

    def say(self, draft: Draft) -> Message:
        """Put a message into its channel for everybody."""
        message = Message(
            channel=draft.channel,
            ts=self.mint.stamp(),
            user=draft.user,
            bot_id=BOT if draft.user == BOT_USER else None,
            text=draft.text,
            blocks=complete_blocks(draft.blocks, self.mint),
            metadata=draft.metadata,
            thread_ts=draft.thread_ts,
            is_broadcast=draft.is_broadcast,
        )
        self.put(message)
        self.said(message)
        return message

    def whisper(self, draft: Draft, only_for: str) -> Message:
        """Show a message to one person; it is no part of the channel's history."""
        message = Message(
            channel=draft.channel,
            ts=self.mint.stamp(),
            user=draft.user,
            bot_id=BOT if draft.user == BOT_USER else None,
            text=draft.text,
            blocks=complete_blocks(draft.blocks, self.mint),
            thread_ts=draft.thread_ts,
            only_for=only_for,
        )
        self.put(message)
        return message

    def rewrite(self, message: Message, text: str, blocks: tuple[Json, ...], metadata: Json | None) -> Message:
        """Change what a message says; it keeps its place."""
        stamp = None if message.only_for else self.mint.stamp()
        changed = replace(
            message, text=text, blocks=complete_blocks(blocks, self.mint), metadata=metadata, edited_ts=stamp
        )
        self.put(changed)
        return changed

    def put(self, message: Message) -> None:
        """Store a message in the form it has now."""
        if message.only_for:
            self.whispers.setdefault(message.only_for, {})[message.ts] = message
        else:
            self.history.put(message)
            self.archive.put_message(message)
        self.bell.ring(Ring(kind="message", channel=message.channel, user=message.only_for))

    def remove(self, message: Message) -> None:
        """Take a message away."""
        if message.only_for:
            self.whispers.get(message.only_for, {}).pop(message.ts, None)
        else:
            self.history.remove(message)
            self.archive.remove_message(message)
        self.bell.ring(Ring(kind="message", channel=message.channel, user=message.only_for))

    def find(self, channel: str, ts: str, user: str | None = None) -> Message | None:
        """Return a message of the channel, or one that only *user* sees there."""
        whispered = self.whispers.get(user or "", {}).get(ts)
        if whispered and whispered.channel == channel:
            return whispered
        return self.history.get(channel, ts)

    def direct(self, user: str) -> Channel:
        """Return the direct message of the bot with *user*, opened when it was not. Raises SlackRefusal."""
        channel = self.roster.direct(user)
        self.archive.put_channel(channel)
        return channel

    def mark_read(self, user: str, channel: str) -> None:
        """Remember that *user* has seen everything in the channel."""
        timeline = self.history.timeline(channel)
        if timeline and timeline[-1].ts > self.marks.get((user, channel), ""):
            self.marks[user, channel] = timeline[-1].ts
            self.archive.put_mark(user, channel, timeline[-1].ts)

    def unread(self, user: str, channel: str) -> int:
        """Return how many messages of others came since *user* looked."""
        mark = self.marks.get((user, channel), "")
        return sum(1 for m in self.history.timeline(channel) if m.ts > mark and m.user != user)

    def view(self, view_id: str) -> View:
        """Return an open dialog, or a Home tab. Raises SlackRefusal not_found."""
        return self.homes.get(view_id) or self.views.get(view_id)

    def show_home(self, user: str) -> None:
        """Tell *user*'s pages that their Home tab is another one."""
        self.bell.ring(Ring(kind="home", user=user))

    def show_view(self, user: str) -> None:
        """Tell *user*'s pages that another dialog, or none, is on top."""
        self.bell.ring(Ring(kind="view", user=user))
