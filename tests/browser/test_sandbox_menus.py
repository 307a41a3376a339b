"""Menus of the local workspace in a real browser: shortcuts everywhere and at a message, by mouse and by keyboard."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.sandbox import Workspace
from tests.fakes.slack import CONFIG, running_workspace
from tests.sandbox.bolt import EchoBot, http_bot
from tests.sandbox.test_shortcuts import ASK, ASK_ABOUT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

APPROVALS = "C0APPROVE"
PHONE = {"width": 380, "height": 740}
PATIENCE = 30_000
"""Milliseconds; the machine may be busy."""

Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="module")
async def workspace() -> AsyncGenerator[Workspace]:
    config = replace(
        CONFIG,
        shortcuts=(ASK, ASK_ABOUT),
        events=frozenset({"app_mention", "link_shared"}),
        unfurl_domains=("acme.test",),
    )
    async with running_workspace(config) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def bot(workspace: Workspace) -> AsyncGenerator[EchoBot]:
    async with http_bot(workspace) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser, workspace: Workspace) -> AsyncGenerator[Open]:
    expect.set_options(timeout=PATIENCE)

    async def open_page(**context: object) -> Page:
        page = await (await browser.new_context(**context)).new_page()  # pyright: ignore[reportArgumentType] - by their names
        page.set_default_timeout(PATIENCE)
        await page.goto(f"{workspace.config.base_url}/?channel={APPROVALS}")
        return page

    yield open_page
    for context in browser.contexts:
        await context.close()


async def test_a_shortcut_is_chosen_by_keyboard_and_opens_its_dialog(bot: EchoBot, visit: Open) -> None:
    page = await visit()
    await page.get_by_label("Shortcuts").first.focus()

    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Request approval")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Request approval")).not_to_be_visible()
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("dialog")).to_contain_text("What is it about?")
    assert [body["type"] for body in bot.seen] == ["shortcut"]


async def test_a_message_has_its_own_menu_also_on_a_phone(workspace: Workspace, bot: EchoBot, visit: Open) -> None:
    said = workspace.say("U0ANA0000", APPROVALS, "may this go out?")
    page = await visit(viewport=PHONE, has_touch=True)

    await page.get_by_label("More actions").first.tap()
    width = await page.evaluate("document.documentElement.scrollWidth")
    await page.get_by_role("button", name="Request approval for this message").tap()

    await expect(page.get_by_role("dialog")).to_contain_text("What is it about?")
    assert width == PHONE["width"]
    assert bot.seen[0]["message"]["ts"] == said.ts


async def test_a_mention_and_a_link_typed_here_are_heard_and_the_card_is_shown(bot: EchoBot, visit: Open) -> None:
    page = await visit()
    await page.get_by_role("combobox", name="Message approvals").fill("@jit https://jit.acme.test/requests/7")

    await page.keyboard.press("Enter")

    await expect(page.get_by_role("log")).to_contain_text("#7 waits")
    await expect(page.get_by_role("log")).to_contain_text("@jit")
    assert {body["event"]["type"] for body in bot.seen} == {"app_mention", "link_shared"}
