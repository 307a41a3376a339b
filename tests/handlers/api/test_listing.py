"""Lists of requests, and taking one back."""

from datetime import timedelta
from io import BytesIO

import orjson
import pytest

from handlers.api.answers import RequestPage
from tests.factories import NOON
from tests.handlers.api.house import BEARER, FULL, MINIMAL, House, sign

JSON = {**BEARER, "Content-Type": "application/json"}


async def test_the_newest_come_first_page_by_page(house: House) -> None:
    asked = [(await house.ask())["id"] for _ in range(5)]

    first = (await house.get("/v1/requests?limit=3")).json
    second = (await house.get(f"/v1/requests?limit=3&cursor={first['next_cursor']}")).json

    assert [item["id"] for item in first["items"] + second["items"]] == asked[::-1]
    assert second["next_cursor"] is None
    RequestPage.model_validate_json(orjson.dumps(first))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("state=pending", 1),
        ("state=approved", 1),
        ("state=rejected", 0),
        ("service=payments", 1),
        ("environment=staging", 1),
        ("lane=payments/production", 1),
        ("source=ci", 2),
        ("source=cd", 0),
        ("service=payments&environment=staging", 0),
        ("service=%27%20OR%201=1--", 0),
    ],
)
async def test_a_list_can_be_narrowed(house: House, query: str, found: int) -> None:
    await house.ask(FULL)
    await house.ask({**MINIMAL, "environment": "staging"})

    assert len((await house.get(f"/v1/requests?{query}")).json["items"]) == found


async def test_a_line_of_a_list_holds_the_failures_a_card_shows(house: House) -> None:
    failures = [{"id": f"t{n}"} for n in range(9)]
    await house.ask({**MINIMAL, "tests": {"total": 9, "failed": 9, "failures": failures}})

    line = (await house.get("/v1/requests")).json["items"][0]

    assert line["tests"]["failed"] == 9
    assert len(line["tests"]["failures"]) == 5


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("limit=0", "/query/limit"),
        ("limit=101", "/query/limit"),
        ("limit=ten", "/query/limit"),
        ("state=open", "/query/state"),
        ("satte=pending", "/query/satte"),
        ("service=%00", "/query/service"),
        ("service=" + "s" * 1001, "/query/service"),
        ("service=a&service=b", "/query"),
    ],
)
async def test_a_question_that_makes_no_sense_is_a_422(house: House, query: str, pointer: str) -> None:
    answer = await house.get(f"/v1/requests?{query}")

    assert answer.is_problem(422)
    assert answer.pointers == [pointer]


async def test_cancelling_ends_a_request_and_says_why(house: House) -> None:
    asked = await house.ask()

    answer = await house.post(b'{"reason": "wrong version"}', JSON, f"/v1/requests/{asked['id']}/cancel")

    assert (answer.status, answer.json["state"]) == (200, "cancelled")
    assert answer.json["decision"]["verdict"] is None
    assert answer.json["decision"]["reason"] == "wrong version"
    assert answer.json["decision"]["by"]["name"] == "ci"


async def test_what_has_ended_can_not_be_cancelled(house: House) -> None:
    asked = await house.ask()
    await house.review(asked["id"])

    answer = await house.post(b"{}", JSON, f"/v1/requests/{asked['id']}/cancel")

    assert answer.is_problem(409)
    assert answer.json["type"] == "urn:jit:problem:not_open"
    assert (await house.get(f"/v1/requests/{asked['id']}")).json["state"] == "approved"


async def test_what_is_past_its_deadline_can_not_be_cancelled(house: House) -> None:
    asked = await house.ask()
    house.clock.forward(timedelta(hours=1))

    answer = await house.post(b"{}", JSON, f"/v1/requests/{asked['id']}/cancel")

    assert answer.is_problem(409)


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b"[]", "application/json", 422),
        (b'{"reason": 1}', "application/json", 422),
        (b'{"why": "x"}', "application/json", 422),
        (b'{"reason": "' + b"r" * 4001 + b'"}', "application/json", 422),
        (rb'{"reason": "\u0000"}', "application/json", 422),
        (b"no", "application/json", 400),
        (b"{}", "text/plain", 415),
    ],
)
async def test_a_cancellation_that_can_not_be_read_cancels_nothing(
    house: House, body: bytes, content_type: str, status: int
) -> None:
    asked = await house.ask()

    answer = await house.post(body, {**BEARER, "Content-Type": content_type}, f"/v1/requests/{asked['id']}/cancel")

    assert answer.is_problem(status)
    assert (await house.get(f"/v1/requests/{asked['id']}")).json["state"] == "pending"


async def test_a_signature_made_for_looking_can_not_cancel(house: House) -> None:
    asked = await house.ask()
    looking = sign(b"", NOON)
    assert (await house.get(f"/v1/requests/{asked['id']}", looking)).status == 200

    answer = await house.post(b"", looking, f"/v1/requests/{asked['id']}/cancel")

    assert answer.is_problem(415)
    assert (await house.get(f"/v1/requests/{asked['id']}")).json["state"] == "pending"


async def test_a_signature_cancels_one_request_and_no_other(house: House) -> None:
    one, other = await house.ask(), await house.ask()
    headers = {"Content-Type": "application/json", **sign(b"{}", NOON)}
    assert (await house.post(b"{}", headers, f"/v1/requests/{one['id']}/cancel")).status == 200

    answer = await house.post(b"{}", headers, f"/v1/requests/{other['id']}/cancel")

    assert answer.is_problem(409)
    assert (await house.get(f"/v1/requests/{other['id']}")).json["state"] == "pending"


async def test_every_refusal_is_written_down(house: House) -> None:
    asked = await house.ask()
    await house.review(asked["id"])
    await house.client.post(f"/v1/requests/{asked['id']}/cancel", data=BytesIO(b"{}"), headers=JSON)

    events = (await house.get(f"/v1/requests/{asked['id']}/events")).json["items"]

    assert events[-1]["event"] == "request.refused"
