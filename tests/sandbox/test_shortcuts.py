"""Shortcuts of the whole workspace and at messages, with a real Bolt app on the other side."""

from collections.abc import AsyncGenerator
from dataclasses import replace

import aiohttp
import pytest

from bot.sandbox import Shortcut, Workspace
from tests.fakes.slack import CONFIG, api_of, running_workspace
from tests.sandbox.bolt import EchoBot, http_bot

ANA, BO = "U0ANA0000", "U0BO00000"
APPROVALS = "C0APPROVE"
ASK = Shortcut(name="Request approval", callback_id="ask", description="Ask for a yes")
ASK_ABOUT = Shortcut(name="Request approval for this message", callback_id="ask_about", kind="message")


@pytest.fixture
async def workspace() -> AsyncGenerator[Workspace]:
    async with running_workspace(replace(CONFIG, shortcuts=(ASK, ASK_ABOUT))) as running:
        yield running


@pytest.fixture
async def bot(workspace: Workspace) -> AsyncGenerator[EchoBot]:
    async with http_bot(workspace) as running:
        yield running


async def test_a_global_shortcut_comes_from_no_channel_and_opens_a_dialog(workspace: Workspace, bot: EchoBot) -> None:
    result = await workspace.shortcut(BO, "ask")

    (body,) = bot.seen
    assert (body["type"], body["callback_id"], body["user"]["id"]) == ("shortcut", "ask", BO)
    assert not {"channel", "message", "response_url"} & set(body)
    assert result.view is not None
    assert result.complaint is None


async def test_a_message_shortcut_brings_the_message_and_an_address_for_answers(
    workspace: Workspace, bot: EchoBot
) -> None:
    said = workspace.say(ANA, APPROVALS, "may this go out?")

    result = await workspace.message_shortcut(user=BO, channel=APPROVALS, ts=said.ts, callback_id="ask_about")
    (body,) = bot.seen
    async with aiohttp.ClientSession() as session, session.post(body["response_url"], json={"text": "noted"}):
        pass

    assert (body["type"], body["callback_id"], body["user"]["id"]) == ("message_action", "ask_about", BO)
    assert (body["channel"], body["message_ts"]) == ({"id": APPROVALS, "name": "approvals"}, said.ts)
    assert (body["message"]["user"], body["message"]["text"]) == (ANA, "may this go out?")
    assert result.view is not None
    assert [whisper.text for whisper in workspace.ephemerals(BO, APPROVALS)] == ["noted"]


@pytest.mark.parametrize("callback_id", ["ask_about", "nothing"])
async def test_a_shortcut_of_the_other_kind_or_none_is_not_sent(
    workspace: Workspace, bot: EchoBot, callback_id: str
) -> None:
    with pytest.raises(LookupError):
        await workspace.shortcut(BO, callback_id)

    assert bot.seen == []


async def test_a_message_that_is_not_there_for_everybody_has_no_shortcuts(workspace: Workspace, bot: EchoBot) -> None:
    await api_of(workspace)("chat_postEphemeral", channel=APPROVALS, user=BO, text="only you")
    (whispered,) = workspace.ephemerals(BO)

    with pytest.raises(LookupError):
        await workspace.message_shortcut(user=BO, channel=APPROVALS, ts=whispered.ts, callback_id="ask_about")

    assert bot.seen == []


async def test_an_app_that_is_not_there_is_complained_of(workspace: Workspace) -> None:
    workspace.point_at("http://127.0.0.1:1/")

    result = await workspace.shortcut(BO, "ask")

    assert result.complaint == "JIT Approvals responded with an error."


async def test_the_page_offers_each_where_it_belongs(workspace: Workspace) -> None:
    said = workspace.say(ANA, APPROVALS, "may this go out?")
    await api_of(workspace)("chat_postEphemeral", channel=APPROVALS, user=BO, text="only you")
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{workspace.config.base_url}/?channel={APPROVALS}") as page,
    ):
        text = await page.text()

    line = text[text.index(f'id="m-{said.ts}"') :].partition("</li>\n")[0]
    assert 'data-callback-id="ask_about"' in line
    assert (text.count('data-callback-id="ask"'), text.count('data-callback-id="ask_about"')) == (1, 1)
