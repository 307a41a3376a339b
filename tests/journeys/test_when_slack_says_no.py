"""A house whose Slack does not let it in says so at once, says what to do, and is as new when that is done."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.app import House
from bot.sandbox import Workspace
from bot.sandbox.faults import Refusal
from bot.settings import Settings
from tests.fakes.slack import running_workspace
from tests.journeys.living import PAYMENTS, Home, Pipeline, at_home, free_port, lived_in, settings_for, words_of

WRONG_BOT = {"slack_bot_token": SecretStr("xoxb-of-another-app")}
WRONG_APP = {"slack_app_token": SecretStr("xapp-of-another-app"), "slack_signing_secret": None}


@pytest.fixture
async def workspace() -> AsyncGenerator[Workspace]:
    async with running_workspace() as running:
        yield running


async def told(logs: list[EventDict], event: str) -> EventDict:
    """Return the line *event* as soon as it is there."""
    async with asyncio.timeout(20):
        while not any(line["event"] == event for line in logs):  # noqa: ASYNC110 - a state, not an event
            await asyncio.sleep(0.01)
    return next(line for line in logs if line["event"] == event)


async def readiness(url: str) -> dict[str, Any]:
    async with aiohttp.ClientSession() as http, http.get(f"{url}/readyz") as answer:
        return (await answer.json())["checks"]["slack"]


def a_home(settings: Settings, house: House, workspace: Workspace, http: aiohttp.ClientSession) -> Home:
    url = settings.public_url
    return Home(url=url, house=house, settings=settings, slack=workspace, pipeline=Pipeline(), http=http)


@pytest.mark.parametrize(
    ("wrong", "event", "variable"),
    [
        (WRONG_BOT, "slack.not_connected", "SLACK_BOT_TOKEN"),
        (WRONG_APP, "slack.socket_not_connected", "SLACK_APP_TOKEN"),
    ],
)
async def test_a_wrong_token_is_told_at_the_start_and_by_the_readiness(
    workspace: Workspace, tmp_path: Path, wrong: dict[str, SecretStr | None], event: str, variable: str
) -> None:
    settings = settings_for(tmp_path, free_port(), workspace).model_copy(update=wrong)

    with capture_logs() as logs:
        async with lived_in(settings):
            line = await told(logs, event)
            health = await readiness(settings.public_url)

    assert (line["log_level"], line["code"]) == ("error", "invalid_auth")
    assert variable in line["remedy"]
    assert health["ok"] is False
    assert "invalid_auth" in health["detail"]
    assert variable in health["detail"]


async def test_a_slack_that_nobody_reaches_is_named_in_the_log_only(workspace: Workspace, tmp_path: Path) -> None:
    port = free_port()
    nowhere = {"slack_api_url": f"http://127.0.0.1:{port}/api/"}
    settings = settings_for(tmp_path, free_port(), workspace).model_copy(update=nowhere)

    with capture_logs() as logs:
        async with lived_in(settings):
            line = await told(logs, "slack.not_connected")
            health = await readiness(settings.public_url)

    assert line["host"] == f"127.0.0.1:{port}"
    assert "SLACK_API_URL" in line["remedy"]
    assert str(port) not in health["detail"]
    assert "cannot_connect" in health["detail"]


async def test_the_socket_s_own_tracebacks_stay_out_of_the_log(
    workspace: Workspace, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_for(tmp_path, free_port(), workspace).model_copy(update=WRONG_APP)

    with capture_logs() as logs:
        async with lived_in(settings):
            await told(logs, "slack.socket_not_connected")

    assert [record for record in caplog.records if record.name.startswith("slack_sdk")] == []


async def test_after_a_restart_with_the_right_token_the_card_comes(workspace: Workspace, tmp_path: Path) -> None:
    right = settings_for(tmp_path, free_port(), workspace)
    async with aiohttp.ClientSession() as http:
        with capture_logs() as logs:
            async with lived_in(right.model_copy(update=WRONG_BOT)) as house:
                await a_home(right, house, workspace, http).ask()
                line = await told(logs, "relay.put_back")
        async with lived_in(right) as house:
            card = await a_home(right, house, workspace, http).card()

    assert (line["log_level"], line["why"]) == ("error", "Slack: invalid_auth")
    assert "SLACK_BOT_TOKEN" in line["remedy"]
    assert "Deploy payments" in words_of(card)


async def test_a_card_that_was_given_up_comes_when_the_house_is_told_to_try_again(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        home.slack.faults.add("chat.postMessage", Refusal("some_new_error"))
        with capture_logs() as logs:
            asked = await home.ask()
            await told(logs, "relay.gave_up")

        await home.house.reload()
        await home.card()

        assert home.slack.messages(PAYMENTS)
        assert "card.failed" in await home.events(asked["id"])
