"""An approver looks for one failure among many, in the Details dialog, by mouse and by keyboard."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from tests.journeys.browsing import PATIENCE, picture, the_card, the_page
from tests.journeys.living import BO, Home, at_home

pytestmark = [pytest.mark.browser, pytest.mark.slow]

WHATS = ("refund", "capture", "void", "partial_refund", "chargeback", "payout", "webhook_retry", "idempotency")
SUITES = {
    "browser · checkout": [f"test_{what}_in_{how}" for what in WHATS for how in ("firefox", "chromium", "webkit")],
    "api · payments": [f"test_{what}" for what in WHATS],
    "contract · bank": ["test_refund_of_a_closed_account", "test_settlement_file"],
}


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with at_home(tmp_path) as living:
        yield living


def report(suite: str, tests: list[str]) -> dict[str, str]:
    """What a test runner writes."""
    part, _, _ = suite.partition(" ")
    failed = '<failure message="expected 201, got 500: the sandbox bank is down"/>'
    cases = "".join(
        f'<testcase classname="tests.{part}" name="{name}" file="tests/{part}/test_pay.py">{failed}</testcase>'
        for name in tests
    )
    content = f'<testsuites><testsuite name="{suite}">{cases}</testsuite></testsuites>'
    return {"name": suite, "format": "junit", "content": content}


async def opened(home: Home, page: Page) -> Locator:
    await home.card()
    await the_card(page).get_by_role("button", name="Details").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("combobox", name="Suite")).to_be_visible(timeout=PATIENCE)
    return dialog


async def test_a_failure_is_found_by_its_suite_and_by_words(home: Home, browser: Browser) -> None:
    await home.ask(tests=None, reports=[report(suite, tests) for suite, tests in SUITES.items()])
    page = await the_page(browser, home, BO)
    dialog = await opened(home, page)

    await dialog.get_by_role("combobox", name="Suite").select_option(label="browser · checkout (24)")
    await expect(dialog).to_contain_text("24 of 34 named failures match in browser · checkout.")
    await dialog.get_by_role("button", name="Page 2 of 3").click()
    await expect(dialog.get_by_role("button", name="Page 1")).to_be_visible()
    box = dialog.get_by_role("textbox", name="Search")
    await box.fill("refund firefox")
    await box.press("Enter")

    await expect(dialog).to_contain_text("2 of 34 named failures match “refund firefox” in browser · checkout.")
    await expect(box).to_be_focused()
    await expect(box).to_have_value("refund firefox")
    await box.scroll_into_view_if_needed()
    await page.screenshot(path=picture("details-search"))

    await box.fill("nightly")
    await dialog.get_by_role("button", name="Search").click()
    await expect(dialog).to_contain_text("None of 34 named failures matches “nightly”")
    assert (await home.card()).text.startswith("⏳")


async def test_on_a_phone_nothing_of_it_is_wider_than_the_screen(home: Home, browser: Browser) -> None:
    await home.ask(tests=None, reports=[report(suite * 9, tests) for suite, tests in SUITES.items()])
    page = await the_page(browser, home, BO, width=380)
    dialog = await opened(home, page)

    await dialog.get_by_role("textbox", name="Search").fill("refund")
    await page.keyboard.press("Enter")
    await expect(dialog).to_contain_text("named failures match “refund”")

    assert await page.evaluate("document.documentElement.scrollWidth") <= 380
    assert await dialog.evaluate("dialog => dialog.scrollWidth - dialog.clientWidth") <= 0
    await page.screenshot(path=picture("details-on-a-phone"))
