"""What a person sees: the card in the local workspace; Approve and Reject by mouse and keyboard in a real browser."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from bot.core.evidence import Failure
from bot.reports import read_report
from tests.journeys.browsing import PATIENCE, picture, the_card, the_page
from tests.journeys.living import BO, Home, at_home

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
POLICY = ROOT / "examples" / "policy.yaml"
REPORT = ROOT / "examples" / "reports" / "api-gate.xml"


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    """A house with the policy that a newcomer sees, for the README shows its card."""
    (tmp_path / "policy.yaml").write_bytes(POLICY.read_bytes())
    async with at_home(tmp_path) as living:
        yield living


async def a_real_ask(home: Home) -> dict[str, object]:
    """Ask with the report that a real run of the failing suite wrote."""
    report = {"name": "api gate", "format": "junit", "content": REPORT.read_text(encoding="utf-8")}
    return await home.ask(tests=None, reports=[report], callback_url=home.pipeline.url)


def failures_of_the_report() -> tuple[Failure, ...]:
    return read_report(REPORT.read_bytes(), "api gate", "junit").failures


async def test_an_approver_sees_the_failing_tests_and_approves_with_one_click(home: Home, browser: Browser) -> None:
    asked = await a_real_ask(home)
    page = await the_page(browser, home, BO)
    await expect(page.get_by_text(failures_of_the_report()[0].id, exact=False).first).to_be_visible(timeout=PATIENCE)
    await the_card(page).screenshot(path=picture("card"))

    await page.get_by_role("button", name="Approve").click()

    await expect(page.get_by_role("button", name="Approve")).to_have_count(0, timeout=PATIENCE)
    ended = await home.show(str(asked["id"]), wait=5)
    assert ended["state"] == "approved"
    await home.heard()


async def test_a_rejection_by_keyboard_alone_asks_for_its_reason_on_a_phone(home: Home, browser: Browser) -> None:
    asked = await a_real_ask(home)
    page = await the_page(browser, home, BO, width=380)
    reject = page.get_by_role("button", name="Reject").first
    await expect(reject).to_be_visible(timeout=PATIENCE)

    await reject.focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_role("textbox")).to_be_visible(timeout=PATIENCE)
    await page.screenshot(path=picture("reject-on-a-phone"))
    await dialog.get_by_role("textbox").focus()
    await page.keyboard.type("the refund really is broken")
    await dialog.get_by_role("button", name="Reject").focus()
    await page.keyboard.press("Enter")

    await expect(dialog).to_be_hidden(timeout=PATIENCE)
    ended = await home.show(str(asked["id"]), wait=10)
    assert (ended["state"], ended["decision"]["reason"]) == ("rejected", "the refund really is broken")
