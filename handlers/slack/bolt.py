"""Bolt, and one way through it for every surface. Verified payloads come in from HTTP and from the socket alike.

Bolt authorizes and acknowledges. Which surface it is, the letter says already: Bolt's own search for a listener, half
of what a click costs there, is left out. Who may do what is decided behind it. What breaks is logged by name, and
whoever clicked is told.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, assert_never, cast

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.middleware.async_middleware import AsyncMiddleware
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse

from bot.core.stamp import Stamp
from bot.slack.faults import CALL_ERRORS
from handlers.refusals import as_apology
from handlers.slack import buttons, dialogs, pages
from handlers.slack.apology import say_at
from handlers.slack.events import note_event
from handlers.slack.front import Front
from handlers.slack.home.clicks import click_home
from handlers.slack.inbound import Chosen, Clicked, Commanded, Happened, Letter, Submitted
from handlers.slack.jit import command
from handlers.slack.shortcuts import choose

_LETTER = "jit_letter"

# No tick: Slack marks the button as failed.
_FAILED = 503

_log = structlog.get_logger("slack")

Json = dict[str, object]


class Switchboard(AsyncMiddleware):
    """Passes a letter through Bolt to the one dispatcher of its surface, and returns Bolt's answer."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._app = self._build()

    async def pass_on(self, letter: Letter) -> BoltResponse:
        """Return the acknowledgement; what it acknowledges is durable by then."""
        # The payload is parsed already and came through our own verifier, so Bolt gets it as it does from a socket:
        # parsing twice would cost more than everything else Bolt does.
        request = AsyncBoltRequest(body=letter.payload, mode="socket_mode", context={_LETTER: letter})
        return await self._app.async_dispatch(request)

    def _build(self) -> AsyncApp:
        client = self._front.client

        async def authorize(enterprise_id: str | None, team_id: str | None, user_id: str | None) -> AuthorizeResult:
            # Never asks Slack: who may do what is decided by us, at every entry, for every user.
            return AuthorizeResult(
                enterprise_id=enterprise_id, team_id=team_id, user_id=user_id, bot_token=client.token
            )

        app = AsyncApp(
            name="jit",
            client=client,
            authorize=authorize,
            signing_secret="",  # our own verifier stands in front
            request_verification_enabled=False,
            ignoring_self_events_enabled=False,
            attaching_function_token_enabled=False,
            attaching_conversation_kwargs_enabled=False,
            process_before_response=True,
        )
        cast("Any", app).use(self)  # Bolt leaves its type open
        return app

    async def async_process(
        self,
        *,
        req: AsyncBoltRequest,
        resp: BoltResponse,
        next: Callable[[], Awaitable[BoltResponse]],  # noqa: A002 - Bolt's name
    ) -> BoltResponse:
        """Take what Bolt has let through. What we have no surface for goes on, to Bolt's own answer for it."""
        letter, ack = cast("Letter", req.context[_LETTER]), req.context.ack
        match letter.inbound:
            case Clicked() as clicked:
                return await self._on_action(ack, clicked, letter.replay_key)
            case Submitted() as submitted:
                return await self._on_view(ack, submitted, letter.replay_key)
            case Commanded() as commanded:
                return await self._on_command(ack, commanded, letter.replay_key)
            case Chosen() as chosen:
                return await self._on_shortcut(ack, chosen)
            case Happened() as happened:
                return await self._on_event(ack, happened, letter.replay_key)
            case None:
                await next()
                return resp
            case _:
                assert_never(letter.inbound)

    async def _on_action(self, ack: AsyncAck, clicked: Clicked, replay_key: Stamp) -> BoltResponse:
        try:
            if clicked.view is not None and clicked.view.is_home:
                await click_home(self._front, clicked, clicked.view, replay_key)
            elif clicked.view is not None and clicked.actions[0].action_id in pages.PAGE_ACTIONS:
                await pages.turn_page(self._front, clicked, clicked.view)
            else:
                await buttons.press(self._front, clicked, replay_key)
        except Exception as error:  # noqa: BLE001 - the last door: whoever clicked must hear of it
            _broke("slack.click_failed", error)
            await self._apologise(clicked.user.id, clicked.response_url, as_apology(error))
            return BoltResponse(status=_FAILED)
        return await ack()

    async def _on_shortcut(self, ack: AsyncAck, chosen: Chosen) -> BoltResponse:
        try:
            is_open = await choose(self._front, chosen)
        except Exception as error:  # noqa: BLE001 - the last door: whoever chose it must hear of it
            _broke("slack.shortcut_failed", error)
            await self._apologise(chosen.user.id, chosen.response_url, as_apology(error))
            return BoltResponse(status=_FAILED)
        # Without a dialog there is nothing before their eyes: without a tick, Slack says that it failed.
        return await ack() if is_open else BoltResponse(status=_FAILED)

    async def _on_event(self, ack: AsyncAck, happened: Happened, replay_key: Stamp) -> BoltResponse:
        try:
            await note_event(self._front, happened, replay_key)
        except Exception as error:  # noqa: BLE001 - the last door: without a tick Slack sends it again
            _broke("slack.event_failed", error)
            return BoltResponse(status=_FAILED)
        return await ack()

    async def _on_view(self, ack: AsyncAck, submitted: Submitted, replay_key: Stamp) -> BoltResponse:
        return await _answer(
            ack,
            "slack.dialog_failed",
            lambda: dialogs.submit(self._front, submitted, replay_key),
            lambda error: dialogs.draw_broken(submitted, as_apology(error)),
        )

    async def _on_command(self, ack: AsyncAck, commanded: Commanded, replay_key: Stamp) -> BoltResponse:
        return await _answer(
            ack,
            "slack.command_failed",
            lambda: command.answer(self._front, commanded, replay_key),
            lambda error: command.draw_broken(as_apology(error)),
        )

    async def _apologise(self, user: str, response_url: str | None, sentence: str) -> None:
        """Say what became of a click where it was made; a dialog and a Home tab have no such place."""
        if response_url is None:
            client = cast("Any", self._front.client)  # the SDK leaves the types of its keywords open
            with suppress(*CALL_ERRORS):
                await client.chat_postMessage(channel=user, text=sentence)
            return
        await say_at(response_url, self._front.client.session, sentence)


async def _answer(
    ack: AsyncAck, event: str, work: Callable[[], Awaitable[Json]], apology: Callable[[Exception], Json]
) -> BoltResponse:
    try:
        answer = await work()
    except Exception as error:  # noqa: BLE001 - the last door: whoever asked must get an answer
        _broke(event, error)
        answer = apology(error)
    return await ack(cast("Any", answer) if answer else "")


def _broke(event: str, error: Exception) -> None:
    """Log what broke by its name: the message of an exception may hold what people wrote."""
    _log.error(event, error=type(error).__name__)
