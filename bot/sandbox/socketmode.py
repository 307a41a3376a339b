"""Socket Mode: the app connects to us, and envelopes go to one of its sockets in turn."""

import asyncio
import json
import uuid
from typing import Any, cast

from aiohttp import WSMsgType, web

from bot.sandbox.bell import Ring
from bot.sandbox.ids import APP
from bot.sandbox.outbound import Ack, Delivery, Kind
from bot.sandbox.state import State

Json = dict[str, Any]

MOST_SOCKETS = 10
PING_SECONDS = 10.0


class Sockets:
    """The sockets an app has open, and the envelopes that wait for their ack."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._open: list[web.WebSocketResponse] = []
        self._waiting: dict[str, asyncio.Future[Json]] = {}

    @property
    def count(self) -> int:
        """Return how many sockets the app has open."""
        return len(self._open)

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Serve one socket until it closes. A ticket opens one socket once."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._state.tickets or self.count >= MOST_SOCKETS:
            return web.json_response({"ok": False, "error": "invalid_auth"}, status=403)
        self._state.tickets.discard(ticket)
        socket = web.WebSocketResponse(heartbeat=PING_SECONDS)
        await socket.prepare(request)
        self._open.append(socket)
        self._state.bell.ring(Ring(kind="socket"))
        try:
            await socket.send_json(self._hello())
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._read(message.data)
        finally:
            self._open.remove(socket)
        return socket

    async def send(self, delivery: Delivery) -> Ack:
        """Send one envelope and wait for its ack."""
        clock = asyncio.get_running_loop()
        started = clock.time()
        if not self._open:
            return Ack(elapsed=0.0, failure="connection_failed")
        self._open.append(socket := self._open.pop(0))
        envelope = str(uuid.uuid4())
        self._waiting[envelope] = clock.create_future()
        try:
            async with asyncio.timeout(self._state.config.ack_seconds):
                await socket.send_json(_envelope(envelope, delivery))
                answer = await self._waiting[envelope]
        except TimeoutError:
            return Ack(elapsed=clock.time() - started, failure="operation_timeout")
        except ConnectionError:
            return Ack(elapsed=clock.time() - started, failure="connection_failed")
        finally:
            del self._waiting[envelope]
        return Ack(elapsed=clock.time() - started, status=200, text=json.dumps(answer) if answer else "")

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Tell every socket to come back with a new one, as Slack does from time to time, and close it."""
        for socket in tuple(self._open):
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
            await socket.close()

    async def close(self) -> None:
        """Close every socket."""
        for socket in tuple(self._open):
            await socket.close()

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.count,
            "debug_info": {"host": "sandbox", "approximate_connection_time": 18060},
            "connection_info": {"app_id": APP},
        }

    def _read(self, text: str) -> None:
        """Take an ack; anything else that an app sends is ignored, as Slack does."""
        try:
            document: object = json.loads(text)
        except ValueError:
            return
        if not isinstance(document, dict):
            return
        ack = cast("Json", document)
        waiting = self._waiting.get(str(ack.get("envelope_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(ack.get("payload") or {})


def _envelope(envelope: str, delivery: Delivery) -> Json:
    drawn: Json = {
        "envelope_id": envelope,
        "payload": delivery.payload,
        "type": delivery.kind.value,
        "accepts_response_payload": delivery.kind is not Kind.EVENT,
    }
    if delivery.kind is Kind.EVENT:
        drawn |= {"retry_attempt": delivery.retry, "retry_reason": delivery.retry_reason or ""}
    return drawn
