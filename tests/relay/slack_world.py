"""Slack as the relay meets it: posts are counted, answers get lost, and nothing is forgiven."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto

from bot.core.attempts import Attempt, Delivered, GiveUp, TryLater, Unknown
from bot.core.effects import Reply, Said, Unfurl, Whisper
from bot.core.view import Detour, RequestView
from bot.slack.delivery import Posting, SlackCourier


class Weather(Enum):
    """What happens to one call."""

    FINE = auto()
    LIMITED = auto()
    FAILED = auto()
    CUT_BEFORE = auto()
    CUT_AFTER = auto()
    UNMENDED = auto()
    """An operator has to do something first."""
    HOPELESS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that stands in a channel."""

    nonce: str
    channel: str
    about: str
    ts: str


async def _go_on(_point: str) -> None:
    """Stop nowhere."""


@dataclass(slots=True)
class World:
    """The workspace. It knows nothing of crashes on our side."""

    weather: Callable[[], Weather] = lambda: Weather.FINE
    messages: list[Message] = field(default_factory=list[Message])
    updates: Counter[str] = field(default_factory=Counter[str])
    seconds: float = 0.1
    refusals: int = 0
    closed: set[str] = field(default_factory=set[str])
    halt: Callable[[str], Awaitable[None]] = _go_on

    def cards(self) -> Counter[str]:
        return Counter(m.about for m in self.messages if m.about.startswith("card"))

    def find(self, nonce: str) -> Message | None:
        return next((m for m in self.messages if m.nonce == nonce), None)

    def post(self, posting: Posting, channel: str, about: str) -> Message:
        assert self.find(posting.nonce) is None, "the same nonce was posted twice"
        message = Message(nonce=posting.nonce, channel=channel, about=about, ts=f"{len(self.messages):06}.000100")
        self.messages.append(message)
        return message


class FakeSlack(SlackCourier):
    """A courier into a World; truthful like the real one: what it can't know, it says it doesn't."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def show_card(
        self, view: RequestView, channel: str, posting: Posting, detour: Detour | None = None
    ) -> Attempt:
        known = view.card_in(channel)
        if known is None or (detour is not None and known.detour is None):
            place = channel if detour is None else detour.to
            if place in self._world.closed:
                return TryLater(why="Slack: is_archived", remedy="it is archived: name another one", is_closed=True)
            return await self._say(posting, place, f"card:{view.request.id}:{place}")
        return await self._call(lambda: self._redraw(known.ts, known.channel_id))

    async def tell_thread(self, view: RequestView, channel: str, said: Said, posting: Posting) -> Attempt:
        assert view.card_in(channel) is not None, "a line without a thread"
        return await self._say(posting, channel, f"line:{view.request.id}:{channel}:{said.words}")

    async def tell_requester(self, view: RequestView, said: Said, posting: Posting) -> Attempt:
        return await self._say(posting, "D0ANA0000", f"direct:{view.request.id}:{said.words}")

    async def send_digest(
        self, view: RequestView, channel: str, waiting: Sequence[RequestView], posting: Posting
    ) -> Attempt:
        assert view.request.quiet_until is not None, "a digest of what was never held back"
        numbers = ",".join(str(one.request.number) for one in waiting)
        return await self._say(posting, channel, f"digest:{channel}:{numbers}")

    async def whisper(self, whisper: Whisper) -> Attempt:
        return await self._call(lambda: Delivered(detail={"text": whisper.text}))

    async def reply(self, reply: Reply, since: datetime, posting: Posting) -> Attempt:
        return await self._say(posting, reply.channel, f"reply:{reply.text}:{since:%H%M}")

    async def unfurl(self, view: RequestView, unfurl: Unfurl, now: datetime) -> Attempt:
        return await self._call(
            lambda: Delivered(detail={"shown": unfurl.url, "of": view.request.id, "at": f"{now:%H%M}"})
        )

    async def _say(self, posting: Posting, channel: str, about: str) -> Attempt:
        if posting.is_repeat:
            await asyncio.sleep(self._world.seconds)
            if self._world.weather() is not Weather.FINE:
                return TryLater(why="the look failed")
            earlier = self._world.find(posting.nonce)
            if earlier is not None:
                return Delivered(channel=earlier.channel, ts=earlier.ts, revision=1)
        return await self._call(lambda: self._posted(posting, channel, about))

    async def _call(self, act: Callable[[], Delivered]) -> Attempt:
        weather = self._world.weather()
        await self._world.halt("before it is sent")
        await asyncio.sleep(self._world.seconds / 2)
        if weather is Weather.LIMITED:
            return TryLater(why="429", after=timedelta(seconds=7))
        if weather is Weather.FAILED:
            return TryLater(why="refused")
        if weather is Weather.UNMENDED:
            self._world.refusals += 1
            return TryLater(why="Slack: invalid_auth", remedy="set SLACK_BOT_TOKEN anew")
        if weather is Weather.HOPELESS:
            return GiveUp(why="Slack: invalid_blocks")
        if weather is Weather.CUT_BEFORE:
            return Unknown(why="cut")
        delivered = act()
        # Whoever is killed here has posted, and does not know.
        await self._world.halt("before the answer comes")
        await asyncio.sleep(self._world.seconds / 2)
        return Unknown(why="cut") if weather is Weather.CUT_AFTER else delivered

    def _posted(self, posting: Posting, channel: str, about: str) -> Delivered:
        message = self._world.post(posting, channel, about)
        return Delivered(channel=channel, ts=message.ts, revision=1)

    def _redraw(self, ts: str, channel: str) -> Delivered:
        assert any(m.ts == ts for m in self._world.messages), "an update of nothing"
        self._world.updates[ts] += 1
        return Delivered(channel=channel, ts=ts, revision=1)
