"""Menus of the local workspace in a real browser: shortcuts, and those of cards, by mouse and by keyboard."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.sandbox import Workspace
from tests.fakes.slack import CONFIG, api_of, running_workspace
from tests.sandbox.bolt import EchoBot, http_bot
from tests.sandbox.cards import actions, button, option, overflow, plain, section
from tests.sandbox.test_shortcuts import ASK, ASK_ABOUT

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

APPROVALS = "C0APPROVE"
PHONE = {"width": 380, "height": 740}
PATIENCE = 30_000
"""Milliseconds; the machine may be busy."""

PRESSED = "**/page/press"

Open = Callable[..., Awaitable[Page]]
Json = dict[str, Any]


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


async def test_a_menu_stays_open_under_the_hand_while_its_message_is_drawn_anew(
    workspace: Workspace, bot: EchoBot, visit: Open
) -> None:
    said = workspace.say("U0ANA0000", APPROVALS, "may this go out, too?")
    page = await visit()
    line = page.locator(f"[id='m-{said.ts}']")
    shortcut = line.get_by_role("button", name="Request approval for this message")
    await line.get_by_label("More actions").first.focus()
    await page.keyboard.press("Enter")

    workspace.say("U0ANA0000", APPROVALS, "it is green", said.ts)
    await expect(line).to_contain_text("1 reply")
    await expect(line.get_by_label("More actions").first).to_be_focused()
    await page.keyboard.press("Tab")
    await expect(shortcut).to_be_focused()
    workspace.say("U0ANA0000", APPROVALS, "still is", said.ts)
    await expect(line).to_contain_text("2 replies")
    await expect(shortcut).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("dialog")).to_contain_text("What is it about?")
    assert bot.seen[0]["message"]["ts"] == said.ts
    await expect(shortcut).not_to_be_visible()


async def test_a_mention_and_a_link_typed_here_are_heard_and_the_card_is_shown(bot: EchoBot, visit: Open) -> None:
    page = await visit()
    await page.get_by_role("combobox", name="Message approvals").fill("@jit https://jit.acme.test/requests/7")

    await page.keyboard.press("Enter")

    await expect(page.get_by_role("group", name="Shown by JIT Approvals")).to_contain_text("#7 waits")
    await expect(page.get_by_role("log")).to_contain_text("@jit")
    assert {body["event"]["type"] for body in bot.seen} == {"app_mention", "link_shared"}


MENU = [option("Ask a question", "ask"), option("Escalate", "now", description=plain("Calls the next people at once"))]


async def put_menu(workspace: Workspace, **more: Json) -> None:
    """Let the app post a card whose row ends with a menu."""
    row = actions(button("approve"), button("reject"), overflow() | {"options": MENU, **more})
    await api_of(workspace)("chat_postMessage", channel=APPROVALS, text="card", blocks=[section(), row])


async def test_arrows_go_through_a_menu_and_escape_leads_back_to_its_dots(
    workspace: Workspace, bot: EchoBot, visit: Open
) -> None:
    await put_menu(workspace)
    page = await visit()
    dots = page.get_by_role("button", name="More options")
    ask, escalate = page.get_by_role("menuitem", name="Ask"), page.get_by_role("menuitem", name="Escalate")
    await dots.focus()

    for key, focused in [
        ("ArrowDown", ask),
        ("ArrowDown", escalate),
        ("ArrowDown", ask),
        ("ArrowUp", escalate),
        ("Home", ask),
        ("End", escalate),
        ("Escape", dots),
        ("ArrowUp", escalate),
        ("Tab", None),
    ]:
        await page.keyboard.press(key)
        if focused is not None:
            await expect(focused).to_be_focused()
    await expect(ask).not_to_be_visible()
    await dots.press("Enter")
    await expect(ask).to_be_visible()
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    async with page.expect_response(PRESSED):
        await page.keyboard.press("Enter")

    await expect(ask).not_to_be_visible()
    await expect(dots).to_be_focused()
    assert [body["actions"][0]["selected_option"]["value"] for body in bot.seen] == ["now"]


async def test_what_is_chosen_from_stays_under_the_hand_while_its_card_is_drawn_anew(
    workspace: Workspace, bot: EchoBot, visit: Open
) -> None:
    await put_menu(workspace)
    page = await visit()
    line = page.get_by_role("log").get_by_role("listitem").filter(has_text="Escalate").last
    escalate = line.get_by_role("menuitem", name="Escalate")
    await line.get_by_role("button", name="More options").focus()
    await page.keyboard.press("ArrowUp")

    workspace.say("U0ANA0000", APPROVALS, "look at this", await line.get_attribute("data-ts"))

    await expect(line).to_contain_text("1 reply")
    await expect(escalate).to_be_focused()
    async with page.expect_response(PRESSED):
        await page.keyboard.press("Enter")
    assert [body["actions"][0]["selected_option"]["value"] for body in bot.seen] == ["now"]


async def test_a_menu_that_asks_first_sends_nothing_for_a_no(workspace: Workspace, bot: EchoBot, visit: Open) -> None:
    sure = {"title": plain("Sure?"), "text": plain("People are called."), "confirm": plain("Yes"), "deny": plain("No")}
    await put_menu(workspace, confirm=sure)
    page = await visit()

    async def choose_and_say(answer: str) -> None:
        await page.get_by_role("button", name="More options").click()
        await page.get_by_role("menuitem", name="Escalate").click()
        await expect(page.get_by_role("dialog")).to_contain_text("People are called.")
        await page.get_by_role("button", name=answer, exact=True).click()
        await expect(page.get_by_role("dialog")).not_to_be_visible()

    await choose_and_say("No")
    async with page.expect_response(PRESSED):
        await choose_and_say("Yes")

    assert len(bot.seen) == 1


@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_a_menu_has_room_on_a_phone_wherever_it_stands(
    workspace: Workspace, bot: EchoBot, visit: Open, scheme: str
) -> None:
    await put_menu(workspace)
    alone = [actions(overflow(options=MENU)), section(accessory=overflow(options=MENU))]
    await api_of(workspace)("chat_postMessage", channel=APPROVALS, text="alone", blocks=alone)
    page = await visit(viewport=PHONE, has_touch=True, color_scheme=scheme)

    for place in range(3):
        await page.get_by_role("button", name="More options").nth(place).tap()
        box = await page.get_by_role("menu").filter(visible=True).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
        assert box["y"] + box["height"] <= PHONE["height"]
        await page.keyboard.press("Escape")
    await page.get_by_role("button", name="More options").nth(0).tap()
    async with page.expect_response(PRESSED):
        await page.get_by_role("menuitem", name="Ask").tap()

    assert len(bot.seen) == 1
    assert await page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
