"""How the house talks to Slack: with the token it was given, or with the one that its install page brings."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from urllib.parse import urljoin

from aiohttp import ClientSession
from slack_sdk.web.async_client import AsyncWebClient

from bot.relay.installed import App, Keeper
from bot.settings import Settings, SettingsInvalid
from bot.slack import make_client
from bot.slack.installing import LentClient, States, Vault
from bot.store import Store
from bot.usecases.desk import Desk
from handlers.slack import Installing

_AUTHORIZE = "/oauth/v2/authorize"


class Line(NamedTuple):
    """The client of our workspace; with ``installing`` its token comes by the install page."""

    client: AsyncWebClient
    installing: Installing | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Behind:
    """What stands behind the line: where tokens are kept, what time it is, whom to tell that the app came in."""

    store: Store
    desk: Desk
    clock: Callable[[], datetime]
    came: Callable[[], Awaitable[None]]


def secret_key_of(settings: Settings) -> str:
    """Return the house's secret key. Raises SettingsInvalid."""
    if settings.secret_key is None:
        raise SettingsInvalid("JIT_SECRET_KEY: is not set (`openssl rand -hex 32` makes a good one)")
    return settings.secret_key.get_secret_value()


def vault_of(settings: Settings, secret_key: str) -> Vault:
    """Return what seals tokens with the key of now, and opens those of the key before."""
    before = settings.secret_key_before
    return Vault(secret_key, *([before.get_secret_value()] if before else []))


def open_line(settings: Settings, session: ClientSession, behind: Behind) -> Line:
    """Return the line to Slack. Raises SettingsInvalid when something for it is missing."""
    slack = settings.slack()
    if slack.install is None:
        token = slack.bot_token.get_secret_value() if slack.bot_token else None
        return Line(client=make_client(token, slack.api_url, session))
    found, key = slack.install, secret_key_of(settings)
    app = App(client_id=found.client_id, client_secret=found.client_secret.get_secret_value(), team=found.team_id)
    vault, bare = vault_of(settings, key), make_client(None, slack.api_url, session)
    keeper = Keeper(behind.store, vault, app, bare)

    async def came() -> None:
        keeper.forget()
        await behind.came()

    installing = Installing(
        desk=behind.desk,
        vault=vault,
        states=States(key),
        app=app,
        client=bare,
        public_url=settings.public_url.rstrip("/"),
        authorize_url=urljoin(slack.api_url, _AUTHORIZE),
        clock=behind.clock,
        came=came,
    )
    return Line(client=LentClient(keeper.token, slack.api_url, session), installing=installing)
