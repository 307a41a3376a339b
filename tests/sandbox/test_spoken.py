"""What the app hears of people's words: messages, mentions, and links that it may show something of."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import pytest

from bot.sandbox import Press, Workspace
from bot.sandbox.references import write_message
from bot.sandbox.traffic import Sent
from tests.fakes.slack import CONFIG, Api, api_of, running_workspace
from tests.sandbox.bolt import EchoBot, http_bot
from tests.sandbox.cards import section

Json = dict[str, Any]

BO = "U0BO00000"
APPROVALS, GENERAL = "C0APPROVE", "C0GENERAL"
LINK = "https://jit.acme.test/requests/7"


@pytest.fixture
async def workspace() -> AsyncGenerator[Workspace]:
    events = frozenset({"message.channels", "message.im", "app_mention", "link_shared"})
    async with running_workspace(replace(CONFIG, events=events, unfurl_domains=("acme.test",))) as running:
        yield running


@pytest.fixture
async def bot(workspace: Workspace) -> AsyncGenerator[EchoBot]:
    async with http_bot(workspace) as running:
        yield running


@pytest.fixture
def api(workspace: Workspace) -> Api:
    return api_of(workspace)


async def heard(workspace: Workspace, bot: EchoBot, channel: str, text: str) -> list[Json]:
    workspace.say(BO, channel, text)
    await workspace.quiet()
    return sorted((body["event"] for body in bot.seen), key=lambda event: event["type"])


async def test_a_mention_is_an_event_of_its_own_beside_the_message(workspace: Workspace, bot: EchoBot) -> None:
    mention, message = await heard(workspace, bot, APPROVALS, "<@U0JITBOT0> help")

    assert (mention["type"], mention["text"], mention["channel"]) == ("app_mention", "<@U0JITBOT0> help", APPROVALS)
    assert (message["type"], message["ts"]) == ("message", mention["ts"])
    assert bot.seen[0]["event_id"] != bot.seen[1]["event_id"]


async def test_in_its_direct_messages_its_name_is_no_mention(workspace: Workspace, bot: EchoBot) -> None:
    channel = workspace.state.direct(BO).id

    (message,) = await heard(workspace, bot, channel, "<@U0JITBOT0> help")

    assert (message["type"], message["channel_type"]) == ("message", "im")


async def test_where_the_app_is_no_member_it_hears_of_links_only(workspace: Workspace, bot: EchoBot) -> None:
    (shared,) = await heard(workspace, bot, GENERAL, f"<@U0JITBOT0> look: <{LINK}|this> and <https://other.test/>")

    assert (shared["type"], shared["is_bot_user_member"], shared["source"]) == (
        "link_shared",
        False,
        "conversations_history",
    )
    assert shared["links"] == [{"domain": "jit.acme.test", "url": LINK}]


async def test_what_the_app_shows_of_a_link_stands_below_the_message_and_can_be_pressed(
    workspace: Workspace, bot: EchoBot
) -> None:
    await heard(workspace, bot, GENERAL, f"<{LINK}>")
    (message,) = workspace.messages(GENERAL)

    await workspace.press(Press(user=BO, channel=GENERAL, ts=message.ts, action_id="details"))

    container, unfurl = bot.seen[-1]["container"], bot.seen[-1]["app_unfurl"]
    assert (container["type"], container["app_unfurl_url"]) == ("message_attachment", LINK)
    assert (unfurl["from_url"], unfurl["blocks"][0]["text"]["text"]) == (LINK, "*#7* waits")


async def test_unfurling_again_replaces_what_was_shown(workspace: Workspace, bot: EchoBot, api: Api) -> None:
    (shared, *_) = await heard(workspace, bot, GENERAL, f"<{LINK}> <{LINK}?a=1&amp;b=2>")
    unfurls = {f"{LINK}?a=1&b=2": {"blocks": [section("new")]}}

    await api("chat_unfurl", unfurl_id=shared["unfurl_id"], source=shared["source"], unfurls=unfurls)

    (message,) = workspace.messages(GENERAL)
    assert [attachment["blocks"][0]["text"]["text"] for attachment in message.attachments] == ["*#7* waits", "new"]
    assert message.edited_ts is None


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"channel": "C0NOWHERE"}, "cannot_find_channel"),
        ({"ts": "1.000001"}, "cannot_find_message"),
        ({"channel": ""}, "missing_channel"),
        ({"ts": ""}, "missing_ts"),
        ({"unfurls": {}}, "missing_unfurls"),
        ({"unfurls": "[]]"}, "invalid_unfurls_format"),
        ({"unfurls": {f"{LINK}0": {"text": "x"}}}, "cannot_unfurl_message"),
        ({"unfurls": {"https://other.test/": {"text": "x"}}}, "cannot_unfurl_url"),
        ({"unfurls": {LINK: {}}}, "cannot_parse_attachment"),
        ({"unfurls": {LINK: {"blocks": [{"type": "poem"}]}}}, "invalid_blocks"),
    ],
)
async def test_what_slack_would_not_show_is_refused(workspace: Workspace, api: Api, change: Json, error: str) -> None:
    message = workspace.say(BO, GENERAL, f"<{LINK}> <https://other.test/>")
    call: Json = {"channel": GENERAL, "ts": message.ts, "unfurls": {LINK: {"text": "x"}}} | change

    assert await api.error("api_call", api_method="chat.unfurl", json=call) == error
    assert workspace.messages(GENERAL)[0].attachments == ()


def test_what_is_typed_on_the_page_becomes_references(workspace: Workspace) -> None:
    typed = "@jit see #approvals, @nobody: https://jit.acme.test/?a=1&b=2. <b>"

    written = write_message(typed, workspace.state.roster)

    assert written == (
        "<@U0JITBOT0> see <#C0APPROVE|approvals>, @nobody: <https://jit.acme.test/?a=1&amp;b=2>. &lt;b&gt;"
    )


async def test_its_own_words_come_back_to_it_as_its_own_and_as_no_mention(
    workspace: Workspace, bot: EchoBot, api: Api
) -> None:
    sent: list[Json] = []
    workspace.traffic.watch(lambda seen: sent.append(seen.delivery.payload) if isinstance(seen, Sent) else None)

    await api("chat_postMessage", channel=APPROVALS, text=f"<@U0JITBOT0> <{LINK}>", blocks=[section()])
    await workspace.quiet()

    (payload,) = sent
    assert (payload["event"]["type"], payload["event"]["bot_id"]) == ("message", "B0JITBOT0")
    assert payload["event"]["blocks"][0]["type"] == "section"
    assert bot.seen == []  # Bolt drops it by itself, as it does at Slack


async def test_what_only_one_person_sees_comes_back_to_nobody(workspace: Workspace, api: Api) -> None:
    sent: list[object] = []
    workspace.traffic.watch(lambda seen: sent.append(seen) if isinstance(seen, Sent) else None)

    await api("chat_postEphemeral", channel=APPROVALS, user=BO, text="only you")
    await workspace.quiet()

    assert sent == []
