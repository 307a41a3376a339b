"""What one person sees: channels with their counts, a timeline, a thread. Pure reading, no HTML."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.sandbox.config import Shortcut
from bot.sandbox.history import Message
from bot.sandbox.page.mrkdwn import read_mrkdwn
from bot.sandbox.page.nodes import Node
from bot.sandbox.page.rich import read_rich_text
from bot.sandbox.people import Channel, Person
from bot.sandbox.refusal import SlackRefusal
from bot.sandbox.state import State

Json = dict[str, Any]

MOST_SHOWN = 200
TINTS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """A channel in the list on the left."""

    channel: Channel
    label: str
    unread: int
    is_here: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A message as shown: with its author, the thread below it, and whether only the reader sees it."""

    message: Message
    author: Person
    replies: tuple[Message, ...]

    @property
    def time(self) -> datetime:
        """Return when it was said."""
        return datetime.fromtimestamp(int(self.message.ts.partition(".")[0]), tz=UTC)

    @property
    def last_reply(self) -> datetime:
        """Return when the last answer was given; ask only when there is one."""
        return datetime.fromtimestamp(int(self.replies[-1].ts.partition(".")[0]), tz=UTC)

    @property
    def tint(self) -> int:
        """Return which of the avatar's colours is the author's."""
        return sum(self.author.id.encode()) % TINTS


class Sight:
    """The workspace through one person's eyes."""

    def __init__(self, state: State, me: Person) -> None:
        self.state = state
        self.me = me

    @property
    def app_name(self) -> str:
        """Return what the app is called."""
        return self.state.config.app_name

    def doors(self, here: str) -> tuple[Door, ...]:
        """Return the channels the person is in, their direct message with the app last."""
        mine = [c for c in self.state.roster.channels() if self.me.id in c.members and c.kind != "im"]
        return tuple(self._door(channel, here) for channel in [*mine, self.state.direct(self.me.id)])

    def channel(self, asked: str) -> Channel:
        """Return the channel asked for when the person is in it, else the first of theirs."""
        try:
            channel = self.state.direct(self.me.id) if asked.startswith("D") else self.state.roster.channel(asked)
        except SlackRefusal:
            return self.doors("")[0].channel
        return channel if self.me.id in channel.members else self.doors("")[0].channel

    def label(self, channel: Channel) -> str:
        """Return the name of a channel as written in the list."""
        return self.app_name if channel.kind == "im" else channel.name

    def timeline(self, channel: Channel) -> tuple[Line, ...]:
        """Return what is said in the channel and what only this person sees there, in order."""
        whispers = [w for w in self._whispers(channel.id) if not w.thread_ts]
        messages = sorted([*self.state.history.timeline(channel.id), *whispers], key=lambda m: m.ts)
        return tuple(self._line(message) for message in messages[-MOST_SHOWN:])

    def thread(self, channel: Channel, ts: str) -> tuple[Line, ...]:
        """Return a thread with its head first; nothing when there is no such message."""
        head = self.state.history.get(channel.id, ts)
        if head is None:
            return ()
        whispers = [w for w in self._whispers(channel.id) if w.thread_ts == ts]
        replies = sorted([*self.state.history.thread(channel.id, ts).replies, *whispers], key=lambda m: m.ts)
        return tuple(self._line(message) for message in [head, *replies])

    def shortcuts(self, kind: str) -> tuple[Shortcut, ...]:
        """Return what the app offers everywhere (``global``), or at every message (``message``)."""
        return tuple(shortcut for shortcut in self.state.config.shortcuts if shortcut.kind == kind)

    def pickable(self) -> tuple[Person, ...]:
        """Return whom a menu of people offers: everybody with an account here, guests and apps too."""
        return tuple(person for person in self.state.roster.people() if not (person.is_deleted or person.is_stranger))

    def may_write(self, channel: Channel) -> bool:
        """Say whether people can write here: to the app only when it lets them."""
        return channel.kind != "im" or self.state.config.messages_tab

    def name_of(self, entity: str) -> str:
        """Return the name of a person or channel, or the id when nobody knows it."""
        try:
            if entity.startswith("C"):
                return self.state.roster.channel(entity).name
            return self.state.roster.person(entity).name
        except SlackRefusal:
            return entity

    def mrkdwn(self, source: str) -> tuple[Node, ...]:
        """Return marked-up text as nodes, with the names this workspace knows."""
        return read_mrkdwn(source, self.name_of)

    def rich(self, block: Json) -> tuple[Node, ...]:
        """Return a rich_text block as nodes, with the names this workspace knows."""
        return read_rich_text(block, self.name_of)

    def _door(self, channel: Channel, here: str) -> Door:
        is_here = channel.id == here
        unread = 0 if is_here else self.state.unread(self.me.id, channel.id)
        return Door(channel=channel, label=self.label(channel), unread=unread, is_here=is_here)

    def _whispers(self, channel: str) -> list[Message]:
        return [w for w in self.state.whispers.get(self.me.id, {}).values() if w.channel == channel]

    def _line(self, message: Message) -> Line:
        author = self.state.roster.person(message.user)
        replies = self.state.history.thread(message.channel, message.ts).replies
        return Line(message=message, author=author, replies=replies)
