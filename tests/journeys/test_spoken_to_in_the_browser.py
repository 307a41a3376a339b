"""Somebody types the bot's name in the local workspace's page, and writes it a message of their own."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from tests.journeys.browsing import PATIENCE, picture, the_page
from tests.journeys.living import BO, PAYMENTS, Home, at_home, listening

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with at_home(tmp_path) as living, listening(living):
        yield living


async def write(page: Page, text: str) -> None:
    await page.get_by_role("combobox").last.fill(text)
    await page.keyboard.press("Enter")


async def test_its_name_is_answered_in_the_channel_and_a_message_where_it_was_written(
    home: Home, browser: Browser
) -> None:
    asked = await home.ask()
    await home.card()
    page = await the_page(browser, home, BO)

    await write(page, "@jit list for me")
    await expect(page.get_by_text("Open requests that you can answer: 1")).to_be_visible(timeout=PATIENCE)
    await write(page, "@jit approve 1 it is fine")
    await expect(page.get_by_text("/jit approve 1 it is fine")).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_text("Only visible to you")).to_have_count(2)
    await page.screenshot(path=picture("mention"))

    page = await the_page(browser, home, BO, f"D{BO[1:]}")
    await write(page, "show 1")
    await expect(page.get_by_text("So it was when you asked", exact=False)).to_be_visible(timeout=PATIENCE)
    await expect(page.get_by_role("button", name="Approve")).to_have_count(0)
    await page.screenshot(path=picture("direct"))
    assert (await home.show(str(asked["id"])))["state"] == "pending"
    assert len(home.slack.messages(PAYMENTS)) == 3
