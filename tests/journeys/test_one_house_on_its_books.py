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


async def test_each_life_of_a_house_writes_under_a_name_of_its_own(home: Home) -> None:
    """Two on one PostgreSQL may have the same host name and port, and must not take each other's claims for theirs."""
    again = home.settings.model_copy(update={"database_url": f"{home.settings.database_url}-2", "port": free_port()})
    async with lived_in(again):
        pass
    async with lived_in(again) as house:
        rows = await house.store.read(lambda snapshot: tuple(snapshot.audit()))

    names = {str(row.entry["replica"]) for row in rows if row.event == "policy.loaded"}

    assert len(names) == 2
    assert len({name.rpartition(":")[0] for name in names}) == 1


async def test_a_house_whose_database_file_was_deleted_is_not_ready(home: Home, tmp_path: Path) -> None:
    async with home.http.get(f"{home.url}/readyz") as before:
        assert before.status == 200

    (tmp_path / "jit.db").unlink()

    async with home.http.get(f"{home.url}/readyz") as after:
        assert after.status == 503
        assert "deleted or replaced" in (await after.json())["checks"]["database"]["detail"]
