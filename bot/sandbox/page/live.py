"""The event stream: tells a page what changed, never what it is now; the page then asks."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import web

from bot.sandbox.bell import Ring
from bot.sandbox.page.who import who_is
from bot.sandbox.people import Person
from bot.sandbox.state import State

HEARTBEAT_SECONDS = 15.0


def stream_for(state: State) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Return the handler of ``/page/live``."""

    async def stream(request: web.Request) -> web.StreamResponse:
        me = who_is(request, state)
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        # A browser that has gone away ends the stream, and nothing else.
        with state.bell.listening() as rings, suppress(ConnectionResetError):
            await response.prepare(request)
            await response.write(b"retry: 500\n\n")
            while not state.bell.is_closed:
                await _tell_next(response, rings, state, me)
        return response

    return stream


async def _tell_next(response: web.StreamResponse, rings: asyncio.Queue[Ring], state: State, me: Person) -> None:
    try:
        ring = await asyncio.wait_for(rings.get(), HEARTBEAT_SECONDS)
    except TimeoutError:
        await response.write(b": still here\n\n")
        return
    if _concerns(ring, state, me):
        await response.write(f"data: {json.dumps({'kind': ring.kind, 'channel': ring.channel})}\n\n".encode())


def _concerns(ring: Ring, state: State, me: Person) -> bool:
    if ring.user not in {None, me.id}:
        return False
    return ring.channel is None or me.id in state.roster.channel(ring.channel).members
