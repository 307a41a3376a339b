"""What an app's manifest registers, read into a configuration. https://docs.slack.dev/reference/app-manifest ."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal

from pydantic import BaseModel, Field

from bot.sandbox.config import SandboxConfig, Shortcut, SlashCommand
from bot.sandbox.ids import BOT_USER
from bot.sandbox.people import Person


class _Command(BaseModel):
    command: str
    description: str
    usage_hint: str = ""
    url: str | None = None


class _Shortcut(BaseModel):
    name: str
    type: Literal["global", "message"]
    callback_id: str
    description: str = ""


class _AppHome(BaseModel):
    home_tab_enabled: bool = False
    messages_tab_enabled: bool = True
    messages_tab_read_only_enabled: bool = False


class _BotUser(BaseModel):
    display_name: str


class _Features(BaseModel):
    bot_user: _BotUser | None = None
    app_home: _AppHome = _AppHome()
    slash_commands: list[_Command] = []
    shortcuts: list[_Shortcut] = []
    unfurl_domains: list[str] = Field(default=[], max_length=5)


class _Events(BaseModel):
    request_url: str | None = None
    bot_events: list[str] = []


class _Interactivity(BaseModel):
    request_url: str | None = None


class _Settings(BaseModel):
    event_subscriptions: _Events = _Events()
    interactivity: _Interactivity = _Interactivity()
    socket_mode_enabled: bool = False


class _Display(BaseModel):
    name: str


class _Scopes(BaseModel):
    bot: list[str] = []


class _OAuth(BaseModel):
    redirect_urls: list[str] = []
    scopes: _Scopes = _Scopes()


class _Manifest(BaseModel):
    display_information: _Display
    features: _Features = _Features()
    settings: _Settings = _Settings()
    oauth_config: _OAuth = _OAuth()


def with_manifest(config: SandboxConfig, manifest: Mapping[str, Any]) -> SandboxConfig:
    """Return *config* with what the manifest registers, and everything sent to where it is sent now.

    Words known for a command of the same name stay. Raises pydantic's ValidationError for what is no manifest.
    """
    read = _Manifest.model_validate(manifest)
    home, words = read.features.app_home, {command.name: command.words for command in config.commands}
    return replace(
        config,
        app_name=read.display_information.name,
        people=tuple(_renamed(person, read) if person.id == BOT_USER else person for person in config.people),
        commands=tuple(
            SlashCommand(
                name=command.command,
                description=command.description,
                usage_hint=command.usage_hint,
                words=words.get(command.command, ()),
            )
            for command in read.features.slash_commands
        ),
        shortcuts=tuple(
            Shortcut(
                name=shortcut.name,
                callback_id=shortcut.callback_id,
                description=shortcut.description,
                kind=shortcut.type,
            )
            for shortcut in read.features.shortcuts
        ),
        scopes=tuple(read.oauth_config.scopes.bot),
        redirect_urls=tuple(read.oauth_config.redirect_urls),
        events=frozenset(read.settings.event_subscriptions.bot_events),
        unfurl_domains=tuple(read.features.unfurl_domains),
        home_tab=home.home_tab_enabled,
        messages_tab=home.messages_tab_enabled and not home.messages_tab_read_only_enabled,
    )


def with_addresses(config: SandboxConfig, manifest: Mapping[str, Any]) -> SandboxConfig:
    """Return *config* with everything sent to where the manifest says, or Socket Mode when it says that or nothing."""
    read = _Manifest.model_validate(manifest)
    settings, urls = read.settings, {command.command: command.url for command in read.features.slash_commands}
    interactivity = settings.interactivity.request_url
    first = settings.event_subscriptions.request_url or interactivity or next(filter(None, urls.values()), None)
    if settings.socket_mode_enabled or first is None:
        return replace(config, request_url=None)
    return replace(
        config,
        request_url=first,
        interactivity_url=interactivity,
        commands=tuple(replace(command, url=urls.get(command.name)) for command in config.commands),
    )


def _renamed(bot: Person, read: _Manifest) -> Person:
    name = read.features.bot_user.display_name if read.features.bot_user else read.display_information.name
    return replace(bot, name=name.lower().replace(" ", "-"), real_name=read.display_information.name)
