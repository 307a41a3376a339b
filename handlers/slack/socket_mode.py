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

from handlers.slack.bolt import Switchboard
from handlers.slack.inbound import Malformed, read_letter

_log = structlog.get_logger("slack")


class Socket:
    """Keeps a websocket to Slack open; it comes back by itself when it is lost."""

    def __init__(self, app_token: str, client: AsyncWebClient, switchboard: Switchboard) -> None:
        self._app_token = app_token
        self._web = client
        self._switchboard = switchboard
        self._client: SocketModeClient | None = None

    async def start(self) -> None:
        """Connect. Tries again until it works or :meth:`close` is called, so do not wait for it to be ready."""
        self._client = SocketModeClient(
            app_token=self._app_token, web_client=self._web, logger=logging.getLogger("slack_sdk.socket_mode")
        )
        self._client.socket_mode_request_listeners.append(self._receive)
        await self._client.connect()

    async def close(self) -> None:
        """Disconnect; what was received is answered or will be sent again."""
        if self._client is not None:
            await self._client.close()

    async def is_up(self) -> bool:
        """Tell whether the websocket is open."""
        return self._client is not None and await self._client.is_connected()

    async def _receive(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        try:
            letter = read_letter(cast("Any", request).payload, f"socket:{request.envelope_id}")
        except Malformed as malformed:
            _log.warning("slack.malformed", reason=str(malformed))
            return
        answer = await self._switchboard.pass_on(letter)
        if answer.status == 200:  # noqa: PLR2004 - HTTP's OK; anything else is no answer, and Slack shows the click as failed
            await client.send_socket_mode_response(_draw_response(request.envelope_id, answer))


def _draw_response(envelope_id: str, answer: BoltResponse) -> SocketModeResponse:
    payload = json.loads(answer.body) if answer.body else None
    return SocketModeResponse(envelope_id=envelope_id, payload=payload)
