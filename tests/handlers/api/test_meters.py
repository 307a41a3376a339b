"""What is counted: every end once, wherever it came from."""

from datetime import timedelta

from prometheus_client.parser import text_string_to_metric_families

from bot.core.request import RequestId
from bot.core.ruling import Verdict
from bot.usecases.ring import Sweeper
from tests.handlers.api.house import BEARER, MINIMAL, House

JSON = {**BEARER, "Content-Type": "application/json"}


async def numbers(house: House, name: str) -> dict[tuple[str, ...], float]:
    """Return the samples called *name* by the values of their labels."""
    text = (await house.get("/metrics", {})).text
    return {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


async def test_every_end_is_counted_once_wherever_it_came_from(house: House) -> None:
    for verdict in (Verdict.APPROVE, Verdict.APPROVE, Verdict.REJECT):
        await house.review((await house.ask())["id"], verdict)
    await house.ask({**MINIMAL, "environment": "staging"})
    await house.post(b"{}", JSON, f"/v1/requests/{(await house.ask())['id']}/cancel")
    await house.ask({**MINIMAL, "timeout": "1m"})
    house.clock.forward(timedelta(minutes=2))
    await Sweeper(house.desk).sweep()

    assert await numbers(house, "jit_requests_ended_total") == {
        ("ci", "approved"): 3,
        ("ci", "rejected"): 1,
        ("ci", "cancelled"): 1,
        ("ci", "expired"): 1,
    }


async def test_what_is_refused_after_the_end_ends_nothing_again(house: House) -> None:
    asked = await house.ask()
    await house.review(asked["id"])
    for _ in range(3):
        await house.post(b"{}", JSON, f"/v1/requests/{asked['id']}/cancel")

    assert await numbers(house, "jit_requests_ended_total") == {("ci", "approved"): 1}


async def test_an_end_that_was_taken_back_with_its_group_is_not_counted(house: House) -> None:
    asked = await house.ask({**MINIMAL, "environment": "staging"}, Idempotency_Key="k")
    again = await house.ask({**MINIMAL, "environment": "staging"}, 200, Idempotency_Key="k")

    assert asked["id"] == again["id"]
    assert await numbers(house, "jit_requests_submitted_total") == {("auto_approve", "ci"): 1}
    assert await numbers(house, "jit_requests_ended_total") == {("ci", "approved"): 1}


async def test_only_what_waited_for_people_is_timed(house: House) -> None:
    await house.ask({**MINIMAL, "environment": "staging"})
    asked = await house.ask()
    house.clock.forward(timedelta(seconds=40))
    await house.review(asked["id"])

    assert await numbers(house, "jit_decision_seconds_sum") == {("approved",): 40}


async def test_a_listener_hears_of_an_end_before_whoever_asked_for_it(house: House) -> None:
    heard: list[RequestId] = []
    house.desk.on_end(lambda request: heard.append(request.id))
    asked = await house.ask()

    await house.review(asked["id"])

    assert heard == [asked["id"]]
