"""A store on each of the two databases; every test that takes one of these fixtures runs on both."""

import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.store import Store, StoreWiring, Timekeeper
from tests.factories import NOON
from tests.store.owner import owner_of

OpenStore = Callable[..., Awaitable[Store]]
WiringOf = Callable[[str], StoreWiring]
EmptyAgain = Callable[[int], str]


class Clock:
    """Stands still until it is moved. ``forward`` lets time pass; who sets ``now`` only puts the hands elsewhere."""

    def __init__(self) -> None:
        self.now = NOON
        self.passed = timedelta()

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **span: float) -> datetime:
        self.now += timedelta(**span)
        self.passed += timedelta(**span)
        return self.now

    def monotonic(self) -> float:
        return self.passed.total_seconds()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/jit.db"
    return request.getfixturevalue("postgres_url")


@pytest.fixture
def empty_again(url: str) -> EmptyAgain:
    """Name an empty database, another one for each number."""

    def emptied(number: int) -> str:
        if url.startswith("sqlite"):
            return url.replace("jit.db", f"jit-{number}.db")
        with owner_of(url) as run:
            ((schema,),) = run("SELECT current_schema()")
            run("SET client_min_messages = warning")
            run(f"DROP SCHEMA {schema} CASCADE")
            run(f"CREATE SCHEMA {schema}")
        return url

    return emptied


@pytest.fixture
def wiring(clock: Clock) -> WiringOf:
    """What a replica of this name is wired with; ids grow, as uuid7 do."""
    numbers = itertools.count(1)

    def wired(replica: str) -> StoreWiring:
        return StoreWiring(
            clock=clock,
            monotonic=clock.monotonic,
            new_id=lambda: f"019b0000-0000-7000-8000-{next(numbers):012x}",
            replica=replica,
            version="0.0.1",
            timekeeper=Timekeeper.WIRING,
        )

    return wired


@pytest.fixture
async def open_store(url: str, wiring: WiringOf) -> AsyncIterator[OpenStore]:
    """Open the same database as one more replica; closed at the end."""
    async with AsyncExitStack() as stack:

        async def opened(replica: str = "one") -> Store:
            store = Store.open(url, wiring=wiring(replica))
            stack.push_async_callback(store.close)
            await store.start()
            return store

        yield opened


@pytest.fixture
async def store(open_store: OpenStore) -> Store:
    return await open_store()
