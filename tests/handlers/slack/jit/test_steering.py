"""`/jit escalate`: the next people are asked before it is time."""

from tests.factories import BO, CHEN, DIA, a_ruling, a_stage, a_step
from tests.handlers.slack.house import House
from tests.handlers.slack.jit.test_command import ANA_ID, EVE_ID, GUS_ID, typed

STEPS = a_ruling(stages=[a_stage("qa", approvers=[BO], escalate=(a_step(10, [CHEN]), a_step(20, [DIA])))])


async def test_each_escalation_is_taken_once_and_then_nothing_is_left(house: House) -> None:
    request = await house.ask(STEPS)

    assert "The next people are asked" in await typed(house, f"escalate {request.number}")
    assert [one.key for one in (await house.now(request)).called] == ["chen"]
    await typed(house, f"escalate {request.number}")
    assert [one.key for one in (await house.now(request)).called] == ["chen", "dia"]

    assert "has been called already" in await typed(house, f"escalate {request.number}")


async def test_what_has_ended_asks_nobody(house: House) -> None:
    request = await house.ask(STEPS)
    await typed(house, f"approve {request.number}")

    await typed(house, f"escalate {request.number}")

    assert (await house.now(request)).called == ()


async def test_whoever_may_not_answer_calls_nobody_either(house: House) -> None:
    request = await house.ask(STEPS)

    said = await typed(house, f"escalate {request.number}", ANA_ID)

    assert "You asked for this yourself" in said
    assert (await house.now(request)).called == ()
    assert (await house.refused())[-1]["code"] == "forbidden"


async def test_guests_and_strangers_call_nobody(house: House) -> None:
    request = await house.ask(STEPS)

    for user in (GUS_ID, EVE_ID):
        await typed(house, f"escalate {request.number}", user)

    assert (await house.now(request)).called == ()
    assert (await house.log(request)).count("request.refused") == 2
