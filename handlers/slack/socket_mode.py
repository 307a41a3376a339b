"""Socket Mode: the same letters through a websocket that we open, for houses that nobody can reach from outside."""

import json
import logging
from typing import Any, cast

import structlog
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.stamp import Stamp
from bot.slack.faults import CALL_ERRORS, Fault, read_fault, remedy_of
from handlers.slack.exchange import Taker
from handlers.slack.inbound import Malformed, read_letter

_log = structlog.get_logger("slack")


_REMEDIES = {
    "invalid_auth": "the app-level token is not valid: set SLACK_APP_TOKEN anew",
    "not_allowed_token_type": "this is another kind of token: set SLACK_APP_TOKEN to the one that begins with xapp-",
    "token_revoked": "the app-level token was revoked: make a new one and set SLACK_APP_TOKEN",
    "missing_scope": "the app-level token needs the scope connections:write: make a new one and set SLACK_APP_TOKEN",
    "socket_mode_disabled": "switch Socket Mode on in the app's settings, or use SLACK_SIGNING_SECRET over HTTP",
    "connection_limit_reached": "ten sockets are open for this app already: stop what else runs with its token",
}
"""What to do about a refusal of apps.connections.open; its codes mean the app's token, not the bot's."""

_SAY_AGAIN_AFTER = 12
"""The client tries every few seconds; the same trouble is told about once a minute."""


class Socket:
    """Keeps a websocket to Slack open; it comes back by itself when it is lost.

    ``trouble`` is why it could not be opened last time, in words that strangers may read.
    """

    def __init__(self, app_token: str, client: AsyncWebClient, letters: Taker) -> None:
        self._app_token = app_token
        self._web = client
        self._letters = letters
        self._client: SocketModeClient | None = None
        self._failures = 0
        self.trouble: str | None = None

    async def start(self) -> None:
        """Connect. Tries again until it works or :meth:`close` is called, so do not wait for it to be ready."""
        logger = logging.getLogger("slack_sdk.socket_mode")
        logger.addFilter(self._overhear)
        self._client = SocketModeClient(app_token=self._app_token, web_client=self._web, logger=logger)
        self._client.socket_mode_request_listeners.append(self._receive)
        await self._client.connect()

    async def close(self) -> None:
        """Disconnect; what was received is answered or will be sent again."""
        if self._client is not None:
            await self._client.close()
        logging.getLogger("slack_sdk.socket_mode").removeFilter(self._overhear)

    async def is_up(self) -> bool:
        """Tell whether the websocket is open."""
        is_up = self._client is not None and await self._client.is_connected()
        if is_up:
            self._failures, self.trouble = 0, None
        return is_up

    def _overhear(self, record: logging.LogRecord) -> bool:
        """Say what the client says with a traceback in one line of ours; the client tells nobody else of it."""
        said = record.getMessage()
        if said.startswith("Failed to connect") and record.exc_info and isinstance(record.exc_info[1], CALL_ERRORS):
            self._failed(read_fault(record.exc_info[1]))
            return False
        return not said.startswith("Failed to retrieve WSS URL")  # what follows from it is heard above

    def _failed(self, fault: Fault) -> None:
        remedy = _REMEDIES.get(fault.code) or remedy_of(fault)
        self.trouble = ": ".join(filter(None, ("Slack", fault.code, remedy)))
        if self._failures % _SAY_AGAIN_AFTER == 0:
            _log.error("slack.socket_not_connected", code=fault.code, host=fault.where, remedy=remedy)
        self._failures += 1

    async def _receive(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        try:
            letter = read_letter(cast("Any", request).payload, Stamp(f"socket:{request.envelope_id}"))
        except Malformed as malformed:
            _log.warning("slack.malformed", reason=str(malformed))
            return
        answer = await self._letters.pass_on(letter)
        if answer.status == 200:  # noqa: PLR2004 - HTTP's OK; anything else is no answer, and Slack shows the click as failed
            await client.send_socket_mode_response(_draw_response(request.envelope_id, answer))


def _draw_response(envelope_id: str, answer: BoltResponse) -> SocketModeResponse:
    payload = json.loads(answer.body) if answer.body else None
    return SocketModeResponse(envelope_id=envelope_id, payload=payload)
