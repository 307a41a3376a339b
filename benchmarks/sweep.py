"""What history costs the clock: an empty deadline sweep over many closed requests, `python -m benchmarks.sweep`.

On SQLite, with a thousand and with a million requests that have ended; ten are open and due in an hour. Both databases
are measured in rounds that alternate. The documents of the closed ones are cut short: a sweep that read them would be
the defect.
"""

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

from bot.core.judging.freeze_windows import never_frozen
from bot.core.moments import draw_moment
from bot.machine import new_id, utc_now
from bot.store import Store, StoreWiring
from bot.usecases.desk import Desk
from bot.usecases.ring import Sweeper, ring_due

ROUNDS, SWEEPS = 9, 300
OPEN = 10
_INSERT = (
    "INSERT INTO requests (number, id, source, idempotency_key, body_hash, state, service, environment, deadline,"
    " wake_at, document) VALUES (?1, ?2, 'ci', ?3, 'hash', ?4, 'payments', 'production', ?5, ?5, '{}')"
)


def fill(path: Path, closed: int) -> None:
    """Put *closed* requests that have ended, and a few that are open, into the database at *path*."""
    later = draw_moment(utc_now() + timedelta(hours=1))

    def rows() -> Iterator[tuple[int, str, str, str, str | None]]:
        for number in range(1, closed + OPEN + 1):
            is_open = number > closed
            yield number, new_id(), f"key-{number}", "pending" if is_open else "approved", later if is_open else None

    connection = sqlite3.connect(path)
    with connection:
        connection.executemany(_INSERT, rows())
    connection.close()


@asynccontextmanager
async def _opened(path: Path, closed: int) -> AsyncGenerator[Desk]:
    wiring = StoreWiring(clock=utc_now, monotonic=time.monotonic, new_id=new_id, replica="bench:1", version="bench")
    store = Store.open(f"sqlite:///{path}", wiring=wiring)
    fill(path, closed)
    await store.start()
    try:
        yield Desk(store)
    finally:
        await store.close()


async def _microseconds(act: Callable[[], Awaitable[object]]) -> float:
    started = time.perf_counter()
    for _ in range(SWEEPS):
        await act()
    return (time.perf_counter() - started) / SWEEPS * 1e6


async def compare(folder: Path, few: int, many: int) -> None:
    """Print what both ways of finding nothing cost with *few* and with *many* closed requests, and their ratio."""
    async with AsyncExitStack() as stack:
        desks = [await stack.enter_async_context(_opened(folder / f"{closed}.db", closed)) for closed in (few, many)]

        async def look(desk: Desk) -> None:
            await Sweeper(desk).sweep()

        async def take(desk: Desk) -> None:
            if (await desk.run(lambda tx, now: ring_due(tx, never_frozen, now))).taken:
                raise RuntimeError("something was due")

        for name, act in (("sweep", look), ("writer's look", take)):
            found: list[list[float]] = [[], []]
            for _ in range(ROUNDS):
                for desk, figures in zip(desks, found, strict=True):
                    figures.append(await _microseconds(lambda act=act, desk=desk: act(desk)))
            # The least disturbed round: which core a thread wakes on makes a factor of two.
            small, large = (min(figures) for figures in found)
            print(f"{name:14} {few:>9,}: {small:6.0f} µs   {many:>9,}: {large:6.0f} µs   ratio {large / small:.2f}")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=1_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(compare(Path(folder), arguments.few, arguments.many))


if __name__ == "__main__":
    main()
