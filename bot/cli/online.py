"""`jit policy check --online`: whether the workspace has what the policy names."""

import asyncio
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import typer

from bot.cli.installed import token_of
from bot.cli.operating import NoBot
from bot.cli.output import print_lines
from bot.core.judging.policy import Policy
from bot.core.people.identity import People
from bot.machine import utc_now
from bot.policy import PolicyError, load_policy
from bot.policy.mentions import Kind, Mention, read_mentions
from bot.settings import Settings, SettingsInvalid
from bot.slack import Channels, Directory, make_client, open_session
from bot.slack.faults import CALL_ERRORS, read_fault, remedy_of
from bot.slack.workspace.inspection import Inspector

_NO = 1

Troubles = Mapping[tuple[Kind, str], str | None]
"""Why each name is of no use, None: it is."""


def check_online(path: Path, settings: Settings) -> None:
    """Say of everything *path* names in the workspace what is wrong with it; exit 1 when something is.

    Raises SettingsInvalid without a token, NoBot when Slack can't be asked.
    """
    if settings.slack_bot_token is None and settings.slack_client_id is None:
        raise SettingsInvalid(
            "SLACK_BOT_TOKEN: is not set, and --online asks Slack with it; copy it from OAuth & Permissions"
        )
    mentions, policy = read_mentions(path), load_policy(path)
    token, url = token_of(settings), settings.slack_api_url
    try:
        errors = asyncio.run(_inspected(mentions, policy, token, url))
    except CALL_ERRORS as error:
        fault = read_fault(error)
        remedy = remedy_of(fault)
        raise NoBot(f"{fault}; nothing can be said of the workspace{f': {remedy}' if remedy else ''}") from None
    for error in errors:
        sys.stderr.write(f"{error}\n")
    if errors:
        raise typer.Exit(_NO)
    print_lines([f"{path}: the workspace has all {len({(one.kind, one.name) for one in mentions})} names in it"])


async def look_up(mentions: Sequence[Mention], inspector: Inspector) -> Troubles:
    """Ask Slack for each name once. Raises one of faults.CALL_ERRORS."""
    known = dict[tuple[Kind, str], str | None]()
    for one in mentions:
        if (one.kind, one.name) not in known:
            known[one.kind, one.name] = await _trouble(inspector, one)
    return known


async def _inspected(mentions: tuple[Mention, ...], policy: Policy, token: str, url: str) -> list[PolicyError]:
    async with open_session() as session:
        client = make_client(token, url, session)
        channels = Channels(client, lambda: policy.shared_channels, utc_now)
        known = await look_up(mentions, Inspector(client, Directory(client, People, utc_now), channels))
    found = ((one, known[one.kind, one.name]) for one in mentions)
    return [replace(one.place, sentence=f"{one.name}: {why}") for one, why in found if why is not None]


async def _trouble(inspector: Inspector, one: Mention) -> str | None:
    match one.kind:
        case Kind.CHANNEL:
            return await inspector.trouble_with_channel(one.name)
        case Kind.ACCOUNT:
            return await inspector.trouble_with_account(one.name)
        case Kind.ADDRESS:
            return await inspector.trouble_with_address(one.name, one.account)
        case Kind.USERGROUP:
            return await inspector.trouble_with_usergroup(one.name)
