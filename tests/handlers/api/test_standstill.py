"""No single call holds the house: the loop that reads it answers everybody's clicks, too."""

import time

import orjson
import pytest

from handlers.api.asking.bodies import read_json
from handlers.api.asking.model import RequestAsked
from handlers.problems import Problem
from tests.handlers.api.house import BEARER, MINIMAL, House

FORM = {**BEARER, "Content-Type": "multipart/form-data; boundary=x"}
MEBIBYTE = 1024 * 1024


def seconds_for(names: int) -> float:
    """How long it takes to refuse *names* parameters of which the last is written twice."""
    listed = ",".join(f'"k{n}":0' for n in range(names))
    body = f'{{"title":"a","action":"b","parameters":{{{listed},"k{names - 1}":0}}}}'.encode()
    began = time.process_time()
    with pytest.raises(Problem):
        read_json(RequestAsked, body)
    return time.process_time() - began


def a_form(request: bytes) -> bytes:
    return b'--x\r\nContent-Disposition: form-data; name="request"\r\n\r\n' + request + b"\r\n--x--\r\n"


def test_a_twin_at_the_end_costs_what_the_body_is_long_and_not_its_square() -> None:
    small, large = min(seconds_for(2_000) for _ in range(3)), min(seconds_for(16_000) for _ in range(3))

    assert large < 8 * small * 3


@pytest.mark.parametrize(
    "field",
    [
        b'"labels":[%b]',
        b'"authors":[%b]',
        b'"links":[%b]',
        b'"reports":[%b]',
        b'"tests":{"total":1,"failed":0,"failures":[%b]}',
    ],
)
async def test_of_half_a_million_wrong_items_only_the_first_is_explained(house: House, field: bytes) -> None:
    body = b'{"title":"t","action":"a",' + field % b",".join([b"1"] * 500_000) + b"}"

    answer = await house.post(body, {**BEARER, "Content-Type": "application/json"})

    assert answer.is_problem(422)
    assert len(answer.pointers) == 1


async def test_the_json_of_a_form_has_the_limit_of_json(house: House) -> None:
    request = orjson.dumps(MINIMAL)
    padded = request[:-1] + b" " * (MEBIBYTE - len(request)) + b"}"

    assert (await house.post(a_form(padded), FORM)).status == 201
    assert (await house.post(a_form(padded + b" "), FORM)).is_problem(413)


@pytest.mark.parametrize("preamble", [b"\n" * MEBIBYTE, b"--xy\r\n" * 100_000, b"for old readers\r\n"])
async def test_a_form_begins_with_its_boundary(house: House, preamble: bytes) -> None:
    answer = await house.post(preamble + a_form(orjson.dumps(MINIMAL)), FORM)

    assert answer.is_problem(400)
    assert await house.is_empty()
