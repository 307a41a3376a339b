"""What several people see who work on one request, each in a browser of their own; docs/images comes from here."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.sandbox import SlashCommand, Word
from handlers.slack.jit.words import USAGE
from tests.journeys.browsing import PATIENCE, choose, picture, the_card, the_page
from tests.journeys.living import ANA, APPROVALS, BO, CHEN, DIA, GUS, POLICY, Home, at_home, listening

pytestmark = [pytest.mark.browser, pytest.mark.slow]

CHAIN = """\
  - name: a chain
    when: request.action == "rollback"
    then: require_approval
    route: {channel: "#payments-releases"}
    stages:
      - {name: qa, approvers: [qa], quorum: 2}
      - {name: release, approvers: [dia@acme.test]}
    forbid: [requester]
  - name: dia alone
    when: request.action == "wipe"
    then: require_approval
    route: {channel: "#payments-releases"}
    stages: [{name: release, approvers: [dia@acme.test]}]
"""
WORDS = tuple(Word(text=word.value, hint=f"{usage}: {what}") for word, (usage, what) in USAGE.items())
JIT = SlashCommand(name="/jit", description="Look at requests and answer them", usage_hint="help", words=WORDS)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    (tmp_path / "policy.yaml").write_text(POLICY + CHAIN, encoding="utf-8")
    async with at_home(tmp_path) as living, listening(living):
        living.slack.state.config = replace(living.slack.config, commands=(JIT,))
        yield living


async def draw(page: Page, name: str) -> None:
    """Keep a picture of the newest card; what else the page has is cut away, for a card is redrawn at any moment."""
    clip = await page.evaluate("document.querySelector('#timeline > li:last-child').getBoundingClientRect().toJSON()")
    await page.screenshot(path=picture(name), clip=clip)


async def test_three_people_bring_a_chain_of_two_stages_to_its_end(home: Home, browser: Browser) -> None:
    asked = await home.ask(
        action="rollback", environment="staging", title="Roll back payments to 1.41.3", callback_url=home.pipeline.url
    )
    pages = {user: await the_page(browser, home, user) for user in (BO, CHEN, DIA)}

    await the_card(pages[BO]).get_by_role("button", name="Approve").click()
    await expect(the_card(pages[CHEN])).to_contain_text("1 of 2", timeout=PATIENCE)
    await draw(pages[CHEN], "card-chain")
    await the_card(pages[CHEN]).get_by_role("button", name="Approve").click()
    await expect(the_card(pages[DIA])).to_contain_text("stage 2 of 2", timeout=PATIENCE)
    await the_card(pages[BO]).get_by_role("button", name="Approve").click()
    await expect(pages[BO].get_by_text("Only visible to you")).to_be_visible(timeout=PATIENCE)
    assert (await home.show(str(asked["id"])))["state"] == "pending"
    await the_card(pages[DIA]).get_by_role("button", name="Approve").click()

    ended = await home.show(str(asked["id"]), wait=5)
    assert [(one["by"]["person"], one["stage"]) for one in ended["reviews"]] == [
        ("bo", "qa"),
        ("chen", "qa"),
        ("dia@acme.test", "release"),
    ]
    assert ended["state"] == "approved"
    for page in pages.values():
        await expect(the_card(page).get_by_role("button", name="Approve")).to_have_count(0, timeout=PATIENCE)
    await draw(pages[DIA], "card-approved")
    await pages[DIA].get_by_role("link", name="replies").first.click()
    await expect(pages[DIA].get_by_role("complementary", name="Thread")).to_contain_text(
        "is asked now", timeout=PATIENCE
    )
    await pages[DIA].screenshot(path=picture("thread"))
    await home.heard()


async def test_a_question_goes_to_the_requester_and_the_answer_brings_it_back(home: Home, browser: Browser) -> None:
    asked = await home.ask(callback_url=home.pipeline.url)
    approver = await the_page(browser, home, BO)
    await choose(approver, "Ask a question …")
    dialog = approver.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("Is test_refund red on main, too?")
    await dialog.get_by_role("button", name="Ask").click()
    await expect(the_card(approver)).to_contain_text("Is test_refund red on main, too?", timeout=PATIENCE)
    await draw(approver, "card-question")
    assert (await home.show(str(asked["id"])))["state"] == "needs_info"

    requester = await the_page(browser, home, ANA)
    await the_card(requester).get_by_role("button", name="Answer").click()
    dialog = requester.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("Yes, since Tuesday: the sandbox bank is down")
    await dialog.get_by_role("button", name="Answer").click()

    await expect(the_card(approver)).to_contain_text("since Tuesday: the sandbox bank is down", timeout=PATIENCE)
    await the_card(approver).get_by_role("button", name="Approve").click()
    assert (await home.show(str(asked["id"]), wait=5))["state"] == "approved"


async def test_whoever_goes_on_holiday_lends_their_right_by_a_completed_command(home: Home, browser: Browser) -> None:
    asked = await home.ask(
        action="wipe", title="Wipe the staging database", environment="staging", callback_url=home.pipeline.url
    )
    dia = await the_page(browser, home, DIA, APPROVALS)
    box = dia.get_by_role("combobox").last
    await box.focus()
    await dia.keyboard.type("/j")
    await dia.keyboard.press("Tab")
    await dia.keyboard.type("del")
    await expect(dia.get_by_role("listbox", name="Commands").get_by_role("option")).to_have_count(1)
    await dia.screenshot(path=picture("completion"))
    await dia.keyboard.press("Enter")
    await expect(box).to_have_value("/jit delegate ")
    await dia.keyboard.type("@chen for 2h")
    await dia.keyboard.press("Enter")
    await expect(dia.get_by_role("log")).to_contain_text("may answer in your name", timeout=PATIENCE)
    await dia.screenshot(path=picture("delegated"))

    chen = await the_page(browser, home, CHEN)
    await the_card(chen).get_by_role("button", name="Approve").click()
    await expect(the_card(chen)).to_contain_text("for dia@acme.test", timeout=PATIENCE)
    ended = await home.show(str(asked["id"]), wait=5)
    assert (ended["state"], ended["reviews"][0]["on_behalf_of"]["slack_id"]) == ("approved", DIA)


async def test_a_guest_is_refused_and_reads_why(home: Home, browser: Browser) -> None:
    asked = await home.ask(callback_url=home.pipeline.url)
    guest = await the_page(browser, home, GUS, width=380)

    await the_card(guest).get_by_role("button", name="Approve").click()

    notice = guest.get_by_text("Only visible to you")
    await expect(notice).to_be_visible(timeout=PATIENCE)
    await guest.screenshot(path=picture("guest-refused"))
    await expect(guest.get_by_role("log")).to_contain_text("Guests of this workspace can't decide")
    assert (await home.show(str(asked["id"])))["state"] == "pending"
