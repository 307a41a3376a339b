"""Connections that are too many, too slow or not HTTP; aiohttp itself never closes a slow one.

A head that has begun must be whole within HEAD_SECONDS. Bodies have their own deadline (``raw_body``), idle connections
aiohttp's keep-alive time. What can't be parsed is answered as a problem; neither it nor any header is ever logged.
"""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

import structlog
from aiohttp import web
from aiohttp.http_exceptions import LineTooLong
from aiohttp.web_request import BaseRequest

from handlers.problems import Problem, draw_problem

_TOO_SLOW = b"HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
_TOO_MANY = b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"

_log = structlog.get_logger("http")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """What a connection may take. ``linger_seconds`` is how long the rest of a refused body is read away."""

    head_seconds: float = 10.0
    idle_seconds: float = 75.0
    linger_seconds: float = 2.0
    connections: int = 1000
    line_bytes: int = 8190
    headers: int = 100


def make_runner(app: web.Application, limits: ConnectionLimits, shutdown_seconds: float) -> web.AppRunner:
    """Return what serves *app*: set it up, put a site on it, and clean it up at the end."""
    return _Runner(app, limits, shutdown_seconds)


class _Runner(web.AppRunner):
    """Serves an application through patient connections."""

    def __init__(self, app: web.Application, limits: ConnectionLimits, shutdown_seconds: float) -> None:
        # No access log: it would hold paths and user agents, and cost as much as the call.
        super().__init__(app, access_log=None, shutdown_timeout=shutdown_seconds)
        self._limits = limits

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        return _Server(server, self._limits)


class _Server(web.Server):
    """Makes the connections, and knows how many there are."""

    def __init__(self, inner: web.Server, limits: ConnectionLimits) -> None:
        super().__init__(inner.request_handler, request_factory=inner.request_factory)
        self.limits = limits
        self.open = 0

    def __call__(self) -> web.RequestHandler:
        return _Connection(self)


class _Connection(web.RequestHandler):
    """One connection, with a clock on every head that has begun.

    The clock is only set when a head comes in pieces, or not at all after connecting; a call in one piece pays nothing.
    """

    __slots__ = ("_head_clock", "_is_counted", "_server")

    def __init__(self, server: _Server) -> None:
        limits = server.limits
        options: dict[str, Any] = {
            "keepalive_timeout": limits.idle_seconds,
            "lingering_time": limits.linger_seconds,
            "max_line_size": limits.line_bytes,
            "max_field_size": limits.line_bytes,
            "max_headers": limits.headers,
            "access_log": None,
            # A compressed body is refused; unpacking it first would be a gift to whoever sends a bomb.
            "auto_decompress": False,
        }
        super().__init__(server, loop=asyncio.get_running_loop(), **options)
        self._server = server
        self._head_clock: asyncio.TimerHandle | None = None
        self._is_counted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or turn it away when there are too many."""
        super().connection_made(transport)
        if self._server.open >= self._server.limits.connections:
            self._turn_away(_TOO_MANY)
            return
        self._server.open += 1
        self._is_counted = True
        self._start_clock()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Let the connection go."""
        self._stop_clock()
        if self._is_counted:
            self._is_counted = False
            self._server.open -= 1
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read on; start the clock when a head has begun, stop it when one is whole."""
        heads = self._request_count
        super().data_received(data)
        if self._request_count != heads:
            self._stop_clock()
        elif self._head_clock is None and self._is_idle():
            self._start_clock()

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - aiohttp's sentence quotes what was sent
    ) -> web.StreamResponse:
        """Answer what is not HTTP, or what broke outside the application."""
        if status == HTTPStatus.BAD_REQUEST:
            _log.info("http.unreadable", remote=request.remote, error=type(exc).__name__)
        else:
            _log.error("http.fault", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("The answer has begun already.")
        answer = draw_problem(_problem(status, exc))
        answer.force_close()
        return answer

    def log_exception(self, *_: Any, **kw: Any) -> None:  # noqa: ANN401 - aiohttp's signature
        """Write down that a connection broke from inside; aiohttp's own words may quote what was sent."""
        _log.error("http.connection_fault", exc_info=kw.get("exc_info", True))

    def _is_idle(self) -> bool:
        """Tell whether nothing is being handled: what arrives now is a head."""
        return self._waiter is not None

    def _start_clock(self) -> None:
        self._head_clock = self._loop.call_later(self._server.limits.head_seconds, self._head_is_late)

    def _stop_clock(self) -> None:
        if self._head_clock is not None:
            self._head_clock.cancel()
            self._head_clock = None

    def _head_is_late(self) -> None:
        self._head_clock = None
        if self._is_idle():
            self._turn_away(_TOO_SLOW)

    def _turn_away(self, answer: bytes) -> None:
        if self.transport is not None:
            cast("asyncio.WriteTransport", self.transport).write(answer)
        self.force_close()


def _problem(status: int, error: BaseException | None) -> Problem:
    if isinstance(error, LineTooLong):
        detail = "A header, or the address, is too long."
        return Problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "head_too_large", detail)
    if status == HTTPStatus.BAD_REQUEST:
        return Problem(HTTPStatus.BAD_REQUEST, "not_http", "This is not an HTTP request that can be read.")
    return Problem(HTTPStatus(status), "fault", "Something went wrong here, and nothing was decided.")
