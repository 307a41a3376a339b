"""The Home tab in a real browser: beside the messages, live, by mouse and keyboard, and on a phone."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.sandbox import Workspace
from tests.fakes.slack import CONFIG, api_of, running_workspace
from tests.sandbox.bolt import EchoBot, http_bot
from tests.sandbox.cards import actions, button, plain, section, select

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

Json = dict[str, Any]

BO = "U0BO00000"
PHONE = {"width": 380, "height": 740}
PATIENCE = 30_000
"""Milliseconds; the machine may be busy."""


@pytest_asyncio.fixture(loop_scope="module")
async def workspace() -> AsyncGenerator[Workspace]:
    async with running_workspace(replace(CONFIG, events=frozenset({"app_home_opened"}))) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def bot(workspace: Workspace) -> AsyncGenerator[EchoBot]:
    async with http_bot(workspace) as running:
        yield running


async def page_of(browser: Browser, workspace: Workspace, **context: Any) -> Page:  # noqa: ANN401 - the browser's own
    expect.set_options(timeout=PATIENCE)
    page = await (await browser.new_context(**context)).new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{workspace.config.base_url}/?channel=D0BO00000&as={BO}")
    return page


def box(number: str) -> Json:
    return {
        "type": "checkboxes",
        "action_id": "pick",
        "options": [{"text": plain(f"Select #{number}"), "value": number}],
    }


def home(*numbers: str) -> Json:
    rows = [block for one in numbers for block in (section(f"Deploy {one}"), actions(box(one), block_id=f"row-{one}"))]
    last = actions(select("details", initial_option=select()["options"][0]), button("details2"), block_id="bulk")
    return {"type": "home", "blocks": [*rows, last]}


async def publish(workspace: Workspace, *numbers: str) -> None:
    await api_of(workspace)("views_publish", user_id=BO, view=home(*numbers))


async def test_the_home_tab_stands_beside_the_messages_and_follows_what_is_published(
    browser: Browser, workspace: Workspace, bot: EchoBot
) -> None:
    page = await page_of(browser, workspace)

    await page.get_by_role("link", name="Home", exact=True).click()
    await expect(page.get_by_role("region", name="Home")).to_contain_text("has not drawn this tab yet")
    await publish(workspace, "12", "13")
    await expect(page.get_by_role("region", name="Home")).to_contain_text("Deploy 13")
    await expect(page.get_by_role("link", name="Home", exact=True)).to_have_attribute("aria-current", "page")

    await page.get_by_role("link", name="Messages", exact=True).click()
    await expect(page.get_by_role("log")).to_be_visible()
    await workspace.quiet()
    assert [body["event"]["tab"] for body in bot.seen] == ["messages", "home", "messages"]
    await page.context.close()


async def test_what_is_ticked_stays_when_another_one_is_published_and_is_sent_by_keyboard(
    browser: Browser, workspace: Workspace, bot: EchoBot
) -> None:
    await publish(workspace, "12", "13")
    page = await page_of(browser, workspace)
    await page.get_by_role("link", name="Home", exact=True).click()

    await page.get_by_role("checkbox", name="Select #12").focus()
    await page.keyboard.press("Space")
    await publish(workspace, "12", "14")
    await expect(page.get_by_role("region", name="Home")).to_contain_text("Deploy 14")

    await expect(page.get_by_role("checkbox", name="Select #12")).to_be_checked()
    await expect(page.get_by_role("checkbox", name="Select #12")).to_be_focused()
    async with page.expect_response("**/page/press_in_view"):
        await page.get_by_role("combobox", name="Select an option").select_option("flaky")
    chosen = bot.seen[-1]["view"]["state"]["values"]
    assert [option["value"] for option in chosen["row-12"]["pick"]["selected_options"]] == ["12"]
    assert chosen["row-14"]["pick"]["selected_options"] == []
    await page.context.close()


async def test_on_a_phone_nothing_is_wider_than_the_screen(
    browser: Browser, workspace: Workspace, bot: EchoBot
) -> None:
    await publish(workspace, *[str(number) for number in range(10, 20)])
    page = await page_of(browser, workspace, viewport=PHONE)

    await page.get_by_role("link", name="Home", exact=True).click()
    await page.get_by_role("checkbox", name="Select #19").check()

    await expect(page.get_by_role("region", name="Home")).to_contain_text("Deploy 19")
    assert await page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert bot.seen
    await page.context.close()
