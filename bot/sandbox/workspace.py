"""The local Slack workspace: what the app, the page and the tests hold."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

import aiohttp

from bot.sandbox.announcements import Announcements
from bot.sandbox.answers import Typed, nest
from bot.sandbox.clicks import choose, press, press_in_view
from bot.sandbox.commands import run_command
from bot.sandbox.config import SandboxConfig
from bot.sandbox.counter import Counter
from bot.sandbox.dialogs import close, submit
from bot.sandbox.faults import Faults
from bot.sandbox.gestures import Interaction, Press, PressInView
from bot.sandbox.history import Message
from bot.sandbox.ids import APP
from bot.sandbox.mint import Clock
from bot.sandbox.outbound import Ack, Delivery, HttpLine, Kind, Line
from bot.sandbox.payloads import VERIFICATION_TOKEN
from bot.sandbox.shortcuts import use_at_message, use_shortcut
from bot.sandbox.socketmode import Sockets
from bot.sandbox.state import Draft, State
from bot.sandbox.traffic import Traffic, WatchedLine
from bot.sandbox.usergroups import UserGroup
from bot.sandbox.views import View
from bot.sandbox.webapi import Call, WebApi

T = TypeVar("T")


class Workspace:
    """People's gestures in, the app's words out; ``start`` and ``close`` belong to the app that serves it.

    ``clock`` gives aware UTC. Methods that act for a person trust the caller: whoever they name acts, member or not,
    so that a test can be the guest, the stranger, or somebody who has left.
    """

    def __init__(self, config: SandboxConfig, clock: Clock) -> None:
        self.state = State(config, clock)
        self.faults = Faults()
        self.traffic = Traffic()
        self.webapi = WebApi(self.state, self.faults, self.traffic)
        self.sockets = Sockets(self.state)
        self.counter = Counter(self.state, self._line)
        self.announcements = Announcements(self.counter)
        self.state.said = self.announcements.said
        self._session: aiohttp.ClientSession | None = None

    async def start(self) -> None:
        """Open what needs a running loop."""
        self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.config.ack_seconds))

    async def close(self) -> None:
        """End deliveries and sockets, and give the state file back."""
        await self.announcements.close()
        await self.sockets.close()
        if self._session is not None:
            await self._session.close()
        self.state.archive.close()

    @property
    def config(self) -> SandboxConfig:
        """Return the configuration as it is now."""
        return self.state.config

    def served_at(self, base_url: str) -> None:
        """Learn the address of this workspace, when its port was free to choose."""
        self.state.config = replace(self.config, base_url=base_url.rstrip("/"))

    def point_at(self, request_url: str | None) -> None:
        """Let everything go to another request URL; None turns Socket Mode on."""
        commands = tuple(replace(command, url=None) for command in self.config.commands)
        self.state.config = replace(self.config, request_url=request_url, interactivity_url=None, commands=commands)

    # What people do.

    async def click(self, *, user: str, channel: str, ts: str, action_id: str) -> Interaction:
        """Press a button in a message; pressing twice sends twice."""
        return await press(self.counter, Press(user=user, channel=channel, ts=ts, action_id=action_id))

    async def choose(self, *, user: str, channel: str, ts: str, action_id: str, option: str) -> Interaction:
        """Choose in a message's menu by what the option reads. Raises LookupError when there is none."""
        return await choose(self.counter, Press(user=user, channel=channel, ts=ts, action_id=action_id), option)

    async def press(self, gesture: Press) -> Interaction:
        """Press a button or choose an option in a message, everything said."""
        return await press(self.counter, gesture)

    async def press_in_view(self, gesture: PressInView) -> Interaction:
        """Press a button or choose an option in a dialog."""
        return await press_in_view(self.counter, gesture)

    async def submit_view(self, user: str, view_id: str, values: Mapping[str, str]) -> Interaction:
        """Fill in a dialog and send it; *values* by block id or action id, selects by the option's value."""
        view = self.state.views.get(view_id)
        if view.user != user:
            raise LookupError(f"{view_id} is open before {view.user}, not {user}")
        return await submit(self.counter, view_id, nest(view.blocks, values))

    async def close_view(self, user: str, view_id: str) -> Interaction:
        """Close a dialog with its Cancel button."""
        if self.state.views.get(view_id).user != user:
            raise LookupError(f"{view_id} is not open before {user}")
        return await close(self.counter, view_id)

    async def command(self, user: str, channel: str, command: str, text: str = "") -> Interaction:
        """Type a slash command."""
        return await run_command(self.counter, user, self.state.roster.channel(channel), f"{command} {text}")

    async def shortcut(self, user: str, callback_id: str) -> Interaction:
        """Choose a global shortcut of the app. Raises LookupError when it has none of that name."""
        return await use_shortcut(self.counter, user, callback_id)

    async def message_shortcut(self, *, user: str, channel: str, ts: str, callback_id: str) -> Interaction:
        """Choose a shortcut of the app at a message. Raises LookupError when there is no such one, or message."""
        return await use_at_message(self.counter, user, self.state.roster.channel(channel), (ts, callback_id))

    def open_home(self, user: str) -> None:
        """Look at the app's Home tab; the app hears of it when it subscribed to that."""
        self.announcements.came_home(self.state.roster.person(user).id, "home")

    async def press_home(self, user: str, action_id: str, typed: Typed, value: str | None = None) -> Interaction:
        """Press a button or choose an option on the Home tab, where *typed* is ticked. Raises LookupError."""
        home = self.state.homes.of(user)
        if home is None:
            raise LookupError(f"nothing is published on the Home tab of {user}")
        gesture = PressInView(user=user, view=home.id, action_id=action_id, value=value, typed=typed)
        return await press_in_view(self.counter, gesture)

    def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> Message:
        """Say something as a person, in Slack's form; the app hears of it when it subscribed to that."""
        return self.state.say(Draft(channel=channel, user=user, text=text, thread_ts=thread_ts))

    def put_usergroup(self, group: UserGroup) -> None:
        """Make a user group, or change it; the app hears of it when it subscribed to that."""
        group = replace(group, updated=int(self.state.now.timestamp()))
        self.announcements.regrouped(self.state.usergroups.put(group), group)

    def uninstall(self) -> None:
        """Take the app away: its tokens are worth nothing, and it hears of it when it subscribed to that."""
        self.state.installs.take_away()
        self.announcements.uninstalled()

    async def verify_request_url(self) -> bool:
        """Send the challenge by which Slack checks a request URL, and say whether it came back."""
        challenge = self.state.mint.secret()
        payload = {"token": VERIFICATION_TOKEN, "challenge": challenge, "type": "url_verification", "api_app_id": APP}
        ack: Ack = await self._line().send(Delivery(kind=Kind.EVENT, payload=payload))
        document = ack.document or {}
        return ack.failure is None and challenge in {ack.text.strip(), document.get("challenge")}

    # What people see.

    def messages(self, channel: str) -> tuple[Message, ...]:
        """Return what stands in a channel, oldest first, without replies."""
        return self.state.history.timeline(channel)

    def thread(self, channel: str, ts: str) -> tuple[Message, ...]:
        """Return the replies to a message, oldest first."""
        return self.state.history.thread(channel, ts).replies

    def ephemerals(self, user: str, channel: str | None = None) -> tuple[Message, ...]:
        """Return what only *user* sees, oldest first."""
        return tuple(m for m in self.state.whispers.get(user, {}).values() if channel in {None, m.channel})

    def dms(self, user: str) -> tuple[Message, ...]:
        """Return what stands in the direct message of the bot with *user*, oldest first."""
        return self.state.history.timeline(f"D{user[1:]}")

    def view(self, user: str) -> View | None:
        """Return the dialog *user* has before them."""
        return self.state.views.top(user)

    def home(self, user: str) -> View | None:
        """Return what the app has published on *user*'s Home tab."""
        return self.state.homes.of(user)

    def calls(self, method: str | None = None) -> tuple[Call, ...]:
        """Return the calls of the Web API so far, or those of one method."""
        return tuple(call for call in self.webapi.calls if method in {None, call.method})

    async def until(self, condition: Callable[[], T], seconds: float = 5.0) -> T:
        """Return what *condition* gives as soon as it is true; it is asked after every change. Raises TimeoutError."""
        return await self.state.bell.until(condition, seconds)

    async def quiet(self) -> None:
        """Return when no event is under way to the app."""
        await self.announcements.delivered()
        await asyncio.sleep(0)

    def _line(self) -> Line:
        return WatchedLine(self._bare_line(), self.traffic)

    def _bare_line(self) -> Line:
        if self.config.request_url is None:
            return self.sockets
        if self._session is None:
            raise RuntimeError("the workspace is not started")
        return HttpLine(self._session, self.config, self.state.mint.clock)
