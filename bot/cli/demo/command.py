"""The command as the command line knows it; what it runs is imported once it is called."""

from pathlib import Path
from typing import Annotated

import typer


def demo(
    port: Annotated[int | None, typer.Option(min=1, max=65533, help="The bot's; the next two are taken too.")] = None,
    state_dir: Annotated[Path, typer.Option(help="Where the demo keeps everything.")] = Path(".demo"),
    *,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the workspace in a browser.")] = True,
) -> None:
    """Run the bot with a local Slack workspace, and ask it something that you can answer."""
    from bot.cli.demo.stage import show  # noqa: PLC0415 - the workspace is slow to import, and `jit serve` has none

    show(state_dir.absolute(), port, opens_browser=open_browser)
