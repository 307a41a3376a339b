"""A real API on a real port, over a real store on SQLite."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.handlers.api.house import Clock, House, open_house


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def house(tmp_path: Path, clock: Clock) -> AsyncGenerator[House]:
    async with open_house(f"sqlite:///{tmp_path}/jit.db", clock) as house:
        yield house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_house(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[House]:
    """One house for a whole module: for long tables of calls of which none leaves a trace the others could see."""
    async with open_house(f"sqlite:///{tmp_path_factory.mktemp('house')}/jit.db", Clock()) as house:
        yield house
