"""Connections that are too many, too slow or not HTTP; aiohttp itself never closes a slow one.

A head that has begun must be whole in time, and an answer must be read. Bodies have their own deadline (``raw_body``),
idle connections aiohttp's keep-alive time, and those of strangers a short one: they leave first when room is needed.
What can't be parsed is answered as a problem; neither it nor any header is ever logged.
"""

import asyncio
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, cast

import structlog
from aiohttp import web
from aiohttp.web_request import BaseRequest

from handlers.door.strangers import Strangers
from handlers.door.unread import TOO_MANY, TOO_SLOW, draw_raw, unreadable
from handlers.problems import Problem, draw_problem

_log = structlog.get_logger("http")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """What a connection may take.

    ``stall_seconds`` is how long an answer may wait for its reader, ``linger_seconds`` how long what still comes is
    read away after a refusal, and how long the rest of the last answer may take. ``line_bytes`` is for the first line,
    ``field_bytes`` for each header: aiohttp only says how much was too much, so they must differ to be told apart.
    Connections over which nobody was proven yet may be idle for ``stranger_seconds``, and ``strangers`` of one peer.
    """

    head_seconds: float = 10.0
    idle_seconds: float = 75.0
    linger_seconds: float = 2.0
    stall_seconds: float = 30.0
    stranger_seconds: float = 5.0
    connections: int = 1000
    strangers: int = 250
    line_bytes: int = 8190
    field_bytes: int = 8192
    headers: int = 100


def make_runner(app: web.Application, limits: ConnectionLimits, shutdown_seconds: float) -> web.AppRunner:
    """Return what serves *app*: set it up, put a site on it, and clean it up at the end."""
    return _Runner(app, limits, shutdown_seconds)


def vouch(request: web.Request) -> None:
    """Note that whoever made this call was proven: its connection is no stranger's any more."""
    connection = request.protocol
    if isinstance(connection, _Connection):
        connection.vouch()


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
        self.turned_away = 0
        self.strangers = Strangers()

    def has_room(self, peer: str) -> bool:
        """Tell whether one more may come from *peer*; strangers that are idle make room."""
        if self.strangers.count(peer) >= self.limits.strangers and not self.strangers.make_room(peer):
            return False
        return self.open < self.limits.connections or self.strangers.make_room(None)

    @property
    def may_listen(self) -> bool:
        """Tell whether one more that is turned away may be heard out, so that it gets to read why."""
        return self.turned_away < max(1, self.limits.connections // 10)

    def __call__(self) -> web.RequestHandler:
        return _Connection(self)


class _Connection(web.RequestHandler):
    """One connection, with a clock on every head that has begun, on every answer that nobody reads, and on its end.

    The clocks are only set when a head comes in pieces, or not at all after connecting, or when the answer is longer
    than what fits on its way; a call in one piece pays nothing.
    """

    __slots__ = (
        "_end_clock",
        "_head_clock",
        "_idle_clock",
        "_is_counted",
        "_is_known",
        "_is_turned_away",
        "_peer",
        "_server",
        "_stall_clock",
        "_wire",
    )

    def __init__(self, server: _Server) -> None:
        limits = server.limits
        options: dict[str, Any] = {
            "keepalive_timeout": limits.idle_seconds,
            "lingering_time": limits.linger_seconds,
            "max_line_size": limits.line_bytes,
            "max_field_size": limits.field_bytes,
            "max_headers": limits.headers,
            "access_log": None,
            # A compressed body is refused; unpacking it first would be a gift to whoever sends a bomb.
            "auto_decompress": False,
        }
        super().__init__(server, loop=asyncio.get_running_loop(), **options)
        self._server = server
        self._wire: asyncio.WriteTransport | None = None
        self._head_clock: asyncio.TimerHandle | None = None
        self._stall_clock: asyncio.TimerHandle | None = None
        self._end_clock: asyncio.TimerHandle | None = None
        self._idle_clock: asyncio.TimerHandle | None = None
        self._is_counted = self._is_turned_away = self._is_known = False
        self._peer = ""

    @property
    def peer(self) -> str:
        """The address at the other end."""
        return self._peer

    def vouch(self) -> None:
        """Note that somebody was proven over this connection: it is no stranger any more."""
        self._is_known = True
        self._server.strangers.discard(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the connection, or turn it away when there are too many."""
        super().connection_made(transport)
        self._wire = cast("asyncio.WriteTransport", transport)
        self._peer = str((transport.get_extra_info("peername") or ("",))[0])
        if not self._server.has_room(self._peer):
            self._there_are_too_many()
            return
        self._server.open += 1
        self._server.strangers.add(self)
        self._is_counted = True
        self._start_clock()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Let the connection go."""
        for clock in (self._head_clock, self._stall_clock, self._end_clock, self._idle_clock):
            if clock is not None:
                clock.cancel()
        self._free_place()
        self._wire = None
        super().connection_lost(exc)

    def leave(self) -> None:
        """Go, for somebody else."""
        self._free_place()
        self.force_close()

    def _free_place(self) -> None:
        self._server.open -= self._is_counted
        self._server.turned_away -= self._is_turned_away
        self._server.strangers.discard(self)
        self._is_counted = self._is_turned_away = False

    async def start(self) -> None:
        """Handle calls until there are no more; a peer that does not read the last answer is not waited for."""
        try:
            await super().start()
        finally:
            if self._wire is not None:
                self._end_clock = self._loop.call_later(self._server.limits.linger_seconds, self._wire.abort)

    def pause_writing(self) -> None:
        """Set a clock: the peer does not read what we answer."""
        super().pause_writing()
        if self._wire is not None:
            self._stall_clock = self._loop.call_later(self._server.limits.stall_seconds, self._wire.abort)

    def resume_writing(self) -> None:
        """Stop the clock: the peer reads."""
        super().resume_writing()
        if self._stall_clock is not None:
            self._stall_clock.cancel()

    def data_received(self, data: bytes) -> None:
        """Read on; start the clock when a head has begun, stop it when one is whole."""
        heads = self._request_count
        super().data_received(data)
        if self._request_count != heads:
            self._stop_clock()
        elif self._head_clock is None and self.is_idle():
            self._start_clock()

    def handle_error(
        self,
        request: BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 - aiohttp's sentence quotes what was sent
    ) -> web.StreamResponse:
        """Answer what is not HTTP, or what broke outside the application."""
        if isinstance(exc, ConnectionError):
            raise exc  # whoever called has gone, which is no fault of ours
        if status == HTTPStatus.BAD_REQUEST:
            _log.info("http.unreadable", remote=request.remote, error=type(exc).__name__)
        else:
            _log.error("http.fault", exc_info=exc)
        if request.writer.output_size > 0:
            raise ConnectionError("The answer has begun already.")
        answer = draw_problem(unreadable(status, exc, self._server.limits.line_bytes))
        answer.force_close()
        return answer

    async def finish_response(
        self, request: BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Send the answer; what aiohttp refuses before the application hears of it (Expect) is a problem, too."""
        if isinstance(resp, web.HTTPException) and resp.status >= HTTPStatus.BAD_REQUEST:
            status = HTTPStatus(resp.status)
            resp = draw_problem(Problem(status, status.name.lower(), status.description or status.phrase))
        finished = await super().finish_response(request, resp, start_time)
        if not self._is_known:
            self._start_idle_clock()
        return finished

    def log_exception(self, *_: Any, **kw: Any) -> None:  # noqa: ANN401 - aiohttp's signature
        """Write down that a connection broke from inside; aiohttp's own words may quote what was sent."""
        _log.error("http.connection_fault", exc_info=kw.get("exc_info", True))

    def is_idle(self) -> bool:
        """Tell whether nothing is being handled: what arrives now is a head."""
        return self._waiter is not None

    def _start_idle_clock(self) -> None:
        if self._idle_clock is not None:
            self._idle_clock.cancel()
        self._idle_clock = self._loop.call_later(self._server.limits.stranger_seconds, self._was_idle)

    def _was_idle(self) -> None:
        """Close a stranger's connection with nothing on it; a head that has begun has its own clock."""
        if self.is_idle() and self._head_clock is None and not self._is_known:
            self.force_close()

    def _start_clock(self) -> None:
        self._head_clock = self._loop.call_later(self._server.limits.head_seconds, self._head_is_late)

    def _stop_clock(self) -> None:
        if self._head_clock is not None:
            self._head_clock.cancel()
            self._head_clock = None

    def _head_is_late(self) -> None:
        self._head_clock = None
        if self.is_idle():
            self._turn_away(TOO_SLOW)

    def _there_are_too_many(self) -> None:
        if self._server.may_listen:
            self._is_turned_away = True
            self._server.turned_away += 1
            self._turn_away(TOO_MANY)
        else:
            self.force_close()

    def _turn_away(self, problem: Problem) -> None:
        """Answer, and read what still comes away: closed at once, the answer would be lost with it."""
        self._force_close = True
        if self._waiter is not None:
            self._waiter.cancel()
        if self._wire is not None:
            self._wire.write(draw_raw(problem))
            self._wire.write_eof()
