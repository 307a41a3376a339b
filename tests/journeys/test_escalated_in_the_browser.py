"""What is rarer than an answer stands in the card's menu: somebody looks, then calls the next people, in a browser."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.journeys.browsing import PATIENCE, choose, picture, the_card, the_page
from tests.journeys.living import APPROVALS, BO, CHEN, POLICY, Home, at_home, listening

pytestmark = [pytest.mark.browser, pytest.mark.slow]

LOUDER = """\
  - name: rollbacks
    when: request.action == "rollback"
    then: require_approval
    route: {channel: "#payments-releases"}
    stages:
      - name: qa
        approvers: [bo]
        escalate: [{after: 20m, to: [chen], channel: "#approvals"}]
"""


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    (tmp_path / "policy.yaml").write_text(POLICY + LOUDER, encoding="utf-8")
    async with at_home(tmp_path) as living, listening(living):
        yield living


async def test_the_next_people_are_called_from_the_card_and_answer(home: Home, browser: Browser) -> None:
    asked = await home.ask(
        action="rollback", environment="staging", title="Roll back payments to 1.41.3", callback_url=home.pipeline.url
    )
    bo = await the_page(browser, home, BO)
    chen = await the_page(browser, home, CHEN, APPROVALS, width=380)

    await the_card(bo).get_by_role("button", name="More options").click()
    await expect(the_card(bo).get_by_role("menuitem")).to_have_text(
        ["Ask a question …", "I'm looking", "Escalate now …"]
    )
    await bo.screenshot(path=picture("menu"))
    await the_card(bo).get_by_role("menuitem", name="I'm looking").click()
    await expect(the_card(bo)).to_contain_text("is looking, until", timeout=PATIENCE)

    await choose(bo, "Escalate now …")
    dialog = bo.get_by_role("dialog")
    await expect(dialog).to_contain_text("Asks at once: chen")
    await bo.screenshot(path=picture("escalate"))
    assert (await home.show(str(asked["id"])))["state"] == "pending"
    await dialog.get_by_role("button", name="Cancel").click()
    await expect(dialog).to_have_count(0)
    await choose(bo, "Escalate now …")
    await dialog.get_by_role("button", name="Escalate").click()

    await expect(dialog).to_have_count(0)
    await expect(the_card(chen)).to_contain_text("Roll back payments to 1.41.3", timeout=PATIENCE)
    await the_card(bo).get_by_role("link", name="replies").click()
    await expect(bo.get_by_role("complementary", name="Thread")).to_contain_text("bo asks more people")
    await bo.get_by_role("button", name="More options").first.focus()
    await bo.keyboard.press("ArrowDown")
    await expect(the_card(bo).get_by_role("menuitem")).to_have_text(["Ask a question …", "I'm looking"])
    await the_card(chen).get_by_role("button", name="More options").click()
    await chen.screenshot(path=picture("menu-on-a-phone"))
    await chen.keyboard.press("Escape")
    await the_card(chen).get_by_role("button", name="Approve").click()
    ended = await home.show(str(asked["id"]), wait=5)
    assert (ended["state"], [one["by"]["person"] for one in ended["reviews"]]) == ("approved", ["chen"])
    await expect(the_card(chen).get_by_role("button", name="More options")).to_have_count(0, timeout=PATIENCE)
    await home.heard()
