"""The Home tab in a real browser: what waits for somebody is ticked, answered in one dialog, and is gone from it."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.browsing import PATIENCE, picture
from tests.journeys.living import BO, CHEN, DIA, GUS, Home, at_home, listening, words_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with at_home(tmp_path) as living, listening(living):
        yield living


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
    await page.screenshot(path=picture("home-tab"), full_page=True)

    await page.get_by_role("button", name="Decide selected …").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Decide 3 requests", timeout=PATIENCE)
    await home.slack.command(CHEN, "C0APPROVE", "/jit", f"approve {asked[1]['number']}")
    await dialog.get_by_label("Your answer to each of them").select_option("reject")
    await dialog.get_by_role("textbox").fill("the refund test is red")
    await page.screenshot(path=picture("home-decide"))
    await dialog.get_by_role("button", name="Send").click()

    await expect(dialog).to_contain_text("2 of 3 were counted.", timeout=PATIENCE)
    await page.screenshot(path=picture("home-decided"))
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
    await page.screenshot(path=picture("home-on-a-phone"), full_page=True)


async def test_somebody_is_picked_to_answer_until_a_moment_in_the_readers_zone_and_it_is_taken_back(
    home: Home, browser: Browser
) -> None:
    asked = await home.ask(title="Deploy payments 1.42.0", callback_url=home.pipeline.url)
    context = await browser.new_context(viewport={"width": 1200, "height": 1000}, timezone_id="America/New_York")
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{home.slack.config.base_url}/?as={BO}")
    await page.goto(f"{home.slack.config.base_url}/?channel=D{BO[1:]}&tab=home")
    tab = page.get_by_role("region", name="Home")

    await tab.get_by_role("button", name="Let somebody answer in my name …").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Who may answer in your name?").select_option(label="Gus Guest")
    await dialog.get_by_label("Until when?").fill("2020-01-01T09:00")
    await dialog.get_by_role("button", name="Let them answer").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("Guests can't decide", timeout=PATIENCE)
    await dialog.get_by_label("Who may answer in your name?").select_option(label="Dia Diallo")
    await dialog.get_by_role("button", name="Let them answer").click()
    await expect(dialog.get_by_role("alert")).to_contain_text("over already", timeout=PATIENCE)
    await expect(dialog.get_by_label("Until when?")).to_have_value("2020-01-01T09:00")

    end = (datetime.now(ZoneInfo("America/New_York")) + timedelta(days=3)).replace(hour=18, minute=30)
    await dialog.get_by_label("Until when?").fill(f"{end:%Y-%m-%dT%H:%M}")
    await page.screenshot(path=picture("delegate-dialog"))
    await dialog.get_by_role("button", name="Let them answer").click()
    there = end.astimezone(ZoneInfo("Europe/Berlin"))
    await expect(dialog).to_contain_text(f"{there:%Y-%m-%d %H:%M} (Europe/Berlin) dia", timeout=PATIENCE)
    await dialog.get_by_role("button", name="Close").last.click()
    await expect(tab).to_contain_text("dia@acme.test may answer in your name until", timeout=PATIENCE)
    await page.screenshot(path=picture("home-delegation"), full_page=True)

    await tab.get_by_role("button", name="Take it back").click()
    await page.get_by_role("button", name="Take it back").last.click()
    await expect(tab).to_contain_text("You have delegated to nobody", timeout=PATIENCE)
    assert (await home.show(str(asked["id"])))["state"] == "pending"
    assert [words_of(one) for one in home.slack.dms(DIA)]
    await page.context.close()
