"""Where people's gestures become payloads: gives out triggers and response URLs, and sends."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.sandbox.history import Message
from bot.sandbox.naming import under_its_id
from bot.sandbox.organisation import draw_in_organisation
from bot.sandbox.outbound import Ack, Delivery, Kind, Line
from bot.sandbox.payloads import Handle
from bot.sandbox.people import Channel
from bot.sandbox.reply_urls import ReplyUrl
from bot.sandbox.state import State
from bot.sandbox.triggers import Trigger

Json = dict[str, Any]


class Counter:
    """The state and the line to the app, which may be another one at every call."""

    def __init__(self, state: State, line: Callable[[], Line]) -> None:
        self.state = state
        self._line = line

    async def send(self, kind: Kind, payload: Json) -> Ack:
        """Send once; interactions and commands are never repeated."""
        drawn = self._drawn(kind, payload)
        return await self._line().send(Delivery(kind=kind, payload=drawn))

    async def deliver(self, delivery: Delivery) -> Ack:
        """Send an event, or repeat one."""
        drawn = self._drawn(delivery.kind, delivery.payload)
        return await self._line().send(replace(delivery, payload=drawn))

    def handle(self, user: str, channel: Channel, message: Message | None) -> Handle:
        """Give leave for one dialog, and an address to answer at."""
        config, state = self.state.config, self.state
        url = state.reply_urls.give(
            ReplyUrl(
                secret=state.mint.secret(),
                user=user,
                channel=channel.id,
                expires=state.now + timedelta(seconds=config.reply_url_seconds),
                uses_left=config.reply_url_uses,
                origin_ts=message.ts if message else None,
                thread_ts=message.thread_ts if message else None,
            )
        )
        return Handle(
            trigger_id=self._trigger(user, None).id,
            response_url=f"{config.base_url}/actions/{url.secret}",
        )

    def handle_anywhere(self, user: str) -> Handle:
        """Give leave for one dialog to somebody who is nowhere in particular."""
        return Handle(trigger_id=self._trigger(user, None).id)

    def handle_in_view(self, user: str, view: str) -> Handle:
        """Give leave for one more dialog on top of *view*."""
        return Handle(trigger_id=self._trigger(user, view).id)

    def _drawn(self, kind: Kind, payload: Json) -> Json:
        config = self.state.config
        return under_its_id(draw_in_organisation(kind, payload, config), config.team)

    def _trigger(self, user: str, view: str | None) -> Trigger:
        expires = self.state.now + timedelta(seconds=self.state.config.trigger_seconds)
        return self.state.triggers.give(Trigger(id=self.state.mint.trigger(), user=user, expires=expires, view=view))
