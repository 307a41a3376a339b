"""What an approver's page shows before the end: that somebody looks, and that an answer can still be taken back."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, expect

from tests.journeys.browsing import PATIENCE, choose, picture, the_card, the_page
from tests.journeys.living import BO, CHEN, POLICY, Home, at_home

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HELD = POLICY.replace("forbid: [requester, authors]", "undo_within: 10m", 1)
PHONE = 380


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    (tmp_path / "policy.yaml").write_text(HELD, encoding="utf-8")
    async with at_home(tmp_path) as living:
        yield living


async def rows(card: Locator) -> int:
    """Return in how many rows the buttons of a card stand."""
    row = card.get_by_role("group", name="Actions").get_by_role("button")
    return len({round(box["y"]) for box in [await one.bounding_box() for one in await row.all()] if box})


async def test_who_looks_stands_on_everybodys_card(home: Home, browser: Browser) -> None:
    asked = await home.ask()
    bo, chen = await the_page(browser, home, BO), await the_page(browser, home, CHEN, width=PHONE)

    await choose(bo, "I'm looking")

    await expect(the_card(chen)).to_contain_text("is looking, until", timeout=PATIENCE)
    await expect(the_card(bo)).to_contain_text("is looking, until", timeout=PATIENCE)
    await expect(the_card(bo)).to_contain_text("1 reply", timeout=PATIENCE)
    await bo.mouse.move(0, 0)
    await the_card(bo).screenshot(path=picture("looking"))
    await chen.screenshot(path=picture("looking-on-a-phone"))
    assert await chen.evaluate("document.documentElement.scrollWidth") <= PHONE
    assert await rows(the_card(chen)) == 1, "the menu stands beside the answers"
    await the_card(chen).get_by_role("button", name="Approve").click()
    await expect(the_card(bo)).not_to_contain_text("is looking, until", timeout=PATIENCE)
    shown = await home.show(str(asked["id"]))
    assert (shown["claim"], [one["by"]["person"] for one in shown["reviews"]]) == (None, ["chen"])


async def test_an_answer_is_taken_back_on_the_card_while_it_is_held(home: Home, browser: Browser) -> None:
    asked = await home.ask(callback_url=home.pipeline.url)
    bo, chen = await the_page(browser, home, BO), await the_page(browser, home, CHEN, width=PHONE)

    await the_card(bo).get_by_role("button", name="Approve").click()

    await expect(the_card(bo)).to_contain_text("Approved, not released yet", timeout=PATIENCE)
    await expect(the_card(bo).get_by_role("button", name="Approve")).to_have_count(0)
    await expect(the_card(bo)).to_contain_text("1 reply", timeout=PATIENCE)
    await bo.mouse.move(0, 0)
    await the_card(bo).screenshot(path=picture("undo"))
    await expect(the_card(chen)).to_contain_text("Approved, not released yet", timeout=PATIENCE)
    await chen.screenshot(path=picture("undo-on-a-phone"))
    assert await chen.evaluate("document.documentElement.scrollWidth") <= PHONE

    await the_card(bo).get_by_role("button", name="Undo my answer").click()

    await expect(the_card(chen).get_by_role("button", name="Approve")).to_be_visible(timeout=PATIENCE)
    assert ((await home.show(str(asked["id"])))["state"], home.pipeline.deliveries) == ("pending", [])
