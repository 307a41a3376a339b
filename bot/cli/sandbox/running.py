"""The workspace alone, until it is stopped; everything that goes over the wire is a line."""

import asyncio
import errno
import sys

import typer

from bot.cli.running import listening, signals_asked
from bot.cli.sandbox.failed import SandboxFailed
from bot.cli.sandbox.words import draw_seen, draw_welcome
from bot.machine import utc_now
from bot.sandbox import SandboxConfig, Workspace, create_app
from bot.sandbox.traffic import Answered, Sent


def run(config: SandboxConfig, port: int) -> None:
    """Serve the workspace until a signal comes. Raises SandboxFailed when its port is taken."""
    try:
        asyncio.run(_run(config, port))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise SandboxFailed(f"the port {port} is in use; try --port") from None


async def _run(config: SandboxConfig, port: int) -> None:
    asked = signals_asked()
    workspace = Workspace(config, utc_now)
    workspace.traffic.watch(_tell)
    async with listening(create_app(workspace), port):
        typer.echo(draw_welcome(config))
        sys.stdout.flush()
        await asked.get()


def _tell(seen: Answered | Sent) -> None:
    typer.echo(draw_seen(seen))
    sys.stdout.flush()
