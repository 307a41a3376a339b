"""Clicks, dialogs, commands and events, with a real Bolt app on the other side."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox import Press, PressInView, SlackRefusal, Workspace
from tests.fakes.slack import CONFIG, Api, api_of, running_workspace, served
from tests.sandbox.bolt import EchoBot, http_bot
from tests.sandbox.cards import (
    actions,
    asks,
    button,
    card,
    modal,
    moment,
    option,
    overflow,
    people,
    plain,
    question,
    section,
    select,
)

Json = dict[str, Any]

BO = "U0BO00000"
APPROVALS = "C0APPROVE"


@pytest.fixture
async def bot(workspace: Workspace) -> AsyncGenerator[EchoBot]:
    async with http_bot(workspace) as running:
        yield running


async def posted(api: Api, **more: object) -> str:
    answer = await api("chat_postMessage", **{"channel": APPROVALS, "text": "card", "blocks": card(), **more})
    return answer["ts"]


async def opened(workspace: Workspace, api: Api) -> str:
    result = await workspace.click(user=BO, channel=APPROVALS, ts=await posted(api), action_id="reject")
    assert result.view is not None
    return result.view.id


async def test_a_click_reaches_the_app_in_slacks_own_form(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    ts = await posted(api)

    result = await workspace.click(user=BO, channel=APPROVALS, ts=ts, action_id="approve")

    (body,) = bot.seen
    assert result.ack is not None
    assert (result.ack.status, result.complaint) == (200, None)
    assert body["user"] == {"id": BO, "username": "bo", "name": "bo", "team_id": "T0ACME000"}
    assert body["container"] == {
        "type": "message",
        "message_ts": ts,
        "channel_id": APPROVALS,
        "is_ephemeral": False,
    }
    assert body["actions"][0]["value"] == "42"
    assert body["actions"][0]["block_id"] == "answer"
    assert body["message"]["ts"] == ts
    assert workspace.messages(APPROVALS)[0].text == "Approved"


async def test_a_double_click_is_two_requests(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    ts = await posted(api)

    await asyncio.gather(
        workspace.click(user=BO, channel=APPROVALS, ts=ts, action_id="approve"),
        workspace.click(user=BO, channel=APPROVALS, ts=ts, action_id="approve"),
    )

    assert len(bot.seen) == 2


async def test_a_stranger_acts_in_the_name_of_their_own_team(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    await workspace.click(user="U0EVE0000", channel=APPROVALS, ts=await posted(api), action_id="approve")

    assert (bot.seen[0]["team"]["id"], bot.seen[0]["user"]["team_id"]) == ("T0OTHER00", "T0OTHER00")


async def test_a_click_on_an_ephemeral_message_carries_no_message(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    await api("chat_postEphemeral", channel=APPROVALS, user=BO, text="only you", blocks=[actions(button("reject"))])
    (whispered,) = workspace.ephemerals(BO)

    await workspace.click(user=BO, channel=APPROVALS, ts=whispered.ts, action_id="reject")

    assert bot.seen[0]["container"]["is_ephemeral"] is True
    assert "message" not in bot.seen[0]


async def test_a_button_that_is_not_there_cannot_be_pressed(workspace: Workspace, api: Api) -> None:
    with pytest.raises(LookupError):
        await workspace.click(user=BO, channel=APPROVALS, ts=await posted(api), action_id="escalate")


async def test_a_dialog_is_opened_by_its_trigger_and_filled_in(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    view = await opened(workspace, api)

    result = await workspace.submit_view(BO, view, {"reason": "flaky gate"})

    submission = bot.seen[-1]
    assert submission["type"] == "view_submission"
    assert submission["view"]["state"]["values"] == {
        "reason": {"reason_text": {"type": "plain_text_input", "value": "flaky gate"}}
    }
    assert result.view is None


async def test_a_required_field_left_empty_is_never_sent(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    view = await opened(workspace, api)

    result = await workspace.submit_view(BO, view, {})

    assert (result.ack, result.errors) == (None, {"reason": "Please complete this required field."})
    assert [body["type"] for body in bot.seen] == ["block_actions"]


async def test_field_errors_of_the_app_stand_at_the_input(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    bot.submission_answer = {"response_action": "errors", "errors": {"reason": "Say more."}}
    view = await opened(workspace, api)

    result = await workspace.submit_view(BO, view, {"reason": "no"})

    assert result.errors == {"reason": "Say more."}
    assert result.view is not None


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "errors", "errors": {}},
        {"response_action": "shout"},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "push"},
    ],
)
async def test_an_answer_slack_would_not_understand_leaves_the_dialog_open(
    workspace: Workspace, api: Api, bot: EchoBot, answer: Json
) -> None:
    bot.submission_answer = answer
    view = await opened(workspace, api)

    result = await workspace.submit_view(BO, view, {"reason": "no"})

    assert result.complaint == "We had some trouble connecting. Try again?"
    assert result.view is not None


async def test_an_answer_can_change_push_and_clear_dialogs(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    first = await opened(workspace, api)
    bot.submission_answer = {"response_action": "push", "view": modal(callback_id="reject")}
    second = (await workspace.submit_view(BO, first, {"reason": "x"})).view
    assert second is not None
    assert second.previous == first
    bot.submission_answer = {"response_action": "update", "view": modal(section("Sure?"), callback_id="reject")}
    changed = (await workspace.submit_view(BO, second.id, {"reason": "x"})).view
    assert changed is not None
    assert changed.blocks[0]["text"]["text"] == "Sure?"
    bot.submission_answer = {"response_action": "clear"}

    assert (await workspace.submit_view(BO, second.id, {})).view is None


async def test_only_three_dialogs_stand_on_each_other(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    view = await opened(workspace, api)
    bot.submission_answer = {"response_action": "push", "view": modal()}
    for _ in range(2):
        top = (await workspace.submit_view(BO, view, {"reason": "x"})).view
        assert top is not None
        view = top.id

    result = await workspace.submit_view(BO, view, {"reason": "x"})

    assert result.complaint
    assert len(workspace.state.views.stack(BO)) == 3


async def test_closing_is_told_to_the_app_that_asked_for_it(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    view = await opened(workspace, api)
    await api("views_update", view_id=view, view=modal(notify_on_close=True))

    result = await workspace.close_view(BO, view)

    assert (bot.seen[-1]["type"], bot.seen[-1]["is_cleared"], result.view) == ("view_closed", False, None)


async def test_a_trigger_opens_one_dialog_within_three_seconds() -> None:
    now = [datetime(2030, 1, 1, tzinfo=UTC)]
    async with running_workspace(clock=lambda: now[0]) as workspace:
        api = api_of(workspace)
        place = workspace.state.roster.channel(APPROVALS)
        early = workspace.counter.handle(BO, place, None).trigger_id
        late = workspace.counter.handle(BO, place, None).trigger_id

        await api("views_open", trigger_id=early, view=modal())
        again = await api.error("views_open", trigger_id=early, view=modal())
        now[0] += timedelta(seconds=3)
        too_late = await api.error("views_open", trigger_id=late, view=modal())
        wrong = await api.error("views_open", trigger_id="1.2.x", view=modal())

    assert (again, too_late, wrong) == ("exchanged_trigger_id", "expired_trigger_id", "invalid_trigger_id")


async def test_an_old_hash_does_not_overwrite_a_dialog(workspace: Workspace, api: Api) -> None:
    trigger = workspace.counter.handle(BO, workspace.state.roster.channel(APPROVALS), None).trigger_id
    view = (await api("views_open", trigger_id=trigger, view=modal()))["view"]
    await api("views_update", view_id=view["id"], hash=view["hash"], view=modal())

    error = await api.error("views_update", view_id=view["id"], hash=view["hash"], view=modal())

    assert error == "hash_conflict"
    assert await api.error("views_update", view_id="V0NOTHERE0", view=modal()) == "not_found"


async def test_a_command_is_answered_in_its_ack_to_the_asker_only(workspace: Workspace, bot: EchoBot) -> None:
    result = await workspace.command(BO, APPROVALS, "/jit", "list mine")

    assert (bot.commands[0]["text"], bot.commands[0]["channel_name"]) == ("list mine", "approvals")
    assert result.said is not None
    assert (result.said.text, result.said.only_for) == ("You said list mine", BO)
    assert workspace.messages(APPROVALS) == ()


async def test_a_command_nobody_registered_is_not_sent(workspace: Workspace, bot: EchoBot) -> None:
    result = await workspace.command(BO, APPROVALS, "/deploy")

    assert (result.ack, result.complaint) == (None, "/deploy is not a valid command.")
    assert bot.commands == []


async def test_events_go_to_the_app_that_subscribed() -> None:
    config = replace(CONFIG, events=frozenset({"message.im"}))
    async with running_workspace(config) as workspace, http_bot(workspace) as bot:
        workspace.state.direct(BO)
        workspace.say(BO, "D0BO00000", "help")
        workspace.say(BO, APPROVALS, "not for the bot")
        await workspace.quiet()

    (body,) = bot.seen
    assert (body["event"]["text"], body["event"]["channel_type"]) == ("help", "im")


async def test_an_event_that_fails_is_sent_again_with_its_number_and_reason() -> None:
    tries: list[tuple[str | None, str | None]] = []

    async def fail_twice(request: web.Request) -> web.Response:
        tries.append((request.headers.get("X-Slack-Retry-Num"), request.headers.get("X-Slack-Retry-Reason")))
        return web.Response(status=500 if len(tries) < 3 else 200)

    app = web.Application()
    app.router.add_post("/", fail_twice)
    config = replace(CONFIG, events=frozenset({"message.channels"}), event_retries=(0.0, 0.0, 0.0))
    async with served(app) as url, running_workspace(config, request_url=url) as workspace:
        workspace.say(BO, APPROVALS, "hello")
        await workspace.quiet()

    assert tries == [(None, None), ("1", "http_error"), ("2", "http_error")]


async def test_the_request_url_is_checked_with_a_challenge(workspace: Workspace, bot: EchoBot) -> None:
    assert bot.seen == []
    assert await workspace.verify_request_url()

    workspace.point_at(f"{workspace.config.base_url}/nowhere")
    assert not await workspace.verify_request_url()


async def test_an_app_that_is_too_slow_or_gone_is_complained_of() -> None:
    async def hang(_: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    app = web.Application()
    app.router.add_post("/", hang)
    async with served(app) as url, running_workspace(replace(CONFIG, ack_seconds=0.05)) as workspace:
        ts = await posted(api_of(workspace))
        workspace.point_at(url)
        slow = await workspace.click(user=BO, channel=APPROVALS, ts=ts, action_id="approve")
        command = await workspace.command(BO, APPROVALS, "/jit")
        workspace.point_at("http://127.0.0.1:1/")
        gone = await workspace.click(user=BO, channel=APPROVALS, ts=ts, action_id="approve")

    assert slow.complaint == "JIT Approvals did not respond in time."
    assert command.complaint == "/jit failed with the error “operation_timeout”."
    assert gone.complaint == "JIT Approvals responded with an error."


async def answer_at(url: str, document: Json) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=document) as answer:
        return answer.status, await answer.text()


async def test_a_response_url_works_five_times_in_thirty_minutes(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    await workspace.click(user=BO, channel=APPROVALS, ts=await posted(api), action_id="approve")
    url = bot.seen[0]["response_url"]

    answers = [await answer_at(url, {"text": "hello", "response_type": "ephemeral"}) for _ in range(6)]

    assert [status for status, _ in answers] == [200, 200, 200, 200, 200, 404]
    assert "used_url" in answers[-1][1]
    assert len(workspace.ephemerals(BO)) == 5


async def test_a_response_url_replaces_and_deletes_what_was_clicked(
    workspace: Workspace, api: Api, bot: EchoBot
) -> None:
    await workspace.click(user=BO, channel=APPROVALS, ts=await posted(api), action_id="approve")
    url = bot.seen[0]["response_url"]

    await answer_at(url, {"text": "instead", "replace_original": True})
    replaced = workspace.messages(APPROVALS)[0].text
    await answer_at(url, {"delete_original": True})

    assert (replaced, workspace.messages(APPROVALS)) == ("instead", ())
    assert (await answer_at(url, {"text": "", "blocks": []}))[0] == 400


async def test_a_response_url_is_too_old_after_thirty_minutes() -> None:
    now = [datetime(2030, 1, 1, tzinfo=UTC)]
    async with running_workspace(clock=lambda: now[0]) as workspace:
        url = workspace.counter.handle(BO, workspace.state.roster.channel(APPROVALS), None).response_url
        now[0] += timedelta(minutes=30)

        status, text = await answer_at(url or "", {"text": "late"})

    assert (status, "expired_url" in text) == (404, True)


async def test_a_select_in_a_dialog_takes_its_options_only(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    view = await opened(workspace, api)
    await api("views_update", view_id=view, view=modal(question("category", element=select())))

    with pytest.raises(LookupError):
        await workspace.submit_view(BO, view, {"category": "other"})
    await workspace.submit_view(BO, view, {"category": "flaky"})

    chosen = bot.seen[-1]["view"]["state"]["values"]["category"]["category"]["selected_option"]
    assert chosen["value"] == "flaky"


async def test_nobody_fills_in_a_dialog_of_somebody_else(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    view = await opened(workspace, api)

    with pytest.raises(LookupError):
        await workspace.submit_view("U0ANA0000", view, {"reason": "x"})
    with pytest.raises(SlackRefusal):
        await workspace.submit_view(BO, "V0NOTHERE0", {})
    assert len(bot.seen) == 1


def told_at_once(**more: object) -> Json:
    """A field that tells the app what is typed before the dialog is sent."""
    element = {"type": "plain_text_input", "action_id": "details", **more}
    return question("find", optional=True, dispatch_action=True) | {"element": element}


async def dialog_of(workspace: Workspace, api: Api, *blocks: Json) -> str:
    result = await workspace.click(user=BO, channel=APPROVALS, ts=await posted(api), action_id="reject")
    assert result.view is not None
    await api("views_update", view_id=result.view.id, view=modal(*blocks))
    return result.view.id


async def test_a_field_that_says_so_tells_the_app_at_once_what_was_typed(
    workspace: Workspace, api: Api, bot: EchoBot
) -> None:
    view = await dialog_of(workspace, api, told_at_once(), question(optional=True))

    gesture = PressInView(user=BO, view=view, action_id="details", value="flaky")
    assert (await workspace.press_in_view(gesture)).ack is not None

    body = bot.seen[-1]
    assert (body["type"], body["actions"][0]["type"]) == ("block_actions", "plain_text_input")
    assert body["actions"][0]["value"] == "flaky"
    assert body["view"]["state"]["values"]["find"]["details"]["value"] == "flaky"
    assert body["view"]["state"]["values"]["reason"]["reason_text"]["value"] is None


async def test_a_field_that_was_emptied_is_empty_whatever_stood_in_it_first(
    workspace: Workspace, api: Api, bot: EchoBot
) -> None:
    view = await dialog_of(workspace, api, told_at_once(initial_value="flaky"))

    await workspace.press_in_view(PressInView(user=BO, view=view, action_id="details", value=""))

    assert bot.seen[-1]["view"]["state"]["values"]["find"]["details"]["value"] is None


async def test_any_other_field_waits_until_the_dialog_is_sent(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    view = await opened(workspace, api)
    before = len(bot.seen)

    with pytest.raises(LookupError):
        await workspace.press_in_view(PressInView(user=BO, view=view, action_id="reason_text", value="flaky"))

    assert len(bot.seen) == before


async def test_people_and_moments_are_sent_as_slack_sends_them(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    view = await dialog_of(workspace, api, asks(people(), "who"), asks(moment(), "until"))

    await workspace.submit_view(BO, view, {"who": "U0ANA0000", "until": "1772625600"})

    assert bot.seen[-1]["view"]["state"]["values"] == {
        "who": {"pick": {"type": "users_select", "selected_user": "U0ANA0000"}},
        "until": {"details": {"type": "datetimepicker", "selected_date_time": 1_772_625_600}},
    }


async def test_people_and_moments_that_nobody_chose_are_asked_for_or_null(
    workspace: Workspace, api: Api, bot: EchoBot
) -> None:
    view = await dialog_of(workspace, api, asks(people(), "who"), asks(moment(), "until", optional=True))

    assert list((await workspace.submit_view(BO, view, {})).errors) == ["who"]
    await workspace.submit_view(BO, view, {"who": "U0ANA0000"})

    assert bot.seen[-1]["view"]["state"]["values"]["until"]["details"]["selected_date_time"] is None


async def test_what_stood_there_first_is_sent_when_nobody_changed_it(
    workspace: Workspace, api: Api, bot: EchoBot
) -> None:
    first = [people(initial_user="U0ANA0000"), moment(initial_date_time=1_772_625_600)]
    view = await dialog_of(workspace, api, asks(first[0], "who"), asks(first[1], "until"))

    await workspace.submit_view(BO, view, {})

    values = bot.seen[-1]["view"]["state"]["values"]
    assert values["who"]["pick"]["selected_user"] == "U0ANA0000"
    assert values["until"]["details"]["selected_date_time"] == 1_772_625_600


@pytest.mark.parametrize("given", ["soon", "1772625600.5", "177262560", "17726256000", "-772625600"])
async def test_what_is_no_moment_cannot_be_chosen(workspace: Workspace, api: Api, bot: EchoBot, given: str) -> None:
    view = await dialog_of(workspace, api, asks(moment(), "until"))
    before = len(bot.seen)

    with pytest.raises(ValueError, match="ten digits"):
        await workspace.submit_view(BO, view, {"until": given})

    assert len(bot.seen) == before


def chosen(ts: str, value: str | None) -> Press:
    return Press(user=BO, channel=APPROVALS, ts=ts, action_id="details", value=value)


async def test_what_is_chosen_in_a_menu_is_sent_at_once_and_no_value_of_the_message(
    workspace: Workspace, api: Api, bot: EchoBot
) -> None:
    whole = option("Escalate", "now", description=plain("Calls the next people"))
    ts = await posted(api, blocks=[actions(button(), overflow(options=[option("Look", "look"), whole]), select())])

    result = await workspace.press(chosen(ts, "now"))

    (body,) = bot.seen
    (action,) = body["actions"]
    assert result.complaint is None
    assert action == {
        "type": "overflow",
        "action_id": "details",
        "block_id": "answer",
        "action_ts": action["action_ts"],
        "selected_option": whole,
    }
    assert list(body["state"]["values"]["answer"]) == ["category"]


@pytest.mark.parametrize("value", [None, "", "cancel"])
async def test_what_stands_in_no_menu_cannot_be_chosen(
    workspace: Workspace, api: Api, bot: EchoBot, value: str | None
) -> None:
    ts = await posted(api, blocks=[section(accessory=overflow())])

    with pytest.raises(LookupError):
        await workspace.press(chosen(ts, value))

    assert bot.seen == []


async def test_a_menu_in_a_dialog_is_pressed_and_never_filled_in(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    view = await dialog_of(workspace, api, actions(overflow(action_id="pick")), question(optional=True))

    await workspace.press_in_view(PressInView(user=BO, view=view, action_id="pick", value="look"))
    with pytest.raises(LookupError):
        await workspace.submit_view(BO, view, {"pick": "look"})

    assert bot.seen[-1]["actions"][0]["selected_option"]["value"] == "look"
    assert list(bot.seen[-1]["view"]["state"]["values"]) == ["reason"]


async def test_a_menu_without_a_name_is_given_one(workspace: Workspace, api: Api) -> None:
    menu = {name: what for name, what in overflow().items() if name != "action_id"}
    await posted(api, blocks=[actions(menu), section(accessory=menu)])

    row, beside = workspace.messages(APPROVALS)[0].blocks

    assert row["elements"][0]["action_id"]
    assert beside["accessory"]["action_id"]
