"""`jit init`: the first policy file, and what to paste where in Slack."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from ruamel.yaml import YAML

from bot.policy import starter_policy
from bot.settings import read_settings
from bot.slack.manifest import PLACEHOLDER, Mode, draw_manifest

_TOKENS = {
    Mode.HTTP: "SLACK_BOT_TOKEN (OAuth & Permissions) and SLACK_SIGNING_SECRET (Basic Information)",
    Mode.SOCKET: "SLACK_BOT_TOKEN (OAuth & Permissions) and SLACK_APP_TOKEN (Basic Information > App-Level Tokens, "
    "with the scope connections:write)",
}


def init(
    *,
    socket_mode: Annotated[bool, typer.Option("--socket-mode", help="For a bot that Slack cannot reach.")] = False,
) -> None:
    """Write policy.yaml if there is none, and print the Slack app's manifest and the next steps."""
    settings = read_settings()
    mode = Mode.SOCKET if socket_mode else Mode.HTTP
    public_url = settings.public_url.rstrip("/")
    is_reachable = public_url.startswith("https://")
    written = _write_policy(settings.policy_file)
    address = public_url if is_reachable or mode is Mode.SOCKET else PLACEHOLDER
    YAML().dump(draw_manifest(address, mode), sys.stdout)  # pyright: ignore[reportUnknownMemberType] - ruamel leaves it open
    for line in (written, *_next_steps(mode, settings.policy_file)):
        typer.echo(line, err=True)
    if mode is Mode.HTTP and not is_reachable:
        typer.echo(f"Put your own address for {PLACEHOLDER}, or set JIT_PUBLIC_URL and run this again.", err=True)


def _write_policy(path: Path) -> str:
    if path.exists():
        return f"\n{path} is there already and stays as it is."
    path.write_text(starter_policy(), encoding="utf-8")
    return f"\nWrote {path}: every line of it is meant to be read and changed."


def _next_steps(mode: Mode, policy: Path) -> Iterator[str]:
    yield "Above is the manifest of your Slack app (`jit init > manifest.yml` keeps it). Next:"
    yield "  1. https://api.slack.com/apps > Create New App > From a manifest: paste it, then Install to Workspace."
    yield f"  2. Set {_TOKENS[mode]}."
    yield "  3. Set JIT_CI_TOKEN and JIT_CI_SECRET, which the policy's source ci shows and signs with."
    yield f"  4. Invite the bot into the channels that {policy} names: /invite @jit"
    yield "  5. jit policy check, then jit serve."
