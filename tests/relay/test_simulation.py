"""Hours of bad weather and crashes in virtual time: nothing is lost, nothing is said twice, every card is known."""

import asyncio
import contextlib
import random
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry

from bot.core.effects import Note, Said, ShowCard, TellRequester, TellThread
from bot.core.request import RequestId
from bot.relay.notices import Notices
from bot.relay.pace import Pace
from bot.relay.runner import Chances, Runner
from bot.relay.slack_door import SlackDoor
from tests.factories import NOON, an_actor
from tests.relay.books_in_memory import BooksInMemory
from tests.relay.house import until
from tests.relay.slack_world import FakeSlack, Weather, World
from tests.relay.virtual import clock, simulate

NOTICES = Notices(CollectorRegistry())
CHANNELS = ("#approvals", "#payments-releases")


class Drama:
    """One seed's story: who asks when, when it storms, when the process is killed."""

    def __init__(self, seed: int, requests: int, outage: timedelta, *, recovers: bool) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a story, no secret
        self.world = World(weather=self._weather)
        self.books = BooksInMemory()
        self.requests = requests
        self.outage = outage
        self.recovers = recovers
        self.over = False

    def _weather(self) -> Weather:
        if timedelta(minutes=10) <= clock() - NOON < timedelta(minutes=10) + self.outage:
            return self.random.choice([Weather.FAILED, Weather.CUT_BEFORE, Weather.CUT_AFTER])
        if self.over or self.random.random() < 0.8:
            return Weather.FINE
        passing = (Weather.FINE, Weather.LIMITED, Weather.FAILED, Weather.CUT_BEFORE, Weather.CUT_AFTER)
        return self.random.choice(passing)

    async def play(self) -> None:
        lives = asyncio.create_task(self._live_and_die())
        await asyncio.gather(*(self._ask(n) for n in range(self.requests)))
        self.over = True
        await until(lambda: set(self.books.statuses()) == {"done"}, within=timedelta(hours=5))
        lives.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await lives

    async def _ask(self, number: int) -> None:
        request = RequestId(f"request-{number:03}")
        channels = CHANNELS[: self.random.randint(1, 2)]
        await asyncio.sleep(self.random.uniform(0, 1800))
        for channel in channels:
            self.books.put(ShowCard(request=request, channel=channel), f"slack:{channel}", rank=2)
        for word in ("one", "two", "three")[: self.random.randint(0, 3)]:
            await asyncio.sleep(self.random.choice([0.01, 1, 60, 600]))
            said = Said(note=Note.REVIEWED, by=an_actor(), words=word)
            for channel in channels:
                self.books.put(ShowCard(request=request, channel=channel), f"slack:{channel}", rank=0)
                self.books.put(TellThread(request=request, channel=channel, said=said), f"slack:{channel}", rank=1)
            self.books.put(TellRequester(request=request, said=said), "slack:requester:ana", rank=1)

    async def _live_and_die(self) -> None:
        while True:
            door = SlackDoor(FakeSlack(self.world), self.books, Pace(1))
            runner = Runner(door, self.books, Chances(clock=clock, chance=self.random.random), NOTICES)
            life = asyncio.create_task(runner.run())
            try:
                await asyncio.sleep(1e9 if self.over else self.random.choice([0.3, 3, 30, 300]))
            finally:
                # As a power cut would: nothing is given back.
                life.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await life
            if self.recovers:
                await self.books.recover()


@pytest.mark.parametrize("recovers", [True, False])
@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32), requests=st.integers(1, 25), minutes=st.sampled_from([0, 5, 60]))
def test_nothing_is_lost_and_nothing_is_said_twice(recovers: bool, seed: int, requests: int, minutes: int) -> None:  # noqa: FBT001 - pytest passes it
    drama = Drama(seed, requests, timedelta(minutes=minutes), recovers=recovers)

    simulate(drama.play)

    wanted = {f"card:{e.request}:{e.channel}" for e in (r.effect for r in drama.books.rows) if isinstance(e, ShowCard)}
    said = [m.about for m in drama.world.messages]
    assert drama.world.cards() == dict.fromkeys(wanted, 1)
    assert len(said) == len(set(said))
    lines = [row for row in drama.books.rows if isinstance(row.effect, TellThread | TellRequester)]
    assert len(said) == len(wanted) + len(lines)
    known = {(f"card:{request}:{channel}", card.ts) for (request, channel), card in drama.books.cards.items()}
    assert known == {(m.about, m.ts) for m in drama.world.messages if m.about.startswith("card")}
