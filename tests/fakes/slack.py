"""A running local Slack for tests: a real server on a free port, and a client for it that never repeats a call."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import SandboxConfig, SlashCommand, Word, Workspace, create_app
from bot.slack.manifest import BOT_SCOPES
from tests.published.traffic import Inspector

BOT_TOKEN = "xoxb-for-tests"
APP_TOKEN = "xapp-for-tests"
SIGNING_SECRET = "a-signing-secret-for-tests-of-32"

CONFIG = SandboxConfig(
    bot_token=BOT_TOKEN,
    app_token=APP_TOKEN,
    signing_secret=SIGNING_SECRET,
    events=frozenset({"subteam_members_changed"}),
    scopes=BOT_SCOPES,
    commands=(
        SlashCommand(
            name="/jit",
            description="Ask, look up and answer approvals",
            usage_hint="help | list | show N",
            words=(Word(text="help", hint="What I can do"), Word(text="list", hint="Open requests")),
        ),
    ),
)


@asynccontextmanager
async def running_workspace(
    config: SandboxConfig = CONFIG,
    *,
    request_url: str | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> AsyncGenerator[Workspace]:
    """Serve a workspace at ``workspace.config.base_url`` until the block ends.

    Everything that it says is held against what Slack publishes, where that is here.
    Without *request_url* (and none in *config*) the app is in Socket Mode; ``workspace.point_at(url)`` changes that.
    """
    if request_url is not None:
        config = replace(config, request_url=request_url)
    workspace = Workspace(config, clock)
    inspector = Inspector()
    workspace.traffic.watch(inspector)
    async with served(create_app(workspace)) as url:
        workspace.served_at(url)
        yield workspace
    inspector.require_no_complaints()


@asynccontextmanager
async def served(app: web.Application) -> AsyncGenerator[str]:
    """Serve any application on a free port of this machine, and give its address."""
    runner = web.AppRunner(app, shutdown_timeout=0.5)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}"
    finally:
        await runner.cleanup()


def client_of(workspace: Workspace, token: str | None = None) -> AsyncWebClient:
    """Return the SDK's client for the workspace, without its habit of sending again after a lost answer."""
    return AsyncWebClient(
        token=token or workspace.config.bot_token, base_url=f"{workspace.config.base_url}/api/", retry_handlers=[]
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An answer that is not ok; a 5xx has no error."""

    status: int
    headers: Mapping[str, str]
    error: str


class Api:
    """The SDK's own methods, whose encodings are the point, with answers a type checker can live with."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def __call__(self, method: str, **arguments: object) -> dict[str, Any]:
        """Call ``client.<method>``. Raises SlackApiError as the SDK does."""
        answer = await getattr(self._client, method)(**arguments)
        return cast("dict[str, Any]", answer.data)

    async def error(self, method: str, **arguments: object) -> str:
        """Return the error with which Slack refuses this call; a call that it does not refuse fails the test."""
        return (await self.refusal(method, **arguments)).error

    async def refusal(self, method: str, **arguments: object) -> Refused:
        """Return status, headers and error with which Slack refuses this call."""
        try:
            await self(method, **arguments)
        except SlackApiError as refused:
            answer: Any = refused.response
            return Refused(status=answer.status_code, headers=answer.headers, error=_error(answer.data))
        raise AssertionError(f"{method} was not refused")


def api_of(workspace: Workspace, token: str | None = None) -> Api:
    """Return the SDK's methods for the workspace."""
    return Api(client_of(workspace, token))


def _error(document: object) -> str:
    return cast("dict[str, str]", document).get("error", "") if isinstance(document, dict) else ""
