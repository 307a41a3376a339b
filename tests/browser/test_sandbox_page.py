"""The local workspace in a real browser: a card posted by API, answered by mouse, by keyboard, and on a phone."""

import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from bot.sandbox import Workspace
from tests.fakes.slack import api_of, running_workspace
from tests.sandbox.bolt import EchoBot, http_bot
from tests.sandbox.cards import actions, button, card, mrkdwn, plain, section

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.asyncio(loop_scope="module")]

APPROVALS = "C0APPROVE"
BO = "U0BO00000"
PHONE = {"width": 380, "height": 740}
PATIENCE = 30_000
"""Milliseconds; the machine may be busy."""

Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture(loop_scope="module")
async def workspace() -> AsyncGenerator[Workspace]:
    async with running_workspace() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def bot(workspace: Workspace) -> AsyncGenerator[EchoBot]:
    async with http_bot(workspace) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def visit(browser: Browser, workspace: Workspace) -> AsyncGenerator[Open]:
    """Open the page as somebody; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    expect.set_options(timeout=PATIENCE)

    async def open_page(path: str = f"/?channel={APPROVALS}", **context: Any) -> Page:  # noqa: ANN401 - the browser's own
        page = await (await browser.new_context(**context)).new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        await page.goto(workspace.config.base_url + path)
        return page

    yield open_page
    for context in browser.contexts:
        await context.close()
    assert complaints == []


async def posted(workspace: Workspace, **more: object) -> str:
    answer = await api_of(workspace)(
        "chat_postMessage", **{"channel": APPROVALS, "text": "x", "blocks": card(), **more}
    )
    return answer["ts"]


async def test_a_card_is_shown_at_once_and_approved_by_mouse(workspace: Workspace, bot: EchoBot, visit: Open) -> None:
    page = await visit()
    await posted(workspace)

    await page.get_by_role("button", name="Approve").click()

    await expect(page.get_by_role("log")).to_contain_text("Approved")
    await expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    assert bot.seen[0]["user"]["id"] == BO


async def test_rejecting_asks_why_shows_the_field_error_and_then_closes(
    workspace: Workspace, bot: EchoBot, visit: Open
) -> None:
    await posted(workspace)
    page = await visit()
    await page.get_by_role("button", name="Reject").click()
    dialog = page.get_by_role("dialog")
    bot.submission_answer = {"response_action": "errors", "errors": {"reason": "Say more."}}

    await dialog.get_by_label("Why?").fill("no")
    await dialog.get_by_role("button", name="Reject").click()
    await expect(dialog.get_by_role("alert")).to_have_text("Say more.")
    await expect(dialog.get_by_label("Why?")).to_have_value("no")
    bot.submission_answer = {}
    await dialog.get_by_label("Why?").fill("the new failure is ours")
    await dialog.get_by_role("button", name="Reject").click()

    await expect(dialog).to_have_count(0)
    assert bot.seen[-1]["view"]["state"]["values"]["reason"]["reason_text"]["value"] == "the new failure is ours"


async def test_everything_can_be_done_by_keyboard_alone(workspace: Workspace, bot: EchoBot, visit: Open) -> None:
    await posted(workspace)
    page = await visit()
    await page.get_by_role("button", name="Approve").focus()

    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("Why?")).to_be_focused()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await page.get_by_role("button", name="Reject").focus()
    await page.keyboard.press("Space")
    await expect(page.get_by_label("Why?")).to_be_focused()
    await page.keyboard.type("flaky gate")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("dialog")).to_have_count(0)

    assert bot.seen[-1]["type"] == "view_submission"


async def test_a_command_is_completed_and_its_answer_is_only_for_the_asker(bot: EchoBot, visit: Open) -> None:
    page = await visit()
    box = page.get_by_role("combobox", name="Message approvals")
    await box.focus()

    await page.keyboard.type("/j")
    await expect(page.get_by_role("listbox", name="Commands").get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Tab")
    await page.keyboard.type("li")
    await page.keyboard.press("Enter")
    await expect(box).to_have_value("/jit list ")
    await page.keyboard.press("Enter")

    await expect(page.get_by_role("log")).to_contain_text("Only visible to you")
    assert bot.commands[0]["text"] == "list"
    await page.get_by_role("button", name="Dismiss").click()
    await expect(page.get_by_text("Only visible to you")).to_have_count(0)


async def test_an_app_that_does_not_answer_is_complained_of_on_the_page(workspace: Workspace, visit: Open) -> None:
    await posted(workspace)
    workspace.point_at("http://127.0.0.1:1/")
    page = await visit()

    await page.get_by_role("button", name="Approve").click()

    await expect(page.get_by_role("status")).to_have_text("JIT Approvals responded with an error.")


async def test_a_confirmation_is_asked_before_anything_is_sent(workspace: Workspace, bot: EchoBot, visit: Open) -> None:
    question = {"title": plain("Sure?"), "text": mrkdwn("It goes live."), "confirm": plain("Yes"), "deny": plain("No")}
    await posted(workspace, blocks=[section(), actions(button("approve", confirm=question))])
    page = await visit()

    await page.get_by_role("button", name="Approve").click()
    await page.get_by_role("button", name="No", exact=True).click()
    assert bot.seen == []
    await page.get_by_role("button", name="Approve").click()
    await page.get_by_role("button", name="Yes").click()

    await expect(page.get_by_role("log")).to_contain_text("Approved")


async def test_people_differ_in_what_they_see_and_unread_messages_are_counted(
    workspace: Workspace, bot: EchoBot, visit: Open
) -> None:
    assert bot.seen == []
    page = await visit()
    await api_of(workspace)("chat_postMessage", channel="C0PAYMENT", text="new here")
    await expect(page.get_by_role("link", name="payments-releases")).to_contain_text("1")

    await page.get_by_label("You are").select_option("U0GUS0000")

    await expect(page.get_by_role("link", name="incidents")).to_have_count(0)
    await expect(page.get_by_role("link", name="payments-releases")).to_have_count(1)


async def test_a_thread_opens_beside_the_channel_and_takes_replies(
    workspace: Workspace, bot: EchoBot, visit: Open
) -> None:
    ts = await posted(workspace)
    await posted(workspace, thread_ts=ts, blocks=[section("Step one")])
    page = await visit()

    await page.get_by_role("link", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread).to_contain_text("Step one")
    await thread.get_by_role("textbox", name="Reply").fill("Thanks <b>all</b>")
    await page.keyboard.press("Enter")

    await expect(thread).to_contain_text("Thanks <b>all</b>")
    assert [reply.text for reply in workspace.thread(APPROVALS, ts)] == ["x", "Thanks &lt;b&gt;all&lt;/b&gt;"]
    assert bot.seen == []


async def test_a_card_fits_a_phone_and_can_be_answered_there(workspace: Workspace, bot: EchoBot, visit: Open) -> None:
    long_name = "tests/api/test_refunds.py::TestPartialRefunds::test_that_has_a_very_long_name_indeed_" + "x" * 80
    await posted(workspace, blocks=[section(f"`{long_name}`"), *card()])
    page = await visit(viewport=PHONE, has_touch=True)

    width = await page.evaluate("document.documentElement.scrollWidth")
    await page.get_by_role("button", name="Approve").tap()
    await expect(page.get_by_role("log")).to_contain_text("Approved")
    await page.get_by_role("button", name="Channels").tap()
    await page.get_by_role("link", name="JIT Approvals").tap()

    await expect(page.get_by_role("heading", name="JIT Approvals")).to_be_visible()
    assert width == PHONE["width"]
    assert len(bot.seen) == 1


async def test_the_message_that_a_link_leads_to_is_marked_and_stays_so_while_it_is_drawn_anew(
    workspace: Workspace, visit: Open
) -> None:
    said, other = workspace.say(BO, APPROVALS, "this one"), workspace.say(BO, APPROVALS, "not this one")
    page = await visit(f"/archives/{APPROVALS}/p{said.ts.replace('.', '')}")
    marked = re.compile("inset")

    await expect(page.locator(f"[id='m-{said.ts}']")).to_have_css("box-shadow", marked)
    for count in ("1 reply", "2 replies"):
        workspace.say(BO, APPROVALS, "more of it", said.ts)
        await expect(page.locator(f"[id='m-{said.ts}']")).to_contain_text(count)
        await expect(page.locator(f"[id='m-{said.ts}']")).to_have_css("box-shadow", marked)
    await expect(page.locator(f"[id='m-{other.ts}']")).to_have_css("box-shadow", "none")


async def test_no_line_ends_within_a_time_of_day(workspace: Workspace, visit: Open) -> None:
    await posted(workspace, blocks=[section("until <!date^1700000000^{date_short} at {time}|then>")])
    page = await visit(locale="en-US", timezone_id="UTC")

    drawn = await page.locator("time[data-date]").last.text_content()

    assert drawn is not None
    assert drawn.split(" ") == ["Nov", "14,", "2023", "at", "10:13\u00a0PM"]
