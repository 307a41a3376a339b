"""A house for every test."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from bot.store import Store, StoreWiring
from tests.handlers.slack.house import House, a_house


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its schema and nothing in it: making one takes longer than most tests."""
    path = tmp_path_factory.mktemp("database") / "empty.db"
    wiring = StoreWiring(
        clock=lambda: datetime.now(UTC), monotonic=lambda: 0.0, new_id=lambda: str(uuid4()), replica="test", version="0"
    )

    async def make() -> None:
        await Store.open(f"sqlite:///{path}", wiring=wiring).close()

    asyncio.run(make())
    return path


@pytest.fixture
async def house(tmp_path: Path, empty_database: Path) -> AsyncIterator[House]:
    database = tmp_path / "jit.db"
    shutil.copy(empty_database, database)
    async with a_house(database) as standing:
        yield standing
