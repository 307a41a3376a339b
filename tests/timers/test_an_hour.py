"""An hour of ten thousand open requests in simulated time: every step once, none more than a second late."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.request import RequestId
from bot.core.ruling import Ruling
from bot.store import Store, StoreWiring
from bot.usecases.desk import Desk
from bot.usecases.ring import Sweeper
from tests.factories import BO, CHEN, DIA, NOON, a_ruling, a_stage, a_step
from tests.store.asks import submitting

REQUESTS = 10_000
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
ASLEEP = (NOON + 23 * MINUTE, NOON + 42 * MINUTE)
"""When the process was dead: over escalations, reminders and most deadlines."""

RULING: Ruling = a_ruling(
    stages=[
        a_stage(
            "qa", 1, [BO], remind_after=8 * MINUTE, escalate=(a_step(10, to=[CHEN]), a_step(20, to=[DIA], channel=None))
        )
    ],
    timeout=40 * MINUTE,
)
COMES = (
    ("request.reminded", 8 * MINUTE),
    ("request.escalated", 10 * MINUTE),
    ("request.escalated", 20 * MINUTE),
    ("request.reminded", 24 * MINUTE),
    ("request.expired", 40 * MINUTE),
)


class House:
    """A store that is opened, dies and is opened again; its clock only goes where the test puts it."""

    def __init__(self, folder: Path) -> None:
        self._url = f"sqlite:///{folder}/jit.db"
        self._ids = (f"019b0000-0000-7000-8000-{number:012x}" for number in itertools.count(1))
        self.now = NOON

    async def open(self) -> Store:
        wiring = StoreWiring(
            clock=lambda: self.now, monotonic=lambda: 0.0, new_id=lambda: next(self._ids), replica="one", version="0"
        )
        store = Store.open(self._url, wiring=wiring)
        await store.start()
        return store


async def ask(store: Store, house: House) -> None:
    """Ask a thousand every half minute; the first reminder is due when all have asked."""
    for start in range(10):
        house.now = NOON + start * 30 * SECOND
        await asyncio.gather(*(store.committer.run(submitting(ruling=RULING)) for _ in range(REQUESTS // 10)))


async def steps(store: Store) -> dict[RequestId, list[tuple[str, datetime]]]:
    """Return what the clock brought to each request, and when, the asking first."""
    found: dict[RequestId, list[tuple[str, datetime]]] = defaultdict(list)
    for row in await store.read(lambda snapshot: tuple(snapshot.audit())):
        if row.request is not None:
            found[row.request].append((row.event, row.at))
    return found


def expected(asked: datetime) -> Iterator[tuple[str, datetime]]:
    """Yield what must come and when: slept through, it comes when the house is up; past its end only the end does."""
    deadline = asked + COMES[-1][1]
    for event, after in COMES:
        due = asked + after
        is_slept_through = ASLEEP[0] <= due <= ASLEEP[1]
        if is_slept_through and deadline <= ASLEEP[1] and due < deadline:
            continue
        yield event, ASLEEP[1] if is_slept_through else due


@pytest.mark.slow
async def test_an_hour_of_ten_thousand_open_requests_brings_every_step_once_and_in_time(tmp_path: Path) -> None:
    house = House(tmp_path)
    store = await house.open()
    await ask(store, house)
    sweeper = Sweeper(Desk(store))
    while house.now < NOON + 60 * MINUTE:
        house.now += SECOND
        if house.now == ASLEEP[0]:
            await store.close()
            house.now = ASLEEP[1]
            store = await house.open()
            sweeper = Sweeper(Desk(store))
        await sweeper.sweep()
    told = await steps(store)
    is_quiet = await store.read(lambda snapshot: snapshot.next_wake()) is None
    await store.close()

    assert is_quiet
    assert len(told) == REQUESTS
    late, kinds = list[timedelta](), set[tuple[str, ...]]()
    for (first, asked), *came in told.values():
        wanted = list(expected(asked))
        assert (first, [event for event, _ in came]) == ("request.submitted", [event for event, _ in wanted])
        late += [at - due for (_, at), (_, due) in zip(came, wanted, strict=True)]
        kinds.add(tuple(event for event, _ in wanted))
    assert len(kinds) == 2, "some sleep past their end, some only past steps"
    assert min(late) >= timedelta()
    assert max(late) <= SECOND
