"""The doors of this process: its port and its sockets. What comes in is for one house, or for one of several."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from aiohttp import web

from bot.address import CannotListen
from bot.machine import utc_now
from bot.probes import probe_socket
from bot.settings import Settings
from handlers import slack
from handlers.api import ApiWiring
from handlers.api.wiring import Probe
from handlers.door import ConnectionLimits, make_runner

GRACE = timedelta(seconds=5)
"""How long deliveries under way may take to land when the house closes; the rest goes out after the next start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What one house opens to the outside. *team* is its workspace, None where its token says which one that is.

    *app* answers its calls; what *switchboard* takes is for its workspace. Whoever opens the doors may add to *probes*.
    """

    team: str | None
    api_url: str
    app: web.Application
    front: slack.Front
    switchboard: slack.Switchboard
    wiring: ApiWiring
    probes: dict[str, Probe]


async def open_doors(
    stack: AsyncExitStack, settings: Settings, app: web.Application, letters: slack.Taker, houses: Sequence[Rooms]
) -> None:
    """Let Slack's letters and everybody's calls in. Raises CannotListen."""
    if settings.slack_app_token is not None:
        await _open_sockets(stack, settings.slack_app_token.get_secret_value(), letters, houses)
    if settings.slack_signing_secret is not None:
        verifier = slack.Verifier(settings.slack_signing_secret.get_secret_value())
        slack.register(app, slack.Edge(verifier, letters, utc_now))
    runner = make_runner(app, ConnectionLimits(), shutdown_seconds=GRACE.total_seconds())
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    host, port = settings.host, settings.port
    try:
        await web.TCPSite(runner, host, port).start()
    except (OSError, UnicodeError) as error:
        raise CannotListen(error, host, port) from error


async def in_background(stack: AsyncExitStack, talk: Coroutine[None, None, None], name: str) -> None:
    """Talk to Slack while the house opens: it must open without Slack, too."""
    talking = asyncio.create_task(talk, name=name)

    async def leave() -> None:
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)

    stack.push_async_callback(leave)


async def _open_sockets(stack: AsyncExitStack, app_token: str, letters: slack.Taker, houses: Sequence[Rooms]) -> None:
    """Open one socket to each Slack: the app has one for all workspaces there."""
    sockets: Mapping[str, slack.Socket] = {
        rooms.api_url: slack.Socket(app_token, rooms.front.client, letters) for rooms in reversed(houses)
    }
    for rooms in houses:
        rooms.probes["slack"] = partial(probe_socket, rooms.front, sockets[rooms.api_url])
    for socket in sockets.values():
        stack.push_async_callback(socket.close)
        await in_background(stack, socket.start(), "socket-mode")
