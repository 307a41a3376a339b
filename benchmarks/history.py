"""What history costs the history, `python -m benchmarks.history`: a run taken in, and a card's look, by tests known.

On SQLite, with ten thousand, a million and ten million tests, ten thousand a repository, filled by SQL. Measured is
the counting of a run of 400 tests that are known, commit included, and what a card asks of 5 and of 400 failures, each
time of any repository; all sizes in rounds that alternate. With `--together` all tests are in one repository, so that
the rows a run changes lie as far apart as they can.
"""

import argparse
import asyncio
import sqlite3
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from random import Random

from bot.core.evidence.outcomes import Outcomes, number_of, pack
from bot.core.evidence.past import RefKind, Scope
from bot.core.evidence.runs import Realm, pieces_of
from bot.machine import new_id, utc_now
from bot.store import Store, StoreWiring
from bot.usecases.desk import Desk
from bot.usecases.past_runs import Ran, count_next, read_pasts, take_in

ROUNDS, TIMES = 7, 12
RUN = 400
SIZES = (10_000, 1_000_000, 10_000_000)
A_REALM = 10_000

_FILL = (
    "INSERT INTO pasts (realm, test, seen, runs, base_at, base_commit, base_failed, earlier_at, earlier_commit,"
    " earlier_failed, green_at, passed_commit, signs)"
    " SELECT ?, ?, 1790000000, zeroblob(32), 1790000000, 1, 0, 1789990000, 2, 0, 1790000000, 1, x''"
)


@dataclass(frozen=True, slots=True)
class Bench:
    """One database: how many realms it has, and how many tests each."""

    desk: Desk
    realms: int
    tests: int

    def some(self, count: int, chance: Random) -> tuple[Realm, list[str]]:
        """Return *count* tests of any realm."""
        return _realm(chance.randrange(self.realms)), [
            _id(number) for number in chance.sample(range(self.tests), count)
        ]


def _realm(number: int) -> Realm:
    return Realm(source="ci", repository=f"acme/{number}", environment="production")


def _id(number: int) -> str:
    return f"tests.test_payments::test_{number}"


def fill(path: Path, realms: int, tests: int) -> float:
    """Make so many tests known in each realm, in the order of the key; return how many bytes each takes."""
    numbers = sorted(number_of(_id(number)) for number in range(tests))
    with sqlite3.connect(path) as connection:
        before = _bytes(connection)
        connection.executemany(_FILL, ((realm, test) for realm in range(1, realms + 1) for test in numbers))
        connection.executemany(
            "INSERT INTO past_realms (id, source, repository, environment, tests, seen) VALUES (?, ?, ?, ?, ?, 0)",
            [
                (number + 1, one.source, one.repository, one.environment, tests)
                for number, one in ((number, _realm(number)) for number in range(realms))
            ],
        )
        connection.executemany("INSERT INTO past_commits (id, name, seen) VALUES (?, ?, 0)", [(1, "a"), (2, "b")])
        size = (_bytes(connection) - before) / (realms * tests)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return size


def _bytes(connection: sqlite3.Connection) -> int:
    (pages,), (size,) = (connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size"))
    return int(pages) * int(size)


@asynccontextmanager
async def _opened(folder: Path, tests: int, *, together: bool) -> AsyncGenerator[Bench]:
    path, each = folder / f"{tests}.db", tests if together else A_REALM
    wiring = StoreWiring(clock=utc_now, monotonic=time.monotonic, new_id=new_id, replica="bench:1", version="bench")
    store = Store.open(f"sqlite:///{path}", wiring=wiring)
    print(f"{tests:>10,} tests: {fill(path, tests // each, each):.0f} bytes a test", flush=True)
    await store.start()
    try:
        yield Bench(Desk(store), tests // each, each)
    finally:
        await store.close()


async def count_a_run(bench: Bench, chance: Random) -> float:
    """Take in and count a run of 400 tests; return the seconds that the counting took, until it was durable."""
    realm, ids = bench.some(RUN, chance)
    ran = Ran(realm=realm, kind=RefKind.BASE, commit="c", pieces=pieces_of(Outcomes(passed=pack(ids))))
    await bench.desk.run(lambda tx, now: take_in(tx, ran, tx.new_id(), now))
    started = time.perf_counter()
    if not await bench.desk.run(count_next):
        raise RuntimeError("nothing was counted")
    return time.perf_counter() - started


async def look_up(bench: Bench, chance: Random, failures: int) -> float:
    """Ask what is known of so many tests; return the seconds until it is."""
    realm, ids = bench.some(failures, chance)
    scope = Scope(source=realm.source, repository=realm.repository, environment=realm.environment, commit=None)
    started = time.perf_counter()
    if len(await read_pasts(scope, ids, bench.desk)) != failures:
        raise RuntimeError("not all were found")
    return time.perf_counter() - started


async def compare(folder: Path, sizes: tuple[int, ...], *, together: bool) -> None:
    """Print what each costs at each size, in the least disturbed round, and the ratio."""
    chance = Random(1)  # noqa: S311 - any numbers will do
    acts: dict[str, Callable[[Bench], Awaitable[float]]] = {
        "count a run of 400": partial(count_a_run, chance=chance),
        "look up 5": partial(look_up, chance=chance, failures=5),
        "look up 400": partial(look_up, chance=chance, failures=400),
    }
    async with AsyncExitStack() as stack:
        benches = [await stack.enter_async_context(_opened(folder, tests, together=together)) for tests in sizes]
        for name, act in acts.items():
            rounds: list[list[float]] = [[] for _ in benches]
            for _ in range(ROUNDS):
                for bench, found in zip(benches, rounds, strict=True):
                    times = sorted([await act(bench) for _ in range(TIMES)])
                    found.append(times[TIMES // 2])
            costs = [min(found) * 1e3 for found in rounds]
            line = "   ".join(f"{tests:,}: {cost:.2f} ms" for tests, cost in zip(sizes, costs, strict=True))
            print(f"{name:20} {line}   ratio {costs[-1] / costs[0]:.2f}")


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--folder", type=Path, help="where the databases are made for a while: 1.2 GB")
    parser.add_argument("--together", action="store_true", help="all tests in one repository")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        asyncio.run(compare(Path(folder), tuple(options.sizes), together=options.together))


if __name__ == "__main__":
    main()
