"""What a local workspace is told at its start: the app's secrets, where the bot listens, what it registered."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.sandbox.ids import TEAM
from bot.sandbox.people import CHANNELS, PEOPLE, Channel, Person
from bot.sandbox.usergroups import USERGROUPS, UserGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One word a slash command understands, for the list that helps while typing."""

    text: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlashCommand:
    """A command as registered in the app's settings. ``name`` begins with a slash; ``url`` is where it goes instead."""

    name: str
    description: str
    usage_hint: str = ""
    url: str | None = None
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut:
    """A shortcut as registered in the app's settings: offered everywhere (global), or at every message."""

    name: str
    callback_id: str
    description: str = ""
    kind: Literal["global", "message"] = "global"


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxConfig:
    """Everything that is fixed while the workspace runs.

    Without a ``request_url`` the app is in Socket Mode, as in Slack's app settings; with one, interactions and each
    command may have an address of their own. Seconds are real Slack's; tests may shorten them. ``allowed_hosts`` names
    hosts besides the loopback ones by which this workspace may be called.
    ``team`` is the workspace's id, for whoever runs several.
    ``redirect_urls`` are where people may be led back to who install the app or sign in to it.
    Without ``home_tab`` the app's Home tab is switched off; without ``messages_tab`` nobody can write to the app.
    Links to ``unfurl_domains``, and to what lies below them, are shown to the app as ``link_shared``.
    ``events`` are those the app subscribed to, such as ``message.im``.
    ``scopes`` are those that whoever installed it has granted its bot.
    With an ``enterprise`` the workspace is one of an organisation's (Enterprise Grid); with ``is_org_wide`` the app is
    installed for the organisation, and what it is sent names no workspace.
    With ``token_seconds`` tokens rotate: those of an installation end after so long (at Slack, twelve hours).
    ``messages_per_second`` makes the channel limit of chat.postMessage real; without it nothing is limited.
    """

    bot_token: str
    app_token: str
    signing_secret: str
    client_id: str = "1111111111.2222222222"
    client_secret: str = "sandbox-client-secret"  # noqa: S105 - of a workspace on this machine
    team: str = TEAM
    redirect_urls: tuple[str, ...] = ()
    request_url: str | None = None
    base_url: str = "http://127.0.0.1:8090"
    interactivity_url: str | None = None
    commands: tuple[SlashCommand, ...] = ()
    shortcuts: tuple[Shortcut, ...] = ()
    unfurl_domains: tuple[str, ...] = ()
    state_file: Path | None = None
    app_name: str = "JIT Approvals"
    people: tuple[Person, ...] = PEOPLE
    channels: tuple[Channel, ...] = CHANNELS
    usergroups: tuple[UserGroup, ...] = USERGROUPS
    allowed_hosts: tuple[str, ...] = ()
    ack_seconds: float = 3.0
    trigger_seconds: float = 3.0
    reply_url_seconds: float = 1800.0
    reply_url_uses: int = 5
    event_retries: tuple[float, ...] = (0.0, 60.0, 300.0)
    events: frozenset[str] = frozenset()
    scopes: tuple[str, ...] = (
        "chat:write",
        "channels:history",
        "channels:read",
        "im:history",
        "im:write",
        "users:read",
    )
    home_tab: bool = True
    messages_tab: bool = True
    enterprise: str | None = None
    is_org_wide: bool = False
    token_seconds: int | None = None
    messages_per_second: float | None = None
    messages_burst: int = 5
