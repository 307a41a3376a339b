"""What the page sends when a person does something: read strictly, done in the name of whoever the cookie says."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from bot.sandbox.commands import run_command
from bot.sandbox.dialogs import close, submit
from bot.sandbox.gestures import Interaction, Press, PressInView
from bot.sandbox.page.who import who_is
from bot.sandbox.people import Channel
from bot.sandbox.references import write_message
from bot.sandbox.refusal import SlackRefusal
from bot.sandbox.shortcuts import use_at_message, use_shortcut
from bot.sandbox.state import State
from bot.sandbox.views import View
from bot.sandbox.workspace import Workspace

SHOWN_AS = "X-Sandbox-User"
SOMEBODY_ELSE = "You are somebody else in this browser now. Please reload this page."
WRITING_IS_OFF = "Sending messages to this app has been turned off."
NOT_IN_THREADS = "Commands are not supported in threads. Sorry!"

A = TypeVar("A", bound=BaseModel)


class Act(BaseModel):
    """One thing done on the page."""

    model_config = ConfigDict(extra="forbid")


class PressAct(Act):
    """A button or select used in a message."""

    channel: str
    ts: str
    action_id: str
    block_id: str
    value: str | None = None
    typed: dict[str, dict[str, str]] = {}


class ViewPressAct(Act):
    """A button or select used in a dialog."""

    view: str
    action_id: str
    block_id: str
    value: str | None = None
    typed: dict[str, dict[str, str]] = {}


class SubmitAct(Act):
    """A dialog sent."""

    view: str
    typed: dict[str, dict[str, str]] = {}


class CloseAct(Act):
    """A dialog closed."""

    view: str


class SayAct(Act):
    """Words typed, or a command."""

    channel: str
    text: str
    thread: str | None = None


class ShortcutAct(Act):
    """A shortcut of the whole workspace chosen."""

    callback_id: str


class MessageShortcutAct(Act):
    """A shortcut chosen at a message."""

    channel: str
    ts: str
    callback_id: str


class DismissAct(Act):
    """A message that only this person sees, taken away."""

    channel: str
    ts: str


class Acts:
    """One handler for each act."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._state = workspace.state

    async def press(self, request: web.Request) -> web.Response:
        """Press a button, or choose an option, in a message."""
        act, me = await _read(request, PressAct), who_is(request, self._state)
        self._channel(me.id, act.channel)
        return await _answer(self._workspace.press(Press(user=me.id, **act.model_dump())))

    async def press_in_view(self, request: web.Request) -> web.Response:
        """Press a button, or choose an option, in a dialog."""
        act, me = await _read(request, ViewPressAct), who_is(request, self._state)
        self._view(me.id, act.view)
        return await _answer(self._workspace.press_in_view(PressInView(user=me.id, **act.model_dump())))

    async def submit(self, request: web.Request) -> web.Response:
        """Send a dialog."""
        act = await _read(request, SubmitAct)
        view = self._view(who_is(request, self._state).id, act.view)
        return await _answer(submit(self._workspace.counter, view.id, act.typed))

    async def close(self, request: web.Request) -> web.Response:
        """Close a dialog."""
        act = await _read(request, CloseAct)
        view = self._view(who_is(request, self._state).id, act.view)
        return await _answer(close(self._workspace.counter, view.id))

    async def say(self, request: web.Request) -> web.Response:
        """Say something, or run a command."""
        act, me = await _read(request, SayAct), who_is(request, self._state)
        channel = self._channel(me.id, act.channel)
        text = act.text.strip()
        if channel.kind == "im" and not self._state.config.messages_tab:
            return web.json_response({"complaint": WRITING_IS_OFF})
        if text.startswith("/") and act.thread:
            return web.json_response({"complaint": NOT_IN_THREADS})
        if text.startswith("/"):
            return await _answer(run_command(self._workspace.counter, me.id, channel, text))
        if text:
            self._workspace.say(me.id, channel.id, write_message(text, self._state.roster), act.thread)
        return web.json_response({"complaint": None})

    async def shortcut(self, request: web.Request) -> web.Response:
        """Choose a shortcut of the whole workspace."""
        act, me = await _read(request, ShortcutAct), who_is(request, self._state)
        return await _answer(use_shortcut(self._workspace.counter, me.id, act.callback_id))

    async def message_shortcut(self, request: web.Request) -> web.Response:
        """Choose a shortcut at a message."""
        act, me = await _read(request, MessageShortcutAct), who_is(request, self._state)
        channel = self._channel(me.id, act.channel)
        return await _answer(use_at_message(self._workspace.counter, me.id, channel, (act.ts, act.callback_id)))

    async def dismiss(self, request: web.Request) -> web.Response:
        """Take away a message that only this person sees."""
        act, me = await _read(request, DismissAct), who_is(request, self._state)
        message = self._state.find(act.channel, act.ts, me.id)
        if message is not None and message.only_for == me.id:
            self._state.remove(message)
        return web.json_response({"complaint": None})

    def _channel(self, me: str, channel: str) -> Channel:
        found = self._state.roster.channel(channel)
        if me not in found.members:
            raise SlackRefusal("not_in_channel")
        return found

    def _view(self, me: str, view: str) -> View:
        found = self._state.view(view)
        if found.user != me:
            raise SlackRefusal("not_found")
        return found


def answering(
    act: Callable[[web.Request], Awaitable[web.Response]], state: State
) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Turn what cannot be done (any more) into a sentence for the person."""

    async def handler(request: web.Request) -> web.Response:
        # Another tab may have become somebody else: what this one shows is then not who would act.
        if request.headers.get(SHOWN_AS) != who_is(request, state).id:
            return web.json_response({"complaint": SOMEBODY_ELSE}, status=409)
        try:
            return await act(request)
        except (SlackRefusal, LookupError):
            return web.json_response({"complaint": "That is not there any more."}, status=409)
        except ValidationError:
            return web.json_response({"complaint": "This page is out of date. Please reload it."}, status=422)

    return handler


async def _read(request: web.Request, act: type[A]) -> A:
    return act.model_validate_json(await request.read())


async def _answer(interaction: Awaitable[Interaction]) -> web.Response:
    done = await interaction
    answer: dict[str, Any] = {"complaint": done.complaint, "errors": dict(done.errors)}
    return web.json_response(answer)
