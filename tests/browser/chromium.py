"""The system's Chromium for the browser tests; without one they are skipped, but never where CI asks for them."""

import os
import shutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Playwright

ARGUMENTS = (
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def found() -> str:
    """Return where Chromium is; skip the test, or fail where JIT_REQUIRE_BROWSER says so, when there is none."""
    path = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if path is None:
        if os.environ.get("JIT_REQUIRE_BROWSER"):
            pytest.fail("there is no Chromium, and JIT_REQUIRE_BROWSER is set; `make browser` installs it")
        pytest.skip("no Chromium: `make browser` installs it")
    return path


@asynccontextmanager
async def launched(playwright: Playwright) -> AsyncGenerator[Browser]:
    """Run Chromium without a window until the block ends."""
    running = await playwright.chromium.launch(executable_path=found(), args=list(ARGUMENTS))
    try:
        yield running
    finally:
        await running.close()
