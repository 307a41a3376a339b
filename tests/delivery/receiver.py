"""A caller's endpoint over real HTTP: remembers what arrived, answers as told."""

from collections import deque
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """One POST as it came in."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Receiver:
    """What the endpoint saw, and how it answers next: a status, a Response, or an exception to die with."""

    arrivals: list[Arrival] = field(default_factory=list[Arrival])
    answers: deque[int | web.Response | Exception] = field(default_factory=deque[int | web.Response | Exception])
    base: str = ""

    @property
    def url(self) -> str:
        return f"{self.base}/hooks/jit"

    async def handle(self, request: web.Request) -> web.Response:
        self.arrivals.append(Arrival(headers=dict(request.headers), body=await request.read()))
        answer = self.answers.popleft() if self.answers else 204
        if isinstance(answer, Exception):
            if request.transport is not None:
                request.transport.abort()
            raise ConnectionResetError from answer
        return answer if isinstance(answer, web.Response) else web.Response(status=answer)


@asynccontextmanager
async def a_receiver() -> AsyncGenerator[Receiver]:
    """Serve a Receiver on a free port of 127.0.0.1."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/hooks/jit", receiver.handle)
    server = TestServer(app, host="127.0.0.1")
    await server.start_server()
    receiver.base = str(server.make_url("")).rstrip("/")
    try:
        yield receiver
    finally:
        await server.close()
