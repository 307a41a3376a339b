"""The app's tokens here as at Slack: they end and are exchanged once, and are worth nothing once the app is gone."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.sandbox import Workspace
from bot.sandbox.ids import BOT_USER
from bot.sandbox.outbound import Kind
from bot.sandbox.traffic import Sent
from tests.fakes.slack import CONFIG, api_of, running_workspace
from tests.sandbox.watch import Watch

# The SDK's own client still names the app in a way that aiohttp would have otherwise.
pytestmark = pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")

CLIENT = {"client_id": CONFIG.client_id, "client_secret": CONFIG.client_secret}
LEAVING = frozenset({"app_uninstalled", "tokens_revoked"})


@pytest.fixture
async def workspace(watch: Watch) -> AsyncGenerator[Workspace]:
    config = replace(CONFIG, token_seconds=60, events=LEAVING, event_retries=())
    async with running_workspace(config, clock=watch) as running:
        yield running


def renewing(refresh: str | None) -> dict[str, str]:
    return {**CLIENT, "grant_type": "refresh_token", "refresh_token": refresh or ""}


async def test_a_token_ends_and_is_exchanged_once_for_the_next(workspace: Workspace, watch: Watch) -> None:
    first = workspace.state.installs.issue(workspace.config, watch.now)
    api = api_of(workspace, first.token)
    await api("auth_test")
    watch.now += timedelta(seconds=60)
    ended = await api.error("auth_test")

    second = await api("oauth_v2_access", **renewing(first.refresh))

    assert ended == "token_expired"
    assert await api.error("oauth_v2_access", **renewing(first.refresh)) == "invalid_refresh_token"
    assert second["expires_in"] == 60
    assert second["access_token"].startswith("xoxe.xoxb-")
    await api_of(workspace, second["access_token"])("auth_test")


async def test_an_app_that_is_gone_hears_of_it_and_has_no_token_any_more(workspace: Workspace, watch: Watch) -> None:
    """The two events are all that Slack publishes of them: a type, and whose tokens were revoked."""
    heard: list[object] = []

    def watching(seen: object) -> None:
        if isinstance(seen, Sent) and seen.delivery.kind is Kind.EVENT:
            heard.append(seen.delivery.payload["event"])

    workspace.traffic.watch(watching)
    issued = workspace.state.installs.issue(workspace.config, watch.now)

    workspace.uninstall()
    await workspace.quiet()

    assert [await api_of(workspace, one).error("auth_test") for one in (issued.token, CONFIG.bot_token)] == [
        "account_inactive"
    ] * 2
    assert await api_of(workspace).error("oauth_v2_access", **renewing(issued.refresh)) == "invalid_refresh_token"
    assert heard == [
        {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [BOT_USER]}},
        {"type": "app_uninstalled"},
    ]


async def test_an_app_that_comes_again_has_another_token(watch: Watch) -> None:
    async with running_workspace(clock=watch) as workspace:
        workspace.uninstall()
        issued = workspace.state.installs.issue(workspace.config, watch.now)

        assert issued.token not in {CONFIG.bot_token, ""}
        await api_of(workspace, issued.token)("auth_test")
        assert await api_of(workspace).error("auth_test") == "account_inactive"
