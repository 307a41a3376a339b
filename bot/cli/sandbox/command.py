"""The command as the command line knows it; what it runs is imported once it is called."""

from pathlib import Path
from typing import Annotated

import typer

SOCKET = "socket"


def sandbox(
    manifest: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="The app's manifest (YAML or JSON): what it has.")
    ] = None,
    app: Annotated[
        str | None,
        typer.Option(help=f"Where the app listens, or “{SOCKET}” for Socket Mode. Without it, as the manifest says."),
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Who is there, in which channels (YAML or JSON).")
    ] = None,
    state: Annotated[Path | None, typer.Option(dir_okay=False, help="A file that keeps what was said.")] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Of this machine only.")] = 8090,
) -> None:
    """Run a local Slack workspace for any app: its page, the Web API, events, Socket Mode."""
    from bot.cli.sandbox.given import read_given  # noqa: PLC0415 - the workspace is slow to import
    from bot.cli.sandbox.running import run  # noqa: PLC0415 - the same

    if app is not None and app != SOCKET and not app.startswith(("http://", "https://")):
        raise typer.BadParameter(f"--app is an address that begins with http:// or https://, or {SOCKET}")
    given = read_given(port, manifest=manifest, workspace=workspace, state=state)
    run(given.reached_as_it_says() if app is None else given.reached_at(None if app == SOCKET else app), port)
