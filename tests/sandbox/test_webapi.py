"""The Web API as slack_sdk calls it."""

import re
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Workspace
from tests.fakes.slack import APP_TOKEN, Api, api_of
from tests.sandbox.cards import card

Json = dict[str, Any]


async def test_the_bot_learns_who_it_is(api: Api) -> None:
    answer = await api("auth_test")

    assert (answer["user_id"], answer["team_id"], answer["bot_id"]) == ("U0JITBOT0", "T0ACME000", "B0JITBOT0")


@pytest.mark.parametrize(
    ("token", "error"),
    [("xoxb-wrong", "invalid_auth"), (APP_TOKEN, "not_allowed_token_type")],
)
async def test_a_wrong_token_is_refused(workspace: Workspace, token: str, error: str) -> None:
    assert await api_of(workspace, token).error("auth_test") == error


async def test_a_missing_token_is_refused(workspace: Workspace) -> None:
    async with aiohttp.ClientSession() as session, session.post(f"{workspace.config.base_url}/api/auth.test") as answer:
        assert (answer.status, await answer.json()) == (200, {"ok": False, "error": "not_authed"})


async def test_an_unknown_method_is_refused(api: Api) -> None:
    assert await api.error("api_call", api_method="chat.shout") == "unknown_method"


@pytest.mark.parametrize("channel", ["C0APPROVE", "#approvals", "approvals"])
async def test_a_message_goes_to_a_channel_by_id_or_name(api: Api, workspace: Workspace, channel: str) -> None:
    answer = await api("chat_postMessage", channel=channel, text="hello", blocks=card())

    assert answer["channel"] == "C0APPROVE"
    assert re.fullmatch(r"[0-9]{10}\.[0-9]{6}", answer["ts"])
    (message,) = workspace.messages("C0APPROVE")
    assert (message.ts, message.text, message.bot_id) == (answer["ts"], "hello", "B0JITBOT0")


async def test_a_message_to_a_person_goes_to_their_direct_messages(api: Api, workspace: Workspace) -> None:
    answer = await api("chat_postMessage", channel="U0ANA0000", text="hello")

    assert answer["channel"] == "D0ANA0000"
    assert [message.text for message in workspace.dms("U0ANA0000")] == ["hello"]


@pytest.mark.parametrize(
    ("channel", "error"),
    [("C0NOWHERE", "channel_not_found"), ("", "channel_not_found"), ("C0GENERAL", "not_in_channel")],
)
async def test_a_channel_out_of_reach_is_refused(api: Api, channel: str, error: str) -> None:
    assert await api.error("chat_postMessage", channel=channel, text="hello") == error


async def test_an_archived_channel_takes_no_messages(api: Api, workspace: Workspace) -> None:
    workspace.state.roster.archive("C0APPROVE")

    assert await api.error("chat_postMessage", channel="C0APPROVE", text="hello") == "is_archived"


async def test_a_message_needs_words_and_not_too_many(api: Api) -> None:
    no_words = {"channel": "C0APPROVE", "text": " "}
    assert await api.error("api_call", api_method="chat.postMessage", json=no_words) == "no_text"
    assert await api.error("chat_postMessage", channel="C0APPROVE", text="x" * 40_001) == "msg_too_long"


async def test_a_form_with_blocks_as_text_is_as_good_as_json(workspace: Workspace) -> None:
    form = {"channel": "C0APPROVE", "text": "hello", "blocks": '[{"type": "divider"}]', "token": "xoxb-for-tests"}

    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{workspace.config.base_url}/api/chat.postMessage", data=form) as answer,
    ):
        document = await answer.json()

    assert document["ok"]
    assert workspace.messages("C0APPROVE")[0].blocks[0]["type"] == "divider"


async def test_metadata_is_shown_only_to_who_asks_for_it(api: Api) -> None:
    metadata = {"event_type": "card", "event_payload": {"nonce": "n-1"}}
    await api("chat_postMessage", channel="C0APPROVE", text="hello", metadata=metadata)

    plain = await api("conversations_history", channel="C0APPROVE")
    full = await api("conversations_history", channel="C0APPROVE", include_all_metadata=True)

    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == metadata


@pytest.mark.parametrize("metadata", [{"event_type": "card"}, {"event_type": "", "event_payload": {}}, ["card"]])
async def test_metadata_of_another_form_is_refused(api: Api, metadata: object) -> None:
    document = {"channel": "C0APPROVE", "text": "x", "metadata": metadata}

    assert await api.error("api_call", api_method="chat.postMessage", json=document) == "invalid_metadata_format"


async def test_an_update_with_text_alone_takes_the_blocks_away_and_keeps_the_metadata(
    api: Api, workspace: Workspace
) -> None:
    metadata = {"event_type": "card", "event_payload": {"nonce": "n-1"}}
    posted = await api("chat_postMessage", channel="C0APPROVE", text="old", blocks=card(), metadata=metadata)

    await api("chat_update", channel="C0APPROVE", ts=posted["ts"], text="new")

    (message,) = workspace.messages("C0APPROVE")
    assert (message.text, message.blocks, message.metadata) == ("new", (), metadata)
    assert message.edited_ts


async def test_only_the_bots_own_messages_can_be_changed(api: Api, workspace: Workspace) -> None:
    said = workspace.say("U0ANA0000", "C0APPROVE", "mine")

    assert await api.error("chat_update", channel="C0APPROVE", ts=said.ts, text="x") == "cant_update_message"
    assert await api.error("chat_delete", channel="C0APPROVE", ts=said.ts) == "cant_delete_message"
    assert await api.error("chat_update", channel="C0APPROVE", ts="1.000001", text="x") == "message_not_found"
    assert await api.error("chat_update", channel="#approvals", ts=said.ts, text="x") == "channel_not_found"


async def test_replies_stand_in_the_thread_and_not_in_the_channel(api: Api, workspace: Workspace) -> None:
    head = await api("chat_postMessage", channel="C0APPROVE", text="card")
    reply = await api("chat_postMessage", channel="C0APPROVE", text="step 1", thread_ts=head["ts"])
    await api("chat_postMessage", channel="C0APPROVE", text="step 2", thread_ts=reply["ts"])

    history = await api("conversations_history", channel="C0APPROVE")
    thread = await api("conversations_replies", channel="C0APPROVE", ts=head["ts"])

    assert [(message["text"], message["reply_count"]) for message in history["messages"]] == [("card", 2)]
    assert [message["text"] for message in thread["messages"]] == ["card", "step 1", "step 2"]
    assert [message.text for message in workspace.thread("C0APPROVE", head["ts"])] == ["step 1", "step 2"]


async def test_an_ephemeral_message_is_no_part_of_the_history(api: Api, workspace: Workspace) -> None:
    await api("chat_postEphemeral", channel="C0APPROVE", user="U0BO00000", text="only you")

    history = await api("conversations_history", channel="C0APPROVE")

    assert history["messages"] == []
    assert [message.text for message in workspace.ephemerals("U0BO00000")] == ["only you"]
    assert workspace.ephemerals("U0ANA0000") == ()


async def test_an_ephemeral_message_reaches_members_only(api: Api) -> None:
    whisper = {"channel": "C0INCIDEN", "text": "x"}
    assert await api.error("chat_postEphemeral", user="U0GUS0000", **whisper) == "user_not_in_channel"
    assert await api.error("chat_postEphemeral", user="U0NOBODY0", **whisper) == "user_not_found"


async def test_history_comes_newest_first_in_pages(api: Api) -> None:
    for number in range(5):
        await api("chat_postMessage", channel="C0APPROVE", text=str(number))

    first = await api("conversations_history", channel="C0APPROVE", limit=3)
    second = await api(
        "conversations_history", channel="C0APPROVE", limit=3, cursor=first["response_metadata"]["next_cursor"]
    )

    assert [message["text"] for message in first["messages"]] == ["4", "3", "2"]
    assert [message["text"] for message in second["messages"]] == ["1", "0"]
    assert (first["has_more"], second["has_more"]) == (True, False)


async def test_history_leaves_its_ends_out_unless_inclusive(api: Api) -> None:
    stamps = [(await api("chat_postMessage", channel="C0APPROVE", text=str(n)))["ts"] for n in range(4)]
    span: Json = {"channel": "C0APPROVE", "oldest": stamps[0], "latest": stamps[3]}

    without = await api("conversations_history", **span)
    with_ends = await api("conversations_history", **span, inclusive=True)

    assert [message["text"] for message in without["messages"]] == ["2", "1"]
    assert [message["text"] for message in with_ends["messages"]] == ["3", "2", "1", "0"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"limit": 0}, "invalid_limit"),
        ({"limit": 1000}, "invalid_limit"),
        ({"cursor": "nonsense"}, "invalid_cursor"),
        ({"oldest": "yesterday"}, "invalid_ts_oldest"),
        ({"latest": "1e5"}, "invalid_ts_latest"),
        ({"channel": "C0GENERAL"}, "not_in_channel"),
    ],
)
async def test_history_refuses_what_it_cannot_read(api: Api, arguments: Json, error: str) -> None:
    assert await api.error("conversations_history", **{"channel": "C0APPROVE", **arguments}) == error


async def test_people_are_looked_up_by_id_and_address(api: Api) -> None:
    by_id = await api("users_info", user="U0GUS0000")
    by_email = await api("users_lookupByEmail", email="ANA@acme.test")

    assert by_id["user"]["is_restricted"] is True
    assert by_email["user"]["id"] == "U0ANA0000"
    assert await api.error("users_info", user="U0NOBODY0") == "user_not_found"
    assert await api.error("users_lookupByEmail", email="old@acme.test") == "users_not_found"


async def test_users_tell_guests_strangers_leavers_and_bots_apart(api: Api) -> None:
    eve = (await api("users_info", user="U0EVE0000"))["user"]
    old = (await api("users_info", user="U0OLD0000"))["user"]
    bot = (await api("users_info", user="U0JITBOT0"))["user"]

    assert (eve["team_id"], eve["is_stranger"]) == ("T0OTHER00", True)
    assert (old["deleted"], bot["is_bot"]) == (True, True)


async def test_a_direct_message_is_opened_once(api: Api) -> None:
    first = await api("conversations_open", users="U0ANA0000")
    second = await api("conversations_open", users=["U0ANA0000"])

    assert first["channel"]["id"] == second["channel"]["id"] == "D0ANA0000"
    assert await api.error("conversations_open", users="U0OLD0000") == "user_disabled"
    assert await api.error("conversations_open", users="U0JITBOT0") == "cannot_dm_bot"


async def test_channels_are_listed_in_pages_with_membership(api: Api) -> None:
    first = await api("conversations_list", limit=3)
    second = await api("conversations_list", limit=3, cursor=first["response_metadata"]["next_cursor"])

    listed = {channel["name"]: channel["is_member"] for channel in [*first["channels"], *second["channels"]]}
    assert listed == {"approvals": True, "payments-releases": True, "incidents": True, "general": False}


async def test_a_permalink_leads_to_the_message(api: Api, workspace: Workspace) -> None:
    posted = await api("chat_postMessage", channel="C0APPROVE", text="x")

    link = await api("chat_getPermalink", channel="C0APPROVE", message_ts=posted["ts"])

    assert link["permalink"] == f"{workspace.config.base_url}/archives/C0APPROVE/p{posted['ts'].replace('.', '')}"


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        ("{", "application/json", "invalid_json"),
        ("[]", "application/json", "json_not_object"),
        ("x", "text/plain", "invalid_post_type"),
    ],
)
async def test_a_body_that_is_not_what_it_says_is_refused(
    workspace: Workspace, body: str, content_type: str, error: str
) -> None:
    url = f"{workspace.config.base_url}/api/auth.test"
    headers = {"Authorization": "Bearer xoxb-for-tests", "Content-Type": content_type}

    async with aiohttp.ClientSession() as session, session.post(url, data=body, headers=headers) as answer:
        assert (await answer.json())["error"] == error


async def test_calls_are_remembered_without_their_token(api: Api, workspace: Workspace) -> None:
    await api("chat_postMessage", channel="C0APPROVE", text="x")
    await api.error("chat_postMessage", channel="C0NOWHERE", text="x")

    assert [call.error for call in workspace.calls("chat.postMessage")] == [None, "channel_not_found"]
    assert "token" not in workspace.calls("chat.postMessage")[0].arguments
