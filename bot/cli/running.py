"""Running until somebody says stop."""

import asyncio
import gc
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from aiohttp import web

from bot.app import House
from bot.houses import Houses

Asked = asyncio.Queue[signal.Signals]

_PATIENCE = 2.0
"""Seconds that open connections get when we stop; live pages would hold us for as long as they are open."""


def signals_asked() -> Asked:
    """Return the queue of what we are asked from outside from now on: to stop, or to read the policy anew."""
    asked: Asked = asyncio.Queue()
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(wanted, asked.put_nowait, wanted)
    return asked


async def until_stopped(house: House | Houses, asked: Asked) -> None:
    """Return at Ctrl-C or SIGTERM; until then SIGHUP reads the policy anew, and tries what Slack refused again."""
    while await asked.get() is signal.SIGHUP:
        await house.reload()


@asynccontextmanager
async def listening(application: web.Application, port: int) -> AsyncGenerator[None]:
    """Serve *application* on this machine only, as long as the block runs. Raises OSError for a port in use."""
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=_PATIENCE)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running(house: House | Houses) -> AsyncGenerator[None]:
    """Run the bot as long as the block runs; leaving it waits until what was accepted is on the books."""
    await house.start()
    # What is here now stays until the end. Looking through all of it for garbage again and again stopped every answer
    # for 75 to 190 ms each time, and cost a tenth of the CPU.
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        await house.stop()
