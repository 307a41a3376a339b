"""The Home tab in a real browser: what waits for somebody is ticked, answered in one dialog, and is gone from it."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from handlers.slack import EVENTS
from tests.browser.chromium import launched
from tests.journeys.living import BO, CHEN, GUS, Home, at_home

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PATIENCE = 20_000.0
PICTURES = Path(__file__).parents[2] / "test-output"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with at_home(tmp_path) as living:
        living.slack.state.config = replace(living.slack.config, events=EVENTS)
        yield living


@pytest.fixture
async def browser() -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright, launched(playwright) as running:
        yield running


async def home_tab_of(browser: Browser, home: Home, user: str, width: int = 1200) -> Page:
    page = await browser.new_page(viewport={"width": width, "height": 1000})
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{home.slack.config.base_url}/?as={user}")
    await page.goto(f"{home.slack.config.base_url}/?channel=D{user[1:]}&tab=home")
    return page


async def test_many_are_rejected_at_once_and_one_that_was_settled_meanwhile_is_told(
    home: Home, browser: Browser
) -> None:
    asked = [await home.ask(title=f"Deploy payments 1.42.{n}", callback_url=home.pipeline.url) for n in range(3)]
    page = await home_tab_of(browser, home, BO)
    tab = page.get_by_role("region", name="Home")
    await expect(tab).to_contain_text("Waiting for me (3)", timeout=PATIENCE)
    for request in asked:
        await page.get_by_role("checkbox", name=f"Select #{request['number']}").check()
    PICTURES.mkdir(exist_ok=True)
    await page.screenshot(path=PICTURES / "home-tab.png", full_page=True)

    await page.get_by_role("button", name="Decide selected …").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Decide 3 requests", timeout=PATIENCE)
    await home.slack.command(CHEN, "C0APPROVE", "/jit", f"approve {asked[1]['number']}")
    await dialog.get_by_label("Your answer to each of them").select_option("reject")
    await dialog.get_by_role("textbox").fill("the refund test is red")
    await page.screenshot(path=PICTURES / "home-decide.png")
    await dialog.get_by_role("button", name="Send").click()

    await expect(dialog).to_contain_text("2 of 3 were counted.", timeout=PATIENCE)
    await page.screenshot(path=PICTURES / "home-decided.png")
    await dialog.get_by_role("button", name="Close").last.click()
    states = [(await home.show(str(request["id"]), wait=5))["state"] for request in asked]
    assert states == ["rejected", "approved", "rejected"]
    await expect(tab).to_contain_text("Nothing waits for you.", timeout=PATIENCE)
    await expect(tab).to_contain_text("Recently decided (3)", timeout=PATIENCE)
    await home.heard(3)


async def test_a_guest_reads_why_there_is_nothing_on_a_phone(home: Home, browser: Browser) -> None:
    await home.ask(title="Not for guests")
    page = await home_tab_of(browser, home, GUS, width=380)

    tab = page.get_by_role("region", name="Home")
    await expect(tab).to_contain_text("Requests are shown to full members of this workspace.", timeout=PATIENCE)
    assert "Not for guests" not in await tab.inner_text()


async def test_on_a_phone_it_is_read_turned_and_ticked_by_keyboard(home: Home, browser: Browser) -> None:
    for number in range(7):
        await home.ask(title=f"Deploy payments 1.42.{number}")
    page = await home_tab_of(browser, home, BO, width=380)
    more = page.get_by_role("button", name="2 more").first
    await expect(more).to_be_visible(timeout=PATIENCE)

    await more.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("checkbox", name="Select #7")).to_be_visible(timeout=PATIENCE)
    await page.get_by_role("checkbox", name="Select #7").focus()
    await page.keyboard.press("Space")

    await expect(page.get_by_role("checkbox", name="Select #7")).to_be_checked()
    assert await page.evaluate("document.documentElement.scrollWidth") <= 380
    PICTURES.mkdir(exist_ok=True)
    await page.screenshot(path=PICTURES / "home-on-a-phone.png", full_page=True)
