"""The stage: starts the three, asks once, and goes on until it is stopped."""

import asyncio
import errno
import webbrowser
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import typer

from bot.app import build, utc_now
from bot.cli.demo.failed import DemoFailed
from bot.cli.demo.pipeline import send_ask, waiting_pipeline
from bot.cli.demo.state import DemoState, only_demo_in, open_state
from bot.cli.demo.words import draw_welcome
from bot.cli.kept import with_secret_key
from bot.cli.running import listening, running, signals_asked, until_stopped
from bot.environment import has_display
from bot.log import start_log
from bot.sandbox import SandboxConfig, SlashCommand, Word, Workspace, create_app, with_manifest
from bot.settings import Settings
from bot.slack.manifest import Mode, draw_manifest
from handlers.slack.jit.words import USAGE


def show(folder: Path, port: int | None, *, opens_browser: bool) -> None:
    """Run everything until a signal comes; what it keeps is in *folder*.

    Raises DemoFailed when its ports are taken or the bot refuses what it is asked.
    """
    with only_demo_in(folder):
        _show(open_state(folder, port), opens_browser=opens_browser)


def _show(state: DemoState, *, opens_browser: bool) -> None:
    with (state.folder / "jit.log").open("a", encoding="utf-8", buffering=1) as log:
        settings = with_secret_key(state.settings())
        start_log("text", "info", settings.known_secrets, log)
        browse = webbrowser.open if opens_browser and has_display() else None
        try:
            asyncio.run(_run(state, settings, browse))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            first, last = state.port, state.port + 2
            raise DemoFailed(f"the demo needs the ports {first} to {last}, and one is in use; try --port") from None


async def _run(state: DemoState, settings: Settings, browse: Callable[[str], object] | None) -> None:
    asked = signals_asked()
    house = build(settings)
    async with AsyncExitStack() as stack:
        # Stopped in the opposite order: the bot goes first, and what it still has to say is heard.
        await stack.enter_async_context(listening(create_app(_workspace(state)), state.port + 1))
        await stack.enter_async_context(listening(waiting_pipeline(state, _tell), state.port + 2))
        await stack.enter_async_context(running(house))
        request = await send_ask(state)
        typer.echo(draw_welcome(state, request))
        if browse is not None:
            await asyncio.to_thread(browse, state.card_url)
        await until_stopped(house, asked)
        typer.echo("  Stopping; the next start goes on from here.")


def _workspace(state: DemoState) -> Workspace:
    config = SandboxConfig(
        bot_token=state.bot_token,
        app_token=state.app_token,
        signing_secret=state.slack_signing_secret,
        request_url=f"{state.bot_url}/slack/events",
        base_url=state.workspace_url,
        commands=(_jit(),),
        state_file=state.folder / "workspace.json",
    )
    config = with_manifest(config, draw_manifest(state.bot_url, Mode.HTTP))
    # No host that others know, so the manifest has none: here links to it are shown all the same.
    return Workspace(replace(config, unfurl_domains=(urlsplit(state.bot_url).hostname or "",)), utc_now)


def _jit() -> SlashCommand:
    """Return the words that help while typing; everything else is in the manifest."""
    words = tuple(Word(text=word.value, hint=f"{usage}: {what}") for word, (usage, what) in USAGE.items())
    return SlashCommand(name="/jit", description="", words=words)


def _tell(line: str) -> None:
    typer.echo(f"  > {line}")
