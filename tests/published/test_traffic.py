"""What the local workspace says is what Slack publishes: every method, every payload, every event."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any, cast

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox import Press, PressInView, Workspace
from bot.sandbox.traffic import Answered
from bot.sandbox.usergroups import UserGroup
from bot.sandbox.webapi.methods import METHODS
from tests.fakes.slack import CONFIG, api_of, running_workspace
from tests.published.calls import APPROVALS, BO, CALLS, LINK, Known, sdk_name
from tests.published.schemas import all_names, require_published
from tests.published.traffic import EXCEPTIONS, Inspector, name_of
from tests.sandbox.bolt import http_bot
from tests.sandbox.cards import actions, button, card, modal, mrkdwn, option, overflow, plain, section
from tests.sandbox.test_shortcuts import ASK, ASK_ABOUT

EVENTS = frozenset({"app_home_opened", "app_mention", "link_shared", "message.channels", "subteam_members_changed"})


@pytest.fixture(autouse=True)
def _published() -> None:
    require_published()


@pytest.fixture
async def workspace() -> AsyncGenerator[Workspace]:
    config = replace(CONFIG, events=EVENTS, shortcuts=(ASK, ASK_ABOUT), unfurl_domains=("acme.test",))
    async with running_workspace(config) as running:
        yield running


@pytest.fixture
def inspector(workspace: Workspace) -> Inspector:
    watching = Inspector()
    workspace.traffic.watch(watching)
    return watching


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")  # the SDK's own, in its OAuth methods
async def test_every_method_is_called_by_slacks_own_client_and_answers_as_published(
    workspace: Workspace, inspector: Inspector
) -> None:
    api, known = api_of(workspace), Known(workspace)

    for method, draw in CALLS.items():
        known.answers[method] = await api(sdk_name(method), **draw(known))

    assert set(CALLS) == set(METHODS)
    assert inspector.answers() == {name_of(method) for method in METHODS}


async def test_the_client_without_asyncio_is_answered_the_same(workspace: Workspace, inspector: Inspector) -> None:
    client = WebClient(token=CONFIG.bot_token, base_url=f"{workspace.config.base_url}/api/", retry_handlers=[])
    known = Known(workspace)

    for method, draw in CALLS.items():
        answer = await asyncio.to_thread(getattr(client, sdk_name(method)), **draw(known))
        known.answers[method] = cast("dict[str, Any]", answer.data)

    assert inspector.answers() == {name_of(method) for method in METHODS}


async def test_refusals_are_as_published(workspace: Workspace, inspector: Inspector) -> None:
    api = api_of(workspace)

    assert await api.error("chat_postMessage", channel=APPROVALS, text="x", blocks=[{"type": "poem"}])
    assert await api.error("views_open", trigger_id="1.2.x", view={"type": "modal"})
    with pytest.raises(SlackApiError):
        await api("api_call", api_method="chat.shout")

    assert inspector.validated == {"Refusal"}


async def test_everything_that_is_sent_to_an_app_is_as_published(workspace: Workspace, inspector: Inspector) -> None:
    api = api_of(workspace)
    async with http_bot(workspace) as bot:
        bot.submission_answer = {"response_action": "push", "view": modal(notify_on_close=True)}
        sure = {"title": plain("Sure?"), "text": mrkdwn("*Now*"), "confirm": plain("Yes"), "deny": plain("No")}
        described = option(description=plain("Calls the next people"), url="https://acme.test/runbook")
        menu = overflow(options=[described, option("I'm looking", "look")], confirm=sure)
        asks = [actions(button("approve", style="primary", confirm=sure), menu)]
        posted = await api("chat_postMessage", channel=APPROVALS, text="x", blocks=asks)
        await workspace.press(Press(user=BO, channel=APPROVALS, ts=posted["ts"], action_id="details", value="escalate"))
        await workspace.click(user=BO, channel=APPROVALS, ts=posted["ts"], action_id="approve")
        again = await api("chat_postMessage", channel=APPROVALS, text="x", blocks=card())
        asked = (await workspace.click(user=BO, channel=APPROVALS, ts=again["ts"], action_id="reject")).view
        assert asked is not None
        pushed = (await workspace.submit_view(BO, asked.id, {"reason": "flaky gate"})).view
        assert pushed is not None
        await workspace.close_view(BO, pushed.id)
        await workspace.command(BO, APPROVALS, "/jit", "list @ana")
        await workspace.shortcut(BO, "ask")
        said = workspace.say(BO, APPROVALS, f"<@U0JITBOT0> <{LINK}>")
        await workspace.quiet()
        await workspace.message_shortcut(user=BO, channel=APPROVALS, ts=said.ts, callback_id="ask_about")
        await api("views_publish", user_id=BO, view={"type": "home", "blocks": [section(), actions(button("details"))]})
        workspace.open_home(BO)
        home = workspace.home(BO)
        assert home is not None
        await workspace.press_in_view(PressInView(user=BO, view=home.id, action_id="details"))
        await api("users_lookupByEmail", email="eve@other.test")
        workspace.put_usergroup(UserGroup(id="S0PAYQA00", handle="payments-qa", name="Payments QA", members=(BO,)))
        await workspace.quiet()

    assert {name for name in all_names() if name.endswith(("Payload", "Heard"))} <= inspector.validated
    assert inspector.excused == {known for known in EXCEPTIONS if known[0] != "Refusal"}


def test_what_slack_would_not_say_is_complained_of() -> None:
    inspector = Inspector()

    inspector(Answered(method="chat.delete", document={"ok": True, "colour": "red"}))
    inspector(Answered(method="chat.delete", document={"ok": False, "error": "no", "colour": "red"}))
    inspector(Answered(method="users.info", document={"ok": True, "user": {"id": 7}}))

    assert len(inspector.complaints) == 3
    with pytest.raises(AssertionError):
        inspector.require_no_complaints()
