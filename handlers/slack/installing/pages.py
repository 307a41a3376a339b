"""`/slack/install` and `/slack/oauth_redirect`: Bolt's OAuth flow, with states and tokens kept by the house.

https://docs.slack.dev/authentication/installing-with-oauth
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import urlencode

import structlog
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.error import BoltError
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.oauth.installation_store import Installation as Granted
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore
from slack_sdk.web.async_client import AsyncWebClient

from bot.core.errors import Refused
from bot.core.installation import Installation
from bot.relay.installed import App
from bot.slack.faults import CALL_ERRORS, read_fault
from bot.slack.installing import States, Tokens, Vault
from bot.slack.manifest import BOT_SCOPES, INSTALL_PATH, REDIRECT_PATH
from bot.slack.words.installing import draw_elsewhere, draw_installed, draw_not_installed, draw_unreachable
from bot.usecases.desk import Desk
from bot.usecases.installing import begin, install

_HEADERS = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"}

_log = structlog.get_logger("slack")


@dataclass(frozen=True, slots=True, kw_only=True)
class Installing:
    """What an installation takes. *client* has no token; *came* is called once the app is there."""

    desk: Desk
    vault: Vault
    states: States
    app: App
    client: AsyncWebClient
    public_url: str
    authorize_url: str
    clock: Callable[[], datetime]
    came: Callable[[], Awaitable[None]]


class Elsewhere(BoltError):
    """Somebody would install the app into a workspace that this bot does not serve."""


class InstallPages:
    """Shows Slack's page, and takes what it sends back. Nothing that Slack grants is shown or logged."""

    def __init__(self, installing: Installing) -> None:
        self._installing = installing
        # Bolt's own lines hold codes that Slack sent; what matters of them is logged here.
        silent = logging.getLogger("slack_bolt.installing")
        silent.disabled = True
        settings = cast("Any", AsyncOAuthSettings)(
            client_id=installing.app.client_id,
            client_secret=installing.app.client_secret,
            scopes=list(BOT_SCOPES),
            user_scopes=[],
            redirect_uri=installing.public_url + REDIRECT_PATH,
            install_page_rendering_enabled=False,
            callback_options=AsyncCallbackOptions(success=self._succeeded, failure=self._failed),
            authorization_url=installing.authorize_url,
            installation_store=_Shelf(installing),
            state_store=_StateBook(installing),
            logger=silent,
        )
        self._flow = AsyncOAuthFlow(client=installing.client, settings=settings, logger=silent)

    async def begin(self, request: web.Request) -> web.Response:
        """Send the browser to Slack, where our workspace is chosen already."""
        query = urlencode({"team": self._installing.app.team})
        return await _drawn(await self._flow.handle_installation(_asked(request, query)))

    async def finish(self, request: web.Request) -> web.Response:
        """Take the yes or no of whoever was asked, and say what came of it."""
        try:
            answer = await self._flow.handle_callback(_asked(request, request.query_string))
        except CALL_ERRORS as error:
            _log.warning("slack.not_installed", reason=read_fault(error).code)
            answer = BoltResponse(status=HTTPStatus.BAD_GATEWAY, body=draw_unreachable())
        return await _drawn(answer)

    async def _succeeded(self, args: AsyncSuccessArgs) -> BoltResponse:
        _log.info("slack.installed", team=args.installation.team_id)
        await self._installing.came()
        return BoltResponse(status=HTTPStatus.OK, body=draw_installed(args.installation.team_name))

    async def _failed(self, args: AsyncFailureArgs) -> BoltResponse:
        if isinstance(args.error, Elsewhere):
            return BoltResponse(status=HTTPStatus.FORBIDDEN, body=str(args.error))
        _log.warning("slack.not_installed", reason=args.reason[:80])
        return BoltResponse(status=args.suggested_status_code, body=draw_not_installed(args.reason))


class _StateBook(AsyncOAuthStateStore):
    """States carry their proof themselves; that one was taken stands in the books, for every replica."""

    def __init__(self, installing: Installing) -> None:
        self._installing = installing

    async def async_issue(self, *args: object, **kwargs: object) -> str:
        """Return a new state."""
        del args, kwargs
        return self._installing.states.issue(self._installing.clock())

    async def async_consume(self, state: str) -> bool:
        """Tell whether *state* is ours, lately made, and was not taken before."""
        stamp = self._installing.states.read(state, self._installing.clock())
        if stamp is None:
            return False
        try:
            await self._installing.desk.run(lambda tx, _now: begin(tx, stamp))
        except Refused:
            return False
        return True


class _Shelf(AsyncInstallationStore):
    """Keeps what Slack grants, sealed, for the one workspace that we serve."""

    def __init__(self, installing: Installing) -> None:
        self._installing = installing

    async def async_save(self, installation: Granted) -> None:
        """Keep the tokens. Raises Elsewhere, and keeps nothing, for another workspace."""
        ours = self._installing.app.team
        team = None if installation.is_enterprise_install else installation.team_id
        if team != ours or not installation.bot_token:
            _log.warning("slack.not_installed", reason="another_workspace", team=team, ours=ours)
            raise Elsewhere(draw_elsewhere(team, ours))
        ends = installation.bot_token_expires_at
        tokens = Tokens(team=ours, bot=installation.bot_token, refresh=installation.bot_refresh_token)
        new = Installation(
            team=ours,
            enterprise=installation.enterprise_id,
            installer=installation.user_id,
            sealed=self._installing.vault.seal(tokens),
            installed_at=self._installing.clock(),
            expires_at=None if ends is None else datetime.fromtimestamp(ends, UTC),
        )
        try:
            await self._installing.desk.run(lambda tx, at: install(tx, new, at))
        except Refused as refused:
            _log.warning("slack.not_installed", reason="database_of_another_workspace", team=team)
            raise Elsewhere(f"{refused.sentence}\n") from None


def register(app: web.Application, pages: InstallPages) -> None:
    """Mount both pages."""
    app.router.add_get(INSTALL_PATH, pages.begin)
    app.router.add_get(REDIRECT_PATH, pages.finish)


def _asked(request: web.Request, query: str) -> AsyncBoltRequest:
    return AsyncBoltRequest(body="", query=query, headers=cast("Any", dict(request.headers)))


async def _drawn(answer: BoltResponse) -> web.Response:
    response = await to_aiohttp_response(answer)
    response.headers.update(_HEADERS)
    return response
