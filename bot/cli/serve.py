"""`jit serve`: the bot, until somebody says stop."""

import asyncio

from bot.app import build
from bot.cli.kept import with_secret_key
from bot.cli.running import running, signals_asked, until_stopped
from bot.log import start_log
from bot.settings import Settings, read_settings


def serve() -> None:
    """Run the bot. SIGTERM or Ctrl-C stop it, SIGHUP reads the policy file anew."""
    settings = with_secret_key(read_settings())
    start_log(settings.log_format, settings.log_level, settings.known_secrets)
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    asked = signals_asked()
    house = build(settings)
    async with running(house):
        await until_stopped(house, asked)
