"""Events: sent to the app beside what people do, and up to three times again when it does not take them."""

import asyncio
from typing import Any

from bot.sandbox.counter import Counter
from bot.sandbox.history import Message
from bot.sandbox.ids import BOT_USER, TEAM
from bot.sandbox.outbound import Ack, Delivery, Kind
from bot.sandbox.payloads import draw_event
from bot.sandbox.spoken import draw_spoken
from bot.sandbox.usergroups import UserGroup
from bot.sandbox.wire import draw_view

Json = dict[str, Any]

_REASONS = {"operation_timeout": "http_timeout", "connection_failed": "connection_failed"}


class Announcements:
    """Holds the deliveries under way, so that closing the workspace ends them."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter
        self._under_way: set[asyncio.Task[None]] = set()

    def said(self, message: Message) -> None:
        """Tell the app what somebody said, itself included, as everything of that it subscribed to."""
        channel = self._counter.state.roster.channel(message.channel)
        for event in draw_spoken(self._counter.state, message, channel):
            self.announce(event, is_ext_shared=channel.sharing == "external")

    def regrouped(self, before: UserGroup | None, group: UserGroup) -> None:
        """Tell the app who joined and left a user group, when it subscribed to that.

        https://docs.slack.dev/reference/events/subteam_members_changed
        """
        state = self._counter.state
        if before is None or "subteam_members_changed" not in state.config.events:
            return
        joined = [user for user in group.members if user not in before.members]
        left = [user for user in before.members if user not in group.members]
        self.announce(
            {
                "type": "subteam_members_changed",
                "subteam_id": group.id,
                "team_id": TEAM,
                "date_previous_update": before.updated,
                "date_update": group.updated,
                "added_users": joined,
                "added_users_count": len(joined),
                "removed_users": left,
                "removed_users_count": len(left),
                "event_ts": state.mint.stamp(),
            }
        )

    def uninstalled(self) -> None:
        """Tell the app that it was taken away, and that its tokens were.

        https://docs.slack.dev/reference/events/app_uninstalled, https://docs.slack.dev/reference/events/tokens_revoked
        """
        told: tuple[Json, ...] = (
            {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}},
            {"type": "app_uninstalled"},
        )
        for event in told:
            if event["type"] in self._counter.state.config.events:
                self.announce(event)

    def came_home(self, user: str, tab: str) -> None:
        """Tell the app that *user* opened its Home or Messages *tab*, when it subscribed to that.

        https://docs.slack.dev/reference/events/app_home_opened
        """
        state = self._counter.state
        if "app_home_opened" not in state.config.events:
            return
        event: Json = {
            "type": "app_home_opened",
            "user": user,
            "channel": state.direct(user).id,
            "event_ts": state.mint.stamp(),
            "tab": tab,
        }
        home = state.homes.of(user)
        self.announce(event | ({"view": draw_view(home)} if home and tab == "home" else {}))

    def announce(self, event: Json, *, is_ext_shared: bool = False) -> None:
        """Send an event until it is taken, or its last repetition failed."""
        state = self._counter.state
        name, at = state.mint.name("Ev"), int(state.now.timestamp())
        payload = draw_event(event, name, at, is_ext_shared=is_ext_shared)
        task = asyncio.create_task(self._deliver(payload))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def delivered(self) -> None:
        """Return when nothing is under way any more."""
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def close(self) -> None:
        """Give up what is under way."""
        for task in self._under_way:
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _deliver(self, payload: Json) -> None:
        ack = await self._counter.deliver(Delivery(kind=Kind.EVENT, payload=payload))
        for attempt, pause in enumerate(self._counter.state.config.event_retries, start=1):
            if ack.failure is None or ack.wants_no_retry:
                return
            await asyncio.sleep(pause)
            ack = await self._counter.deliver(_again(payload, attempt, ack))


def _again(payload: Json, attempt: int, failed: Ack) -> Delivery:
    reason = _REASONS.get(failed.failure or "", "http_error")
    return Delivery(kind=Kind.EVENT, payload=payload, retry=attempt, retry_reason=reason)
