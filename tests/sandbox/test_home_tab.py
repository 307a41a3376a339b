"""The Home tab of the local workspace: published strictly, announced when it is opened, and used like a dialog."""

import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import aiohttp
import pytest

from bot.sandbox import Workspace
from bot.sandbox.answers import REQUIRED, draw_state, find_errors
from tests.fakes.slack import CONFIG, Api, api_of, running_workspace
from tests.sandbox.bolt import EchoBot, http_bot
from tests.sandbox.cards import actions, button, plain, question, section

Json = dict[str, Any]

BO = "U0BO00000"
ANA = "U0ANA0000"


@pytest.fixture
async def workspace() -> AsyncGenerator[Workspace]:
    async with running_workspace(replace(CONFIG, events=frozenset({"app_home_opened"}))) as running:
        yield running


@pytest.fixture
async def bot(workspace: Workspace) -> AsyncGenerator[EchoBot]:
    async with http_bot(workspace) as running:
        yield running


def home(*blocks: Json, **more: Any) -> Json:  # noqa: ANN401 - any field of a view
    return {"type": "home", "blocks": list(blocks) or [section("Nothing waits for you.")], **more}


def boxes(*values: str, action_id: str = "pick", **more: Any) -> Json:  # noqa: ANN401 - any field of an element
    options = [{"text": plain(f"Select {value}"), "value": value} for value in values]
    return {"type": "checkboxes", "action_id": action_id, "options": options, **more}


async def test_what_is_published_is_what_the_person_has(workspace: Workspace, api: Api) -> None:
    answer = await api("views_publish", user_id=BO, view=home(private_metadata="mine", callback_id="home"))

    shown = workspace.home(BO)
    assert shown is not None
    assert answer["view"]["id"] == shown.id
    assert {key: answer["view"][key] for key in ("type", "private_metadata", "callback_id", "root_view_id")} == {
        "type": "home",
        "private_metadata": "mine",
        "callback_id": "home",
        "root_view_id": shown.id,
    }
    assert workspace.home(ANA) is None


async def test_published_again_it_keeps_its_id_and_changes_its_hash(api: Api) -> None:
    first = (await api("views_publish", user_id=BO, view=home()))["view"]
    second = (await api("views_publish", user_id=BO, view=home(), hash=first["hash"]))["view"]

    assert first["id"] == second["id"]
    assert first["hash"] != second["hash"]


async def test_a_hash_that_is_not_the_last_one_is_a_conflict(workspace: Workspace, api: Api) -> None:
    first = (await api("views_publish", user_id=BO, view=home()))["view"]
    await api("views_publish", user_id=BO, view=home(section("newer")))

    assert await api.error("views_publish", user_id=BO, view=home(), hash=first["hash"]) == "hash_conflict"
    shown = workspace.home(BO)
    assert shown is not None
    assert "newer" in json.dumps(shown.blocks)


@pytest.mark.parametrize(
    ("view", "error"),
    [
        (home(*[section()] * 101), "invalid_arguments"),
        (home(title=plain("A title")), "invalid_arguments"),
        (home(submit=plain("Send")), "invalid_arguments"),
        ({"type": "modal", "title": plain("x"), "blocks": []}, "invalid_arguments"),
        (home(private_metadata="x" * 3001), "invalid_arguments"),
        (home(actions(boxes(*map(str, range(11))))), "invalid_arguments"),
        (home(actions(boxes("a", initial_options=[{"text": plain("b"), "value": "b"}]))), "invalid_arguments"),
        (home(*[section("x" * 2900)] * 90), "view_too_large"),
    ],
    ids=["blocks", "title", "submit", "dialog", "metadata", "boxes", "ticked", "bytes"],
)
async def test_what_slack_would_not_take_is_not_taken(api: Api, workspace: Workspace, view: Json, error: str) -> None:
    assert await api.error("views_publish", user_id=BO, view=view) == error
    assert workspace.home(BO) is None


async def test_nobody_has_no_home_tab(api: Api) -> None:
    assert await api.error("views_publish", user_id="U0NOBODY0", view=home()) == "invalid_arguments"


async def test_an_app_whose_home_tab_is_off_cannot_publish() -> None:
    async with running_workspace(replace(CONFIG, home_tab=False)) as workspace:
        assert await api_of(workspace).error("views_publish", user_id=BO, view=home()) == "not_enabled"


async def test_the_app_hears_who_opened_its_home_tab_and_what_stood_there(
    workspace: Workspace, api: Api, bot: EchoBot
) -> None:
    workspace.open_home(BO)
    await api("views_publish", user_id=BO, view=home(private_metadata="page 2"))
    workspace.open_home(BO)
    await workspace.quiet()

    first, second = (body["event"] for body in bot.seen)
    assert {key: first[key] for key in ("type", "user", "channel", "tab")} == {
        "type": "app_home_opened",
        "user": BO,
        "channel": "D0BO00000",
        "tab": "home",
    }
    assert "view" not in first
    assert second["view"]["private_metadata"] == "page 2"


async def test_the_page_says_which_tab_is_opened(workspace: Workspace, bot: EchoBot) -> None:
    url = workspace.config.base_url
    async with aiohttp.ClientSession() as session:
        for path in ("/?channel=D0BO00000&tab=home", "/?channel=D0BO00000", "/?channel=C0APPROVE"):
            async with session.get(url + path) as answer:
                assert answer.status == 200
    await workspace.quiet()

    assert [body["event"]["tab"] for body in bot.seen] == ["home", "messages"]


async def test_a_click_on_the_home_tab_brings_what_is_ticked(workspace: Workspace, api: Api, bot: EchoBot) -> None:
    rows = [actions(boxes(one), block_id=one) for one in ("12", "13", "14")]
    await api("views_publish", user_id=BO, view=home(*rows, actions(button("details"), block_id="bulk")))
    shown = workspace.home(BO)
    assert shown is not None

    typed = {one: {"pick": json.dumps([one])} for one in ("12", "14")}
    await workspace.press_home(BO, "details", typed)

    (body,) = bot.seen
    assert body["container"] == {"type": "view", "view_id": shown.id}
    assert body["view"]["type"] == "home"
    assert "response_url" not in body
    values = body["view"]["state"]["values"]
    chosen = {block: [option["value"] for option in values[block]["pick"]["selected_options"]] for block in values}
    assert chosen == {"12": ["12"], "13": [], "14": ["14"]}


@pytest.mark.parametrize(("ticked", "complaints"), [("[]", {"who": REQUIRED}), ('["b"]', {})])
def test_boxes_that_must_be_ticked_are_asked_for(ticked: str, complaints: dict[str, str]) -> None:
    block = {**question("who"), "element": boxes("a", "b")}

    assert find_errors([block], {"who": {"pick": ticked}}) == complaints


def test_boxes_that_nobody_touched_are_as_they_were_drawn() -> None:
    first = boxes("a")["options"][0]
    block = {**question("who"), "element": boxes("a", "b", initial_options=[first])}

    assert draw_state([block], {}) == {"who": {"pick": {"type": "checkboxes", "selected_options": [first]}}}
