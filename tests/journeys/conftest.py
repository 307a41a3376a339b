"""What journeys share: a browser for those that people make in one, and which database the house has."""

from collections.abc import AsyncGenerator

import pytest
from playwright.async_api import Browser, async_playwright

from tests.browser.chromium import launched


@pytest.fixture
async def browser() -> AsyncGenerator[Browser]:
    async with async_playwright() as playwright, launched(playwright) as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def env(request: pytest.FixtureRequest) -> dict[str, str]:
    """What the settings say of it: the first is a house's own, the second is a server's."""
    return {} if request.param == "sqlite" else {"database_url": request.getfixturevalue("postgres_url")}
