"""Bolt, with one listener per surface. Verified payloads come in from HTTP and from the socket by the same way.

Bolt matches and acknowledges; who may do what is decided behind it. A listener never raises: what breaks is logged by
name, and whoever clicked is told.
"""

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

import structlog
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_bolt.context.async_context import AsyncBoltContext
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.slack.faults import CALL_ERRORS
from handlers.refusals import as_apology
from handlers.slack import buttons, dialogs, pages
from handlers.slack.events import note_event
from handlers.slack.front import Front
from handlers.slack.inbound import Clicked, Commanded, Happened, Letter, Submitted
from handlers.slack.jit import command

_ANYTHING = re.compile("")
_LETTER = "jit_letter"

# No tick: Slack marks the button as failed.
_FAILED = 503

_log = structlog.get_logger("slack")

Json = dict[str, object]
T = TypeVar("T", Clicked, Submitted, Commanded, Happened)


class Switchboard:
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
        surfaces = cast("Any", app)  # Bolt leaves the types of its patterns open
        surfaces.action(_ANYTHING)(self._on_action)
        surfaces.view(_ANYTHING)(self._on_view)
        surfaces.command(_ANYTHING)(self._on_command)
        surfaces.event(_ANYTHING)(self._on_event)
        return app

    async def _on_action(self, ack: AsyncAck, context: AsyncBoltContext) -> BoltResponse | None:
        letter, clicked = _read(context, Clicked)
        try:
            if clicked.view is not None and clicked.actions[0].action_id in pages.PAGE_ACTIONS:
                await pages.turn_page(self._front, clicked, clicked.view)
            else:
                await buttons.press(self._front, clicked, letter.replay_key)
        except Exception as error:  # noqa: BLE001 - the last door: whoever clicked must hear of it
            _broke("slack.click_failed", error)
            await self._apologise(clicked.response_url, as_apology(error))
            return BoltResponse(status=_FAILED)
        await ack()
        return None

    async def _on_view(self, ack: AsyncAck, context: AsyncBoltContext) -> None:
        letter, submitted = _read(context, Submitted)
        await _answer(
            ack,
            "slack.dialog_failed",
            lambda: dialogs.submit(self._front, submitted, letter.replay_key),
            lambda error: dialogs.draw_broken(submitted, as_apology(error)),
        )

    async def _on_command(self, ack: AsyncAck, context: AsyncBoltContext) -> None:
        letter, commanded = _read(context, Commanded)
        await _answer(
            ack,
            "slack.command_failed",
            lambda: command.answer(self._front, commanded, letter.replay_key),
            lambda error: command.draw_broken(as_apology(error)),
        )

    async def _on_event(self, context: AsyncBoltContext) -> None:
        _letter, happened = _read(context, Happened)
        note_event(self._front, happened)

    async def _apologise(self, response_url: str | None, sentence: str) -> None:
        if response_url is None:
            return
        webhook = cast("Any", AsyncWebhookClient)(response_url, session=self._front.client.session, retry_handlers=[])
        with suppress(*CALL_ERRORS):  # there is nobody left to tell, and the log has it
            await webhook.send(text=sentence, response_type="ephemeral", replace_original=False)


async def _answer(
    ack: AsyncAck, event: str, work: Callable[[], Awaitable[Json]], apology: Callable[[Exception], Json]
) -> None:
    try:
        answer = await work()
    except Exception as error:  # noqa: BLE001 - the last door: whoever asked must get an answer
        _broke(event, error)
        answer = apology(error)
    await ack(cast("Any", answer) if answer else "")


def _broke(event: str, error: Exception) -> None:
    """Log what broke by its name: the message of an exception may hold what people wrote."""
    _log.error(event, error=type(error).__name__)


def _read(context: AsyncBoltContext, kind: type[T]) -> tuple[Letter, T]:
    letter = cast("Letter", context[_LETTER])
    if not isinstance(letter.inbound, kind):
        raise TypeError(f"Bolt took a {type(letter.inbound).__name__} for a {kind.__name__}")
    return letter, letter.inbound
