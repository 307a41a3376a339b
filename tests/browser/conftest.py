"""The system's Chromium, once for each module of browser tests."""

from collections.abc import AsyncGenerator

import pytest_asyncio
from playwright.async_api import Browser, async_playwright

from tests.browser.chromium import launched


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright, launched(playwright) as running:
        yield running
