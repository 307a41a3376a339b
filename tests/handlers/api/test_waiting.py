"""Waiting for the answer, and looking without waiting."""

import asyncio
import time

import pytest

from bot.core.ruling import Verdict
from tests.handlers.api.house import BEARER, MINIMAL, Answer, House

pytestmark = pytest.mark.timeout(60)


async def waiting(house: House, request_id: str, seconds: float = 50) -> "asyncio.Task[Answer]":
    """Begin to wait, and return once the house knows of it."""
    task = asyncio.create_task(house.get(f"/v1/requests/{request_id}?wait={seconds}"))
    # Whoever waits is on the far side of a socket: no event tells of them, and only the desk knows.
    while not house.desk._watches:  # noqa: ASYNC110 - see above  # pyright: ignore[reportPrivateUsage] - see above
        await asyncio.sleep(0.005)
    return task


@pytest.mark.parametrize(("verdict", "state"), [(Verdict.APPROVE, "approved"), (Verdict.REJECT, "rejected")])
async def test_a_decision_wakes_whoever_waits(house: House, verdict: Verdict, state: str) -> None:
    asked = await house.ask()
    task = await waiting(house, asked["id"])

    await house.review(asked["id"], verdict)

    assert (await task).json["state"] == state


async def test_a_cancellation_wakes_too(house: House) -> None:
    asked = await house.ask()
    task = await waiting(house, asked["id"])

    await house.post(b"", BEARER, f"/v1/requests/{asked['id']}/cancel")

    assert (await task).json["state"] == "cancelled"


async def test_what_has_ended_is_answered_at_once(house: House) -> None:
    asked = await house.ask({**MINIMAL, "environment": "staging"})

    answer = await house.get(f"/v1/requests/{asked['id']}?wait=60")

    assert answer.json["state"] == "approved"


async def test_a_wait_that_ends_in_vain_is_a_200_too(house: House) -> None:
    asked = await house.ask()
    started = time.monotonic()

    answer = await house.get(f"/v1/requests/{asked['id']}?wait=0.2")

    assert (answer.status, answer.json["state"]) == (200, "pending")
    assert time.monotonic() - started >= 0.2


async def test_closing_time_answers_whoever_waits(house: House) -> None:
    asked = await house.ask()
    task = await waiting(house, asked["id"])

    await house.runner.cleanup()

    assert (await task).json["state"] == "pending"


async def test_many_may_wait_for_one_request(house: House) -> None:
    asked = await house.ask()
    tasks = [await waiting(house, asked["id"]) for _ in range(10)]

    await house.review(asked["id"])

    assert {(await task).json["state"] for task in tasks} == {"approved"}
    assert not house.desk._watches  # pyright: ignore[reportPrivateUsage] - nobody may be left behind


@pytest.mark.parametrize("wait", ["61", "-1", "nan", "inf", "soon", "", "1&wait=2"])
async def test_a_wait_is_a_number_of_seconds_up_to_sixty(house: House, wait: str) -> None:
    asked = await house.ask()

    answer = await house.get(f"/v1/requests/{asked['id']}?wait={wait}")

    assert answer.is_problem(422)
    assert answer.pointers[0].startswith("/query")


@pytest.mark.parametrize(
    "request_id", ["0", "019a0000-0000-7000-8000-000000000001", "%00", "..%2f", "x" * 3000, "'; DROP TABLE requests;--"]
)
async def test_what_is_not_there_is_a_404(house: House, request_id: str) -> None:
    assert (await house.get(f"/v1/requests/{request_id}")).is_problem(404)
    assert (await house.get(f"/v1/requests/{request_id}/events")).is_problem(404)
    assert (await house.post(b"", BEARER, f"/v1/requests/{request_id}/cancel")).is_problem(404)
