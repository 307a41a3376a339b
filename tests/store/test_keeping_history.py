"""The ticks that count what waits and forget what is old, on both databases."""

from datetime import timedelta

import pytest
from prometheus_client import CollectorRegistry

from bot.store import Commit, Store
from bot.usecases.desk import Desk
from bot.usecases.keep_history import Forgetter, Historian, HistoryMeters
from bot.usecases.past_runs import Ran
from tests.store.conftest import Clock
from tests.store.past_runs import REALM, a_run, count_all, pasts, take

KEEP = timedelta(days=90)


class Keeper:
    """Both ticks on one store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.registry = CollectorRegistry()
        meters, desk = HistoryMeters(self.registry), Desk(store)
        store.on_commit(meters.heard)
        self.historian = Historian(desk, meters)
        self.forgetter = Forgetter(desk, meters, KEEP, clock, chance=lambda: 0.0)

    def number(self, name: str) -> float | None:
        return self.registry.get_sample_value(name)


@pytest.fixture
def keeper(store: Store, clock: Clock) -> Keeper:
    clock.forward(hours=1)
    return Keeper(store, clock)


async def test_a_tick_counts_what_waits(store: Store, keeper: Keeper) -> None:
    await take(store, a_run(passed="ab"), a_run(failed="a", minute=1))

    await keeper.historian.count()

    assert (await pasts(store))["a"].runs == 2
    assert keeper.number("jit_history_counted_total") == 2


async def test_what_cannot_be_counted_is_dropped_and_stops_nothing_else(store: Store, keeper: Keeper) -> None:
    fine = a_run(passed="a")
    broken = Ran(realm=REALM, kind=fine.kind, commit=None, pieces=(b"\x09\x00\x00\x00 broken",))
    await take(store, broken, fine)

    await keeper.historian.count()

    assert (await pasts(store))["a"].runs == 1
    assert (keeper.number("jit_history_dropped_total"), await count_all(store)) == (1, 0)


async def test_what_was_not_seen_for_ninety_days_is_forgotten_and_what_was_seen_stays(
    store: Store, keeper: Keeper, clock: Clock
) -> None:
    await take(store, a_run(passed="ab"))
    await keeper.historian.count()
    clock.forward(days=89)
    await take(store, a_run(passed="b", minute=60 * 24 * 89))
    await keeper.historian.count()
    await keeper.forgetter.forget()
    assert sorted(await pasts(store)) == ["a", "b"]

    clock.forward(days=2)
    await keeper.forgetter.forget()
    await keeper.forgetter.forget()

    assert sorted(await pasts(store)) == ["b"]
    assert (keeper.number("jit_history_forgotten_total"), keeper.number("jit_history_tests")) == (1, 1)


async def test_with_nothing_old_a_tick_writes_nothing(store: Store, keeper: Keeper, clock: Clock) -> None:
    clock.forward(days=100)
    committed: list[Commit] = []
    store.on_commit(committed.append)

    await keeper.forgetter.forget()
    await keeper.historian.count()

    # Who listens to a PostgreSQL is told once that there may be something to deliver.
    assert [commit for commit in committed if not commit.outbox] == []
