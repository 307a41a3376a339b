"""The door to callers: drawn once, sent with the same id and bytes until somebody takes it."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
from prometheus_client import CollectorRegistry
from standardwebhooks import Webhook

from bot.core.effects import CallBack
from bot.core.request import State
from bot.core.view import RequestView
from bot.delivery import CallbackCourier, CallbackTerms
from bot.relay.callback_door import CallbackDoor
from bot.relay.notices import Notices
from bot.relay.runner import Chances, Runner
from tests.delivery.receiver import Receiver, a_receiver
from tests.factories import ID, a_request, a_subject
from tests.relay.books_in_memory import BooksInMemory

SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
TERMS = CallbackTerms(secrets=(SECRET,), hosts=frozenset({"127.0.0.1"}))


class Clock:
    """The wall clock, moved on at will."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - what is waited for is a number, not an event
            await asyncio.sleep(0.01)


def decided(url: str | None) -> RequestView:
    request = a_request(state=State.APPROVED, subject=a_subject(callback_url=url))
    return RequestView(request=request, tests=request.tests)


class House:
    """A relay with the door to callers only, on a clock that can be moved."""

    def __init__(self, receiver: Receiver) -> None:
        self.clock = Clock()
        self.books = BooksInMemory(clock=self.clock, views={ID: decided(receiver.url)})
        self.row = self.books.put(CallBack(request=ID), "callback:127.0.0.1")
        self.life: asyncio.Task[None] | None = None

    async def live(self, courier: CallbackCourier) -> Runner:
        door = CallbackDoor(courier, self.books, "https://jit.acme.test", self.clock)
        runner = Runner(door, self.books, Chances(clock=self.clock, chance=lambda: 0.0), Notices(CollectorRegistry()))
        self.life = asyncio.create_task(runner.run())
        return runner


async def test_a_callback_is_retried_with_the_same_id_and_bytes_until_it_is_taken() -> None:
    async with a_receiver() as receiver, CallbackCourier({"ci": TERMS}.get) as courier:
        house = House(receiver)
        receiver.answers.extend([500, ConnectionResetError(), 302, 204])
        runner = await house.live(courier)
        for attempt, wait in enumerate([timedelta(seconds=6), timedelta(minutes=6), timedelta(minutes=31)], start=1):
            await until(lambda: len(receiver.arrivals) == attempt and house.row.status == "due")  # noqa: B023 - awaited here
            # The decision changes nothing any more, but the view does: a card was posted meanwhile.
            house.books.views[ID] = replace(decided(receiver.url))
            house.clock.ahead += wait
            runner.wake()
        await until(lambda: house.row.status == "done")
        runner.close()
        assert house.life
        await house.life

    assert len({arrival.body for arrival in receiver.arrivals}) == 1
    assert {arrival.headers["webhook-id"] for arrival in receiver.arrivals} == {f"jit_{house.row.id}"}
    said = orjson.loads(receiver.arrivals[0].body)
    assert (said["type"], said["data"]["id"], said["data"]["state"]) == ("request.decided", ID, "approved")


async def test_the_first_callback_verifies() -> None:
    async with a_receiver() as receiver, CallbackCourier({"ci": TERMS}.get) as courier:
        house = House(receiver)
        runner = await house.live(courier)
        await until(lambda: house.row.status == "done")
        runner.close()
        assert house.life
        await house.life

    (arrival,) = receiver.arrivals
    Webhook(SECRET).verify(arrival.body, dict(arrival.headers))


async def test_410_is_not_tried_again() -> None:
    async with a_receiver() as receiver, CallbackCourier({"ci": TERMS}.get) as courier:
        house = House(receiver)
        receiver.answers.append(410)
        runner = await house.live(courier)
        await until(lambda: house.row.status == "dead")
        house.clock.ahead += timedelta(days=30)
        runner.wake()
        runner.close()
        assert house.life
        await house.life

    assert len(receiver.arrivals) == 1


async def test_after_ten_attempts_it_is_dead() -> None:
    async with a_receiver() as receiver, CallbackCourier({"ci": TERMS}.get) as courier:
        house = House(receiver)
        receiver.answers.extend([503] * 11)
        runner = await house.live(courier)
        while house.row.status != "dead":
            sent = len(receiver.arrivals)
            await until(lambda: house.row.attempts > sent and house.row.status != "claimed")  # noqa: B023 - awaited here
            house.clock.ahead += timedelta(hours=25)
            runner.wake()
        runner.close()
        assert house.life
        await house.life

    assert len(receiver.arrivals) == 10


async def test_a_request_without_a_callback_url_is_given_up() -> None:
    async with a_receiver() as receiver, CallbackCourier({"ci": TERMS}.get) as courier:
        house = House(receiver)
        house.books.views[ID] = decided(None)
        runner = await house.live(courier)
        await until(lambda: house.row.status == "dead")
        runner.close()
        assert house.life
        await house.life

    assert receiver.arrivals == []
