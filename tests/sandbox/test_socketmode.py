"""Socket Mode with the SDK's own client: same behaviour as over HTTP."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler

from bot.sandbox import Workspace
from tests.fakes.slack import APP_TOKEN, CONFIG, Api, api_of, client_of, running_workspace
from tests.sandbox.bolt import EchoBot, echo_bot
from tests.sandbox.cards import card

Json = dict[str, Any]

BO = "U0BO00000"
APPROVALS = "C0APPROVE"


@pytest.fixture
async def bot(workspace: Workspace) -> AsyncGenerator[EchoBot]:
    running = echo_bot(workspace)
    handler = AsyncSocketModeHandler(
        running.app, APP_TOKEN, web_client=client_of(workspace, APP_TOKEN), ping_interval=0.5
    )
    await handler.connect_async()
    try:
        yield running
    finally:
        await handler.close_async()


async def connected(workspace: Workspace, count: int = 1) -> None:
    await workspace.until(lambda: workspace.sockets.count == count, seconds=10)


async def test_clicks_dialogs_and_commands_go_over_the_socket(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    await connected(workspace)
    ts = (await api("chat_postMessage", channel=APPROVALS, text="card", blocks=card()))["ts"]
    bot.submission_answer = {"response_action": "errors", "errors": {"reason": "Say more."}}

    click = await workspace.click(user=BO, channel=APPROVALS, ts=ts, action_id="reject")
    assert click.view is not None
    submission = await workspace.submit_view(BO, click.view.id, {"reason": "x"})
    command = await workspace.command(BO, APPROVALS, "/jit", "list")

    assert submission.errors == {"reason": "Say more."}
    assert command.said is not None
    assert command.said.text == "You said list"


async def test_a_refresh_makes_the_app_connect_again(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    await connected(workspace)
    await workspace.sockets.refresh()
    await connected(workspace)
    ts = (await api("chat_postMessage", channel=APPROVALS, text="card", blocks=card()))["ts"]

    result = await workspace.click(user=BO, channel=APPROVALS, ts=ts, action_id="approve")

    assert result.complaint is None
    assert len(bot.seen) == 1


async def test_without_a_socket_a_click_fails_visibly(workspace: Workspace, api: Api) -> None:
    ts = (await api("chat_postMessage", channel=APPROVALS, text="card", blocks=card()))["ts"]

    result = await workspace.click(user=BO, channel=APPROVALS, ts=ts, action_id="approve")

    assert result.complaint == "JIT Approvals responded with an error."


async def test_an_envelope_without_an_ack_fails_after_the_time() -> None:
    async with running_workspace(replace(CONFIG, ack_seconds=0.1)) as workspace, aiohttp.ClientSession() as session:
        url = (await api_of(workspace, APP_TOKEN)("apps_connections_open", app_token=APP_TOKEN))["url"]
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            result = await workspace.command(BO, APPROVALS, "/jit")
            envelope = await socket.receive_json()

    assert (hello["type"], hello["num_connections"]) == ("hello", 1)
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    assert result.complaint == "/jit failed with the error “operation_timeout”."


async def test_a_ticket_opens_one_socket(workspace: Workspace) -> None:
    url = (await api_of(workspace, APP_TOKEN)("apps_connections_open", app_token=APP_TOKEN))["url"]
    async with aiohttp.ClientSession() as session, session.ws_connect(url):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_only_the_app_token_opens_sockets_and_only_in_socket_mode(workspace: Workspace, api: Api) -> None:
    assert await api.error("apps_connections_open", app_token="xoxb-for-tests") == "not_allowed_token_type"
    workspace.point_at("http://127.0.0.1:1/")
    assert await api.error("apps_connections_open", app_token=APP_TOKEN) == "socket_mode_disabled"
