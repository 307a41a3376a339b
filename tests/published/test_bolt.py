"""An app on Slack's own Bolt for JavaScript lives in the local workspace, over HTTP and in Socket Mode."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.sandbox import Shortcut, SlashCommand, Workspace
from tests.fakes.slack import APP_TOKEN, BOT_TOKEN, CONFIG, SIGNING_SECRET, running_workspace
from tests.published.node import NODE
from tests.published.schemas import MADE, require_published

BO = "U0BO00000"
APPROVALS = "C0APPROVE"
PATIENCE = 30.0
"""Seconds; the machine may be busy."""

REGISTERED = replace(
    CONFIG,
    app_name="Echo",
    ack_seconds=PATIENCE,
    trigger_seconds=PATIENCE,
    commands=(SlashCommand(name="/echo", description="Says it again"),),
    shortcuts=(Shortcut(name="Ask about this", callback_id="ask_about", kind="message"),),
    events=frozenset({"app_mention", "message.channels"}),
)


@pytest.fixture(autouse=True)
def _published() -> None:
    require_published()


@asynccontextmanager
async def _echo(workspace: Workspace, mode: str) -> AsyncGenerator[None]:
    """Run the app until the block ends, and let the workspace know where it is."""
    secrets = {"SLACK_API_URL": f"{workspace.config.base_url}/api/", "SLACK_BOT_TOKEN": BOT_TOKEN}
    secrets |= {"SLACK_APP_TOKEN": APP_TOKEN} if mode == "socket" else {"SLACK_SIGNING_SECRET": SIGNING_SECRET}
    app = await asyncio.create_subprocess_exec(
        NODE, "echo.mjs", cwd=MADE, env=secrets, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    assert app.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            said = (await app.stdout.readline()).decode()
        word, _, port = said.strip().partition(" ")
        assert word == "ready", said + (await app.stdout.read()).decode()
        if mode == "http":
            workspace.point_at(f"http://127.0.0.1:{port}/slack/events")
            assert await workspace.verify_request_url()
        else:
            await workspace.until(lambda: workspace.sockets.count, PATIENCE)
        yield
    finally:
        app.kill()
        await app.wait()


@pytest.mark.parametrize("mode", ["http", "socket"])
async def test_an_app_that_knows_nothing_of_us_hears_answers_and_asks(mode: str) -> None:
    async with running_workspace(REGISTERED) as workspace, _echo(workspace, mode):
        pinged = workspace.say(BO, APPROVALS, "ping")
        await workspace.until(lambda: workspace.thread(APPROVALS, pinged.ts), PATIENCE)

        workspace.say(BO, APPROVALS, "<@U0JITBOT0> hi")
        card = await workspace.until(lambda: [m for m in workspace.messages(APPROVALS) if m.blocks], PATIENCE)
        opened = await workspace.click(user=BO, channel=APPROVALS, ts=card[0].ts, action_id="open")
        view = await workspace.until(lambda: workspace.view(BO), PATIENCE)
        assert view is not None
        short = await workspace.submit_view(BO, view.id, {"reason": "no"})
        sent = await workspace.submit_view(BO, view.id, {"reason": "flaky gate"})
        answer = await workspace.until(lambda: workspace.dms(BO), PATIENCE)

        typed = await workspace.command(BO, APPROVALS, "/echo", "twice")
        await workspace.until(lambda: workspace.messages(APPROVALS)[-1].text == "Everybody: twice", PATIENCE)
        asked = await workspace.message_shortcut(user=BO, channel=APPROVALS, ts=pinged.ts, callback_id="ask_about")
        await workspace.until(lambda: workspace.ephemerals(BO)[-1].text == "About: ping", PATIENCE)
        await workspace.quiet()

    assert card[0].text == "Hello Bo Berg"
    assert [done.complaint for done in (opened, short, sent, typed, asked)] == [None] * 5
    assert (short.errors, sent.view) == ({"reason": "Say more."}, None)
    assert [message.text for message in answer] == ["7: flaky gate"]
    assert typed.said is not None
    assert (typed.said.text, typed.said.only_for) == ("You said twice", BO)
