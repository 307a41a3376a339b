"""Somebody pastes the link to a request in the local workspace's page, and what it leads to stands below it."""

import re
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.journeys.browsing import PATIENCE, picture, the_card, the_page
from tests.journeys.living import BO, CHEN, GUS, Home, at_home, listening

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GENERAL = "C0GENERAL"
PHONE = 380


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with at_home(tmp_path) as living, listening(living):
        living.slack.state.config = replace(living.slack.config, unfurl_domains=("127.0.0.1",))
        yield living


async def write(page: Page, text: str) -> None:
    await page.get_by_role("combobox").last.fill(text)
    await page.keyboard.press("Enter")


def shown(page: Page) -> Locator:
    """Return what stands below the newest message."""
    return the_card(page).locator(".unfurl")


async def test_a_pasted_link_shows_what_is_asked_beside_its_card_and_a_link_to_it_elsewhere(
    home: Home, browser: Browser
) -> None:
    asked = await home.ask()
    card = await home.card()
    bo = await the_page(browser, home, BO)

    await write(bo, f"Whose is the refund that fails here? {asked['url']}")

    await expect(shown(bo)).to_contain_text("Approval needed: Deploy payments 1.42.0", timeout=PATIENCE)
    await expect(shown(bo)).to_contain_text("JIT Approvals APP")
    await expect(shown(bo)).to_contain_text("2 of 120 tests failed: 2 unknown")
    await expect(shown(bo).get_by_role("button")).to_have_count(0)
    await bo.screenshot(path=picture("unfurled"))

    chen = await the_page(browser, home, CHEN, GENERAL, width=PHONE)
    await write(chen, f"Can somebody look at {asked['url']} please?")
    await expect(shown(chen)).to_contain_text("#1 · ⏳ Approval needed", timeout=PATIENCE)
    await expect(shown(chen)).not_to_contain_text("payments 1.42.0")
    assert await chen.evaluate("document.documentElement.scrollWidth") <= PHONE
    await chen.screenshot(path=picture("unfurled-elsewhere"))
    async with chen.expect_popup() as opening:
        await shown(chen).get_by_role("link", name="Its card").click()
    elsewhere = await opening.value
    line = elsewhere.locator(f"[id='m-{card.ts}']")
    await expect(line).to_contain_text("Deploy payments 1.42.0", timeout=PATIENCE)
    await expect(line).to_have_css("box-shadow", re.compile("inset"))


async def test_what_was_decided_is_said_below_a_link_and_nothing_below_what_a_guest_writes(
    home: Home, browser: Browser
) -> None:
    asked = await home.ask()
    bo, guest = await the_page(browser, home, BO), await the_page(browser, home, GUS)
    await the_card(bo).get_by_role("button", name="Approve").click()
    await expect(the_card(bo)).to_contain_text("Approved", timeout=PATIENCE)

    await write(guest, f"What is {asked['url']}?")
    await expect(the_card(bo)).to_contain_text("What is ", timeout=PATIENCE)
    await write(bo, f"It went out: {asked['url']}")

    await expect(shown(bo)).to_contain_text("Approved by bo", timeout=PATIENCE)
    await expect(bo.locator(".unfurl")).to_have_count(1)
