"""An hour of a thousand open requests in simulated time, half of them in business time: every step once, in time."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.core.business_time import Opening
from bot.core.request import RequestId
from bot.core.ruling import Ruling
from bot.store import Store, StoreWiring
from bot.usecases.desk import Desk
from bot.usecases.ring import Sweeper
from tests.factories import BO, CHEN, DIA, NOON, a_calendar, a_ruling, a_stage, a_step
from tests.store.asks import submitting

REQUESTS = 1_000
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
CLOSED = (NOON + 15 * MINUTE, NOON + 25 * MINUTE)
BUSINESS = replace(
    RULING,
    calendar=a_calendar(openings=tuple(Opening(NOON.weekday(), *minutes) for minutes in ((700, 735), (745, 1000)))),
)
"""The same by a clock that stands for ten minutes."""

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


async def ask(store: Store, house: House) -> set[RequestId]:
    """Ask a hundred every half minute, half of them in business time: which they are is returned."""
    asked = set[RequestId]()
    for start in range(10):
        house.now = NOON + start * 30 * SECOND
        rulings = (RULING, BUSINESS) * (REQUESTS // 20)
        made = await asyncio.gather(*(store.committer.run(submitting(ruling=ruling)) for ruling in rulings))
        asked |= {outcome.request.id for outcome in made if outcome.request.ruling.calendar}
    return asked


async def steps(store: Store) -> dict[RequestId, list[tuple[str, datetime]]]:
    """Return what the clock brought to each request, and when, the asking first."""
    found: dict[RequestId, list[tuple[str, datetime]]] = defaultdict(list)
    for row in await store.read(lambda snapshot: tuple(snapshot.audit())):
        if row.request is not None:
            found[row.request].append((row.event, row.at))
    return found


def expected(asked: datetime, closed: timedelta) -> Iterator[tuple[str, datetime]]:
    """Yield what must come and when: slept through, it comes when the house is up; past its end only the end does."""
    dues = [asked + after + (closed if asked + after > CLOSED[0] else timedelta()) for _, after in COMES]
    deadline = dues[-1]
    for (event, _), due in zip(COMES, dues, strict=True):
        is_slept_through = ASLEEP[0] <= due <= ASLEEP[1]
        if is_slept_through and deadline <= ASLEEP[1] and due < deadline:
            continue
        yield event, ASLEEP[1] if is_slept_through else due


@pytest.mark.slow
async def test_an_hour_of_a_thousand_open_requests_brings_every_step_once_and_in_time(tmp_path: Path) -> None:
    house = House(tmp_path)
    store = await house.open()
    in_business_time = await ask(store, house)
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
    for request, ((first, asked), *came) in told.items():
        wanted = list(expected(asked, CLOSED[1] - CLOSED[0] if request in in_business_time else timedelta()))
        assert (first, [event for event, _ in came]) == ("request.submitted", [event for event, _ in wanted])
        late += [at - due for (_, at), (_, due) in zip(came, wanted, strict=True)]
        kinds.add(tuple(event for event, _ in wanted))
    assert len(kinds) == 2, "some sleep past their end, some only past steps"
    assert len(in_business_time) == REQUESTS // 2
    assert min(late) >= timedelta()
    assert max(late) <= SECOND
