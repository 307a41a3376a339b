"""A SQLite file is one house's: a second is refused, and a file that is no longer there is noticed."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.store import StoreUnusable, look_into
from tests.journeys.living import Home, at_home, free_port, lived_in


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with at_home(tmp_path) as living:
        yield living


async def test_a_second_house_on_the_same_books_is_refused_and_looks_go_on(home: Home) -> None:
    asked = await home.ask()

    with pytest.raises(StoreUnusable, match="another bot is running"):
        async with lived_in(home.settings.model_copy(update={"port": free_port()})):
            pass

    seen = await asyncio.to_thread(look_into, home.settings.database_url, lambda snapshot: snapshot.by_number(1))
    assert seen is not None
    assert seen.id == asked["id"]


async def test_a_house_whose_database_file_was_deleted_is_not_ready(home: Home, tmp_path: Path) -> None:
    async with home.http.get(f"{home.url}/readyz") as before:
        assert before.status == 200

    (tmp_path / "jit.db").unlink()

    async with home.http.get(f"{home.url}/readyz") as after:
        assert after.status == 503
        assert "deleted or replaced" in (await after.json())["checks"]["database"]["detail"]
