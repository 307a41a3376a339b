"""The same call again: the same request, never a second one."""

import asyncio
from datetime import timedelta
from io import BytesIO

import aiohttp
import orjson
import pytest

from tests.factories import NOON
from tests.handlers.api.house import BEARER, MINIMAL, OTHER_BEARER, Answer, House, sign

BODY = orjson.dumps(MINIMAL)
OTHER_BODY = orjson.dumps({**MINIMAL, "action": "roll back"})
JSON = {**BEARER, "Content-Type": "application/json"}
SIGNED = {"Content-Type": "application/json", **sign(BODY, NOON)}


async def count(house: House) -> int:
    return len((await house.get("/v1/requests")).json["items"])


async def test_the_same_key_and_body_bring_the_same_request_back(house: House) -> None:
    first = await house.post(BODY, {**JSON, "Idempotency-Key": "k"})
    second = await house.post(BODY, {**JSON, "Idempotency-Key": "k"})

    assert (first.status, second.status) == (201, 200)
    assert second.json == first.json
    assert await count(house) == 1


async def test_the_same_key_with_another_body_is_a_409(house: House) -> None:
    await house.post(BODY, {**JSON, "Idempotency-Key": "k"})

    answer = await house.post(OTHER_BODY, {**JSON, "Idempotency-Key": "k"})

    assert answer.is_problem(409)
    assert answer.json["type"] == "urn:jit:problem:key_reused"
    assert await count(house) == 1


async def test_without_a_key_every_call_is_a_new_request(house: House) -> None:
    await house.post(BODY, JSON)
    await house.post(BODY, JSON)

    assert await count(house) == 2


async def test_keys_of_different_sources_do_not_meet(house: House) -> None:
    await house.post(BODY, {**JSON, "Idempotency-Key": "k"})

    answer = await house.post(OTHER_BODY, {**JSON, **OTHER_BEARER, "Idempotency-Key": "k"})

    assert answer.status == 201


async def test_of_many_calls_at_once_one_makes_the_request(house: House) -> None:
    answers = await asyncio.gather(*(house.post(BODY, {**JSON, "Idempotency-Key": "k"}) for _ in range(20)))

    assert sorted(answer.status for answer in answers) == [200] * 19 + [201]
    assert len({answer.json["id"] for answer in answers}) == 1


async def test_a_request_that_has_ended_since_comes_back_as_it_is_now(house: House) -> None:
    first = await house.post(BODY, {**JSON, "Idempotency-Key": "k"})
    await house.review(first.json["id"])

    assert (await house.post(BODY, {**JSON, "Idempotency-Key": "k"})).json["state"] == "approved"


async def test_the_same_form_with_another_boundary_is_the_same_call(house: House) -> None:
    answers: list[Answer] = []
    for _ in range(2):
        form = aiohttp.FormData()  # with a random boundary, as every client makes it
        form.add_field("request", BODY.decode())
        form.add_field("report", BytesIO(b'<testsuite tests="1"><testcase name="a"/></testsuite>'), filename="r.xml")
        async with house.client.post("/v1/requests", data=form, headers={**BEARER, "Idempotency-Key": "k"}) as answer:
            answers.append(await Answer.of(answer))

    assert [answer.status for answer in answers] == [201, 200]


async def test_a_signed_call_sent_again_brings_the_same_request_back(house: House) -> None:
    first = await house.post(BODY, SIGNED)
    second = await house.post(BODY, SIGNED)

    assert (first.status, second.status) == (201, 200)
    assert second.json["id"] == first.json["id"]


async def test_a_retry_that_is_signed_anew_is_known_by_its_key(house: House) -> None:
    first = await house.post(BODY, {**SIGNED, "Idempotency-Key": "k"})
    house.clock.forward(timedelta(minutes=20))
    again = {**SIGNED, **sign(BODY, house.clock.now, "msg_2"), "Idempotency-Key": "k"}

    assert (await house.post(BODY, again)).json["id"] == first.json["id"]


@pytest.mark.parametrize(("first", "second"), [({}, {"Idempotency-Key": "k"}), ({"Idempotency-Key": "k"}, {})])
async def test_a_captured_call_can_not_be_made_a_new_one_by_its_headers(
    house: House, first: dict[str, str], second: dict[str, str]
) -> None:
    await house.post(BODY, {**SIGNED, **first})

    answer = await house.post(BODY, {**SIGNED, **second})

    assert answer.is_problem(409)
    assert answer.json["type"] == "urn:jit:problem:replayed"
    assert await count(house) == 1
