"""`jit serve`: the bot, until somebody says stop."""

import asyncio
from collections.abc import Mapping
from itertools import chain

from bot.app import build
from bot.cli.kept import with_secret_key
from bot.cli.running import running, signals_asked, until_stopped
from bot.houses import Houses
from bot.log import start_log
from bot.settings import Settings, read_settings
from bot.workspaces import read_workspaces


def serve() -> None:
    """Run the bot. SIGTERM or Ctrl-C stop it, SIGHUP reads the policy file anew."""
    settings = read_settings()
    workspaces = read_workspaces(settings)
    settings = settings if workspaces else with_secret_key(settings)
    each = (settings, *workspaces.values())
    start_log(
        settings.log_format, settings.log_level, lambda: tuple(chain.from_iterable(s.known_secrets() for s in each))
    )
    asyncio.run(_serve(settings, workspaces))


async def _serve(settings: Settings, workspaces: Mapping[str, Settings]) -> None:
    asked = signals_asked()
    house = Houses(settings, workspaces) if workspaces else build(settings)
    async with running(house):
        await until_stopped(house, asked)
