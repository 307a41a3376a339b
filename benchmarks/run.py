"""Floors and us side by side in one run: `python -m benchmarks.run [--callers 1,16,64] [--postgres URL]`.

Every figure is taken in rounds that alternate between the contenders, and what counts are the ratios: rates on
whatever machine this is, next to the floor's on the same machine in the same minute.
"""

import argparse
import asyncio
import json
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import Request, urlopen

from benchmarks.bodies import SECRET_KEY, TOKEN, click_body, request_body, slack_headers
from benchmarks.load import Load, drive, http_request
from bot.core.request import RequestId
from bot.slack import Press, Pressed, Seal

ROUNDS = 3


@dataclass(slots=True)
class Figures:
    """What one contender reached with so many callers, a value a round."""

    rates: list[float] = field(default_factory=list[float])
    p50: list[float] = field(default_factory=list[float])
    p99: list[float] = field(default_factory=list[float])

    def take(self, load: Load, expected: int) -> None:
        """Add one round. Raises RuntimeError when an answer was not *expected*: a fast refusal is no speed."""
        if set(load.statuses) != {expected}:
            raise RuntimeError(f"expected only {expected}, got {dict(load.statuses)}")
        self.rates.append(load.rate)
        self.p50.append(load.quantile(0.5) * 1000)
        self.p99.append(load.quantile(0.99) * 1000)

    @property
    def rate(self) -> float:
        """Median answers a second."""
        return statistics.median(self.rates)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def contender(name: str, folder: Path, *rest: str) -> Generator[int]:
    """Run a contender in a process of its own, and give its port as soon as it listens."""
    port = free_port()
    command = [sys.executable, "-m", "benchmarks.serve", name, str(folder), str(port), *rest]
    process = subprocess.Popen(command)  # noqa: S603 - our own module, our own arguments
    try:
        _await_listening(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def _await_listening(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError("the contender ended before it listened")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the contender does not listen")


def asks(count: int) -> list[bytes]:
    """Return so many submissions, all different requests."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    return [http_request("POST", "/v1/requests", headers, request_body())] * count


def clicks(values: Sequence[str]) -> list[bytes]:
    """Return one signed click on Approve for each of *values*."""
    requests: list[bytes] = []
    for nonce, value in enumerate(values):
        body = click_body("jit_approve", value, nonce)
        requests.append(http_request("POST", "/slack/events", slack_headers(body), body))
    return requests


async def pending_values(port: int, count: int) -> list[str]:
    """Make *count* requests and return the value of each one's Approve button."""
    await drive(port, asks(count), 16)
    seal, values, cursor = Seal(SECRET_KEY), list[str](), ""
    while len(values) < count:
        found, cursor = await asyncio.to_thread(_page, port, cursor)
        values += [
            seal.draw_value(Pressed(request=RequestId(id_), revision=1, stage=0, press=Press.APPROVE)) for id_ in found
        ]
    return values[:count]


def _page(port: int, cursor: str) -> tuple[list[str], str]:
    url = f"http://127.0.0.1:{port}/v1/requests?state=pending&limit=100&cursor={cursor}".removesuffix("&cursor=")
    with urlopen(Request(url, headers={"Authorization": f"Bearer {TOKEN}"})) as answer:  # noqa: S310 - our own server
        page = json.load(answer)
    return [item["id"] for item in page["items"]], page["next_cursor"] or ""


def raw_commits(folder: Path, seconds: float) -> float:
    """(b) Durable three-row commits a second through sqlite3 itself, one writer."""
    base = sqlite3.connect(folder / "raw.db", isolation_level=None)
    base.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE IF NOT EXISTS t (a, b, c)")
    row, done, started = ("x" * 36, "y" * 200, "z" * 1000), 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        base.execute("BEGIN IMMEDIATE")
        base.executemany("INSERT INTO t VALUES (?, ?, ?)", [row] * 3)
        base.execute("COMMIT")
        done += 1
    base.close()
    return done / (time.perf_counter() - started)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much to measure. ``share`` scales how many requests a round sends."""

    callers: tuple[int, ...]
    per_round: int
    rounds: int


class Board:
    """All figures, by contender and number of callers."""

    def __init__(self) -> None:
        self.figures: dict[tuple[str, int], Figures] = {}

    def take(self, name: str, callers: int, load: Load, expected: int) -> None:
        """Add a round."""
        self.figures.setdefault((name, callers), Figures()).take(load, expected)

    def ratio(self, one: str, other: str, callers: int) -> float:
        """Return how many times faster *one* was."""
        return self.figures[one, callers].rate / self.figures[other, callers].rate

    def show(self) -> None:
        """Print every figure."""
        print(f"{'contender':28} {'callers':>7} {'rate/s':>9} {'p50 ms':>8} {'p99 ms':>8}   rates of the rounds")
        for (name, callers), found in self.figures.items():
            rates = " ".join(f"{rate:.0f}" for rate in found.rates)
            p50, p99 = statistics.median(found.p50), statistics.median(found.p99)
            print(f"{name:28} {callers:7} {found.rate:9.0f} {p50:8.2f} {p99:8.2f}   {rates}")


def compare(label: str, house_url: str, naive_url: str, plan: Plan) -> Board:
    """Measure (a), (c), (d), (e) and (n) on one database, in rounds that alternate."""
    board = Board()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        here = Path(folder)
        slack = stack.enter_context(contender("slack", here))
        floor = stack.enter_context(contender("floor", here))
        bolt = stack.enter_context(contender("bolt", here))
        naive = stack.enter_context(contender("naive", here, naive_url.format(folder=folder)))
        house = stack.enter_context(contender("house", here, house_url.format(folder=folder), str(slack)))
        for callers in plan.callers:
            for _ in range(plan.rounds):
                count = plan.per_round if callers > 1 else plan.per_round // 4
                board.take("(a) floor", callers, asyncio.run(drive(floor, asks(count), callers)), 201)
                board.take(f"(c) submit, {label}", callers, asyncio.run(drive(house, asks(count), callers)), 201)
                board.take(f"(n) naive, {label}", callers, asyncio.run(drive(naive, asks(count // 4), callers)), 201)
                values = asyncio.run(pending_values(house, count))
                board.take("(e) empty Bolt", callers, asyncio.run(drive(bolt, clicks(values), callers)), 200)
                board.take(f"(d) click, {label}", callers, asyncio.run(drive(house, clicks(values), callers)), 200)
            if callers == max(plan.callers):
                board.take("(d) click, idle house", 1, asyncio.run(_idle_clicks(house)), 200)
    board.show()
    for callers in plan.callers:
        print(
            f"{label}, {callers} callers: submit/floor {board.ratio(f'(c) submit, {label}', '(a) floor', callers):.2f}"
            f"  submit/naive {board.ratio(f'(c) submit, {label}', f'(n) naive, {label}', callers):.1f}"
            f"  click/empty Bolt {board.ratio(f'(d) click, {label}', '(e) empty Bolt', callers):.2f}"
        )
    return board


async def _idle_clicks(port: int) -> Load:
    """Click now and then on a house that has nothing else to do."""
    values = await pending_values(port, 60)
    await asyncio.sleep(3)
    whole = Load()
    for request in clicks(values):
        load = await drive(port, [request], 1)
        whole.latencies += load.latencies
        whole.statuses += load.statuses
        await asyncio.sleep(0.02)
    whole.seconds = sum(whole.latencies)
    return whole


def main() -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--callers", default="1,16,64")
    parser.add_argument("--per-round", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--postgres", metavar="URL", help="measure on this PostgreSQL database, too (it is filled)")
    options = parser.parse_args()
    callers = tuple(int(part) for part in options.callers.split(","))
    plan = Plan(callers=callers, per_round=options.per_round, rounds=options.rounds)
    with tempfile.TemporaryDirectory() as folder:
        print(f"(b) raw sqlite3, three rows a durable commit: {raw_commits(Path(folder), 3.0):.0f}/s")
    compare("SQLite", "sqlite:///{folder}/jit.db", "sqlite+aiosqlite:///{folder}/naive.db", plan)
    if options.postgres:
        naive = options.postgres.replace("postgresql://", "postgresql+psycopg://")
        compare("PostgreSQL", options.postgres, naive, plan)


if __name__ == "__main__":
    main()
