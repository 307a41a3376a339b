"""What people look at: the local workspace's page, each in a browser of their own; docs/images comes from here."""

from pathlib import Path

from playwright.async_api import Browser, Locator, Page

from tests.journeys.living import PAYMENTS, Home

PATIENCE = 20_000.0
"""Milliseconds; the machine may be busy."""

PICTURES = Path(__file__).parents[2] / "test-output"


async def the_page(browser: Browser, home: Home, user: str, channel: str = PAYMENTS, width: int = 1200) -> Page:
    """Open *channel* as *user*, who has a browser to themself."""
    context = await browser.new_context(viewport={"width": width, "height": 900})
    page = await context.new_page()
    page.set_default_timeout(PATIENCE)
    await page.goto(f"{home.slack.config.base_url}/?as={user}")
    await page.goto(f"{home.slack.config.base_url}/?channel={channel}")
    return page


def the_card(page: Page) -> Locator:
    """Return the newest message of the channel."""
    return page.locator("#timeline > li").last


async def choose(page: Page, option: str) -> None:
    """Choose in the menu of the newest card."""
    await the_card(page).get_by_role("button", name="More options").click()
    await the_card(page).get_by_role("menuitem", name=option).click()


def picture(name: str) -> Path:
    """Return where a picture is kept."""
    PICTURES.mkdir(exist_ok=True)
    return PICTURES / f"{name}.png"
