"""A browser for the journeys that people make in one."""

from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.chromium import launched


@pytest.fixture
async def browser() -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright, launched(playwright) as running:
        yield running
