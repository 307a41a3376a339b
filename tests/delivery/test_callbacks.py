"""Callbacks against a real receiver: signed, the same each time, and every answer understood."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import aiohttp
import pytest
from aiohttp import web
from standardwebhooks import Webhook

from bot.core.attempts import Delivered, GiveUp, TryLater, Unknown
from bot.delivery import CallbackCourier, CallbackTerms
from bot.delivery.callbacks import Letter
from tests.delivery.conftest import SECRET
from tests.delivery.receiver import Receiver

BODY = '{"type":"request.decided","data":{"title":"Ünïcode ✓"}}'.encode()


def now() -> datetime:
    return datetime.now(UTC)  # the library that verifies looks at the wall clock, so the tests have to


def a_letter(url: str, source: str = "ci") -> Letter:
    return Letter(id="0199-letter", source=source, url=url, body=BODY)


async def test_a_callback_verifies_with_the_published_library(courier: CallbackCourier, receiver: Receiver) -> None:
    attempt = await courier.send(a_letter(receiver.url), now())

    (arrival,) = receiver.arrivals
    assert attempt == Delivered(detail={"status": 204})
    assert arrival.body == BODY
    assert arrival.headers["Content-Type"] == "application/json"
    Webhook(SECRET).verify(arrival.body, dict(arrival.headers))


async def test_a_clock_in_another_time_zone_signs_the_same_moment(courier: CallbackCourier, receiver: Receiver) -> None:
    somewhere = timezone(timedelta(hours=5, minutes=30))

    await courier.send(a_letter(receiver.url), now().astimezone(somewhere))

    (arrival,) = receiver.arrivals
    Webhook(SECRET).verify(arrival.body, dict(arrival.headers))


async def test_every_attempt_carries_the_same_id_and_bytes_but_its_own_time(
    courier: CallbackCourier, receiver: Receiver
) -> None:
    receiver.answers.extend([500, 204])
    first = now()

    await courier.send(a_letter(receiver.url), first)
    await courier.send(a_letter(receiver.url), first + timedelta(seconds=5))

    one, two = receiver.arrivals
    assert one.headers["webhook-id"] == two.headers["webhook-id"] == "0199-letter"
    assert one.body == two.body
    assert int(two.headers["webhook-timestamp"]) - int(one.headers["webhook-timestamp"]) == 5


@pytest.mark.parametrize("status", [200, 201, 204, 299])
async def test_every_2xx_is_success(courier: CallbackCourier, receiver: Receiver, status: int) -> None:
    receiver.answers.append(status)

    assert isinstance(await courier.send(a_letter(receiver.url), now()), Delivered)


@pytest.mark.parametrize("status", [400, 401, 404, 409, 429, 500, 503, 599])
async def test_every_other_answer_is_tried_again(courier: CallbackCourier, receiver: Receiver, status: int) -> None:
    receiver.answers.append(status)

    assert await courier.send(a_letter(receiver.url), now()) == TryLater(why=f"answered {status}")


async def test_410_stops(courier: CallbackCourier, receiver: Receiver) -> None:
    receiver.answers.append(410)

    assert isinstance(await courier.send(a_letter(receiver.url), now()), GiveUp)


async def test_retry_after_is_passed_on(courier: CallbackCourier, receiver: Receiver) -> None:
    receiver.answers.append(web.Response(status=503, headers={"Retry-After": "120"}))

    attempt = await courier.send(a_letter(receiver.url), now())

    assert attempt == TryLater(why="answered 503", after=timedelta(seconds=120))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirects_are_not_followed(courier: CallbackCourier, receiver: Receiver, status: int) -> None:
    receiver.answers.append(web.Response(status=status, headers={"Location": receiver.url}))

    attempt = await courier.send(a_letter(receiver.url), now())

    assert isinstance(attempt, TryLater)
    assert "redirects are not followed" in attempt.why
    assert len(receiver.arrivals) == 1


async def test_a_connection_cut_after_reading_is_ambiguous(courier: CallbackCourier, receiver: Receiver) -> None:
    receiver.answers.append(ConnectionResetError())

    attempt = await courier.send(a_letter(receiver.url), now())

    assert isinstance(attempt, Unknown)
    assert len(receiver.arrivals) == 1


async def test_a_closed_port_is_tried_again(courier: CallbackCourier, unused_tcp_port: int) -> None:
    attempt = await courier.send(a_letter(f"http://127.0.0.1:{unused_tcp_port}/x"), now())

    assert isinstance(attempt, TryLater)


async def test_a_receiver_that_never_answers_is_left_after_the_time_limit() -> None:
    silent = await asyncio.start_server(says_nothing, "127.0.0.1", 0)
    host, port = silent.sockets[0].getsockname()
    terms = CallbackTerms(secrets=(SECRET,), hosts=frozenset({host}))
    limit = aiohttp.ClientTimeout(total=0.2)
    async with silent, CallbackCourier(lambda _source: terms, limit) as courier:
        attempt = await courier.send(a_letter(f"http://{host}:{port}/"), now())

    assert isinstance(attempt, Unknown)


async def test_an_endless_answer_is_not_read(courier: CallbackCourier, receiver: Receiver) -> None:
    receiver.answers.append(web.Response(status=200, body=b"x" * 10_000_000))

    async with asyncio.timeout(5):
        attempt = await courier.send(a_letter(receiver.url), now())

    assert isinstance(attempt, Delivered)


async def test_nothing_is_ever_sent_unsigned(courier: CallbackCourier, receiver: Receiver) -> None:
    attempt = await courier.send(a_letter(receiver.url, source="mute"), now())

    assert isinstance(attempt, GiveUp)
    assert "signing_secret_env" in attempt.why
    assert receiver.arrivals == []


async def test_a_source_that_left_the_policy_gets_nothing(courier: CallbackCourier, receiver: Receiver) -> None:
    attempt = await courier.send(a_letter(receiver.url, source="gone"), now())

    assert isinstance(attempt, GiveUp)
    assert receiver.arrivals == []


@pytest.mark.parametrize(
    "secret", ["whsec_not*base64", "whsec_c2hvcnQ=", "a raw secret, long enough: some read it as base64, some do not"]
)
async def test_a_secret_that_is_none_gives_up_without_showing_it(receiver: Receiver, secret: str) -> None:
    terms = CallbackTerms(secrets=(secret,), hosts=frozenset({"127.0.0.1"}))
    async with CallbackCourier(lambda _source: terms) as courier:
        attempt = await courier.send(a_letter(receiver.url), now())

    assert isinstance(attempt, GiveUp)
    assert secret.removeprefix("whsec_") not in attempt.why
    assert receiver.arrivals == []


async def test_a_courier_that_is_not_open_says_so() -> None:
    courier = CallbackCourier(lambda _source: CallbackTerms(secrets=(SECRET,)))

    with pytest.raises(RuntimeError, match="not open"):
        await courier.send(a_letter("https://ci.acme.test/"), now())


async def says_nothing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        writer.close()
