"""People ask each other in Slack, in the local workspace: by a word, by both shortcuts; and say no in a category."""

from collections.abc import AsyncGenerator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect
from playwright.async_api import TimeoutError as NotInTime

from bot.sandbox import with_manifest
from bot.slack.manifest import Mode, draw_manifest
from tests.journeys.browsing import PATIENCE, picture, the_card, the_page
from tests.journeys.living import ANA, APPROVALS, BO, CHEN, GUS, POLICY, Home, at_home, words_of

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PEOPLE = """\
  - name: people ask for access
    when: source == "people"
    then: require_approval
    route: {channel: "#approvals"}
    stages: [{name: qa, approvers: [qa], quorum: 1}]
    forbid: [requester]
    require_category: on_reject
"""
SOURCE = "  people: {kind: slack, actions: [access, change]}\npeople:\n  ana:"
PHONE = 380


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    (tmp_path / "policy.yaml").write_text(POLICY.replace("people:\n  ana:", SOURCE) + PEOPLE, encoding="utf-8")
    async with at_home(tmp_path) as living:
        # What the bot's own manifest asks Slack for: its word, its shortcuts, what it hears.
        living.slack.state.config = with_manifest(living.slack.config, draw_manifest(living.url, Mode.HTTP))
        yield living


async def fill(dialog: Locator, title: str, reason: str) -> None:
    await dialog.get_by_label("What should be approved?").fill(title)
    await dialog.get_by_label("What kind of thing is it?").select_option("access")
    await dialog.get_by_label("Environment").fill("production")
    await dialog.get_by_label("Why?").fill(reason)


async def send(page: Page) -> None:
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="Ask").click()
    await expect(dialog).to_contain_text("You are told by direct message what comes of it.", timeout=PATIENCE)
    await dialog.get_by_role("button", name="Close").last.click()


async def test_somebody_asks_by_a_word_and_is_told_no_in_a_category(home: Home, browser: Browser) -> None:
    ana = await the_page(browser, home, ANA, APPROVALS)
    await ana.get_by_role("combobox", name="Message approvals").fill("/jit request Read the ledger")
    await ana.keyboard.press("Enter")
    dialog = ana.get_by_role("dialog")
    await expect(dialog.get_by_label("What should be approved?")).to_have_value("Read the ledger", timeout=PATIENCE)
    await fill(dialog, "Read the ledger", "The audit of March needs the bookings of three days.")
    await dialog.get_by_label("Parameters").fill("days = 3")
    await ana.screenshot(path=picture("request"))
    await send(ana)

    bo = await the_page(browser, home, BO, APPROVALS)
    await expect(the_card(bo)).to_contain_text("The audit of March", timeout=PATIENCE)
    await the_card(bo).get_by_role("button", name="Reject").click()
    dialog = bo.get_by_role("dialog")
    await dialog.get_by_label("Why?").fill("Three days of bookings name customers.")
    await dialog.get_by_label("What is it about?").select_option(label="Data")
    await bo.screenshot(path=picture("category"))
    await dialog.get_by_label("What is it about?").select_option(value="")
    await dialog.get_by_role("button", name="Reject").click()
    await expect(dialog).to_contain_text("Please complete this required field.", timeout=PATIENCE)
    await dialog.get_by_label("What is it about?").select_option(label="Data")
    await dialog.get_by_role("button", name="Reject").click()

    await expect(the_card(bo)).to_contain_text("Rejected (data) by", timeout=PATIENCE)
    await home.slack.until(lambda: any("(data)" in words_of(one) for one in home.slack.dms(ANA)))


async def test_somebody_asks_by_the_shortcut_of_the_workspace_by_keyboard(home: Home, browser: Browser) -> None:
    chen = await the_page(browser, home, CHEN, APPROVALS)
    await chen.get_by_label("Shortcuts").first.focus()
    await chen.keyboard.press("Enter")
    await chen.get_by_role("button", name="Request approval").focus()
    await chen.keyboard.press("Enter")
    dialog = chen.get_by_role("dialog")
    await expect(dialog.get_by_label("What should be approved?")).to_be_focused(timeout=PATIENCE)

    await dialog.get_by_role("button", name="Ask").focus()
    await chen.keyboard.press("Enter")
    await expect(dialog.get_by_role("alert").first).to_contain_text("Please complete this required field.")
    await fill(dialog, "Change the retry limit", "Retries hammer the bank.")
    await send(chen)

    await expect(the_card(chen)).to_contain_text("Change the retry limit", timeout=PATIENCE)
    # Whoever asked is no approver of their own request.
    await the_card(chen).get_by_role("button", name="Approve").click()
    await expect(chen.get_by_text("Only visible to you")).to_be_visible(timeout=PATIENCE)


async def choice(page: Page, name: str) -> Locator:
    """Open the menu of the first message, and return what is chosen in it.

    The page may draw its messages anew in the very moment in which it is pressed, and then the menu is closed again.
    """
    item = page.get_by_role("button", name=name)
    for _ in range(3):
        await page.get_by_label("More actions").first.click()
        with suppress(NotInTime):
            await item.wait_for(timeout=PATIENCE / 4)
            break
    return item


async def test_somebody_asks_at_a_message_on_a_phone_and_its_words_and_its_link_go_with_it(
    home: Home, browser: Browser
) -> None:
    said = home.slack.say(BO, APPROVALS, "Could somebody open the ledger of March for me?")
    ana = await the_page(browser, home, ANA, APPROVALS, width=PHONE)
    await (await choice(ana, "Request approval for this message")).click()
    dialog = ana.get_by_role("dialog")
    await expect(dialog.get_by_label("Why?")).to_have_value(
        "“Could somebody open the ledger of March for me?”", timeout=PATIENCE
    )
    await expect(dialog).to_contain_text("A link to the message goes with it")
    assert await ana.evaluate("document.documentElement.scrollWidth") <= PHONE

    await fill(dialog, "Open the ledger of March", "Bo asked for it.")
    await ana.screenshot(path=picture("request-about-a-message"))
    await send(ana)

    await expect(the_card(ana)).to_contain_text("The message it is about", timeout=PATIENCE)
    assert f"p{said.ts.replace('.', '')}" in words_of(await home.card(APPROVALS))


async def test_a_guest_who_asks_reads_why_not(home: Home, browser: Browser) -> None:
    guest = await the_page(browser, home, GUS, APPROVALS)
    await guest.get_by_label("Shortcuts").first.click()
    await guest.get_by_role("button", name="Request approval").click()

    await expect(guest.get_by_role("dialog")).to_contain_text("Guests", timeout=PATIENCE)
    assert home.slack.messages(APPROVALS) == ()
