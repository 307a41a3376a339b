"""Requests end at their deadline, also when nobody was there as it passed; an idle sweep costs nothing."""

import asyncio
import itertools
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.core.life import lifecycle
from bot.core.request import State
from bot.store import Store, StoreWiring, Transaction
from bot.timers import SWEEP_EVERY, Tick, Timers
from bot.usecases.desk import Desk
from bot.usecases.ring import Sweeper
from tests.factories import ID, a_ruling, a_submission, some_tests

IDS = itertools.count()


def wall_clock() -> datetime:
    return datetime.now(UTC)


async def a_store(folder: Path) -> Store:
    wiring = StoreWiring(
        clock=wall_clock,
        monotonic=time.monotonic,
        new_id=lambda: f"019a0000-0000-7000-8000-{next(IDS):012x}",
        replica="test",
        version="0",
    )
    store = Store.open(f"sqlite:///{folder}/jit.db", wiring=wiring)
    await store.start()
    return store


def sweeping(store: Store) -> Timers:
    sweeper = Sweeper(Desk(store))
    return Timers(Tick(name="sweep", every=SWEEP_EVERY, do=sweeper.sweep), clock=wall_clock)


async def submitted(store: Store, lasting: timedelta) -> datetime:
    def write(tx: Transaction, now: datetime) -> datetime:
        outcome = lifecycle.submit(a_submission(ruling=a_ruling(timeout=lasting)), now)
        tx.record(outcome, evidence=some_tests())
        assert outcome.request.deadline
        return outcome.request.deadline

    return await store.committer.run(write)


async def ended(store: Store) -> datetime:
    """Wait for the end of the request, and return when the log says it came."""
    async with asyncio.timeout(60):
        while True:
            request = await store.read(lambda snapshot: snapshot.request(ID))
            assert request
            if request.state is State.EXPIRED and request.decision:
                return request.decision.at
            await asyncio.sleep(0.01)


async def test_a_request_expires_after_its_deadline_and_never_before(tmp_path: Path) -> None:
    store = await a_store(tmp_path)
    timers = sweeping(store)
    timers.start()

    deadline = await submitted(store, timedelta(seconds=0.3))
    at = await ended(store)
    await timers.stop()
    await store.close()

    assert at >= deadline


async def test_a_deadline_that_passed_while_nobody_was_there_is_kept_at_the_start(tmp_path: Path) -> None:
    store = await a_store(tmp_path)
    deadline = await submitted(store, timedelta(seconds=0.01))
    await store.close()

    store = await a_store(tmp_path)
    timers = sweeping(store)
    timers.start()
    at = await ended(store)
    await timers.stop()
    await store.close()

    assert at >= deadline


async def test_a_sweep_with_nothing_due_asks_the_writer_for_nothing(tmp_path: Path) -> None:
    store = await a_store(tmp_path)
    await submitted(store, timedelta(hours=1))
    sweeper = Sweeper(Desk(store))
    await store.committer.close()

    for _ in range(20):
        await sweeper.sweep()  # a closed committer would refuse

    await store.close()
