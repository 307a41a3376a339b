"""`/jit undo`, and what an answer that can be taken back says of itself."""

from datetime import timedelta

import pytest

from bot.core.request import State
from tests.factories import BO, CHEN, NOON, a_ruling, a_stage
from tests.handlers.slack.house import House
from tests.slack.validating import read_aloud

WINDOW = timedelta(minutes=2)
HELD = a_ruling(stages=[a_stage("qa", 1, [BO, CHEN])], undo_within=WINDOW)


async def typed(house: House, text: str, user: str = "U0BO00000") -> str:
    seen = await house.workspace.command(user, "C0APPROVE", "/jit", text)
    assert seen.said is not None
    return read_aloud(list(seen.said.blocks)).strip()


@pytest.mark.parametrize(("word", "done"), [("approve 1", "approved"), ("reject 1 it is red", "rejected")])
async def test_whoever_answers_reads_until_when_they_can_take_it_back_and_does(
    house: House, word: str, done: str
) -> None:
    request = await house.ask(HELD)

    said = await typed(house, word)

    until = "until {2026-03-04 12:02 UTC} you can take that back: /jit undo 1."
    assert said == f"You {done} #1, and with that it is {done}; {until}"
    assert await typed(house, "undo 1") == "You took your answer to #1 back; it counts no longer."
    now = await house.now(request)
    assert (now.state, now.settled) == (State.PENDING, None)


async def test_who_comes_too_late_reads_that_and_so_does_who_has_not_answered(house: House) -> None:
    await house.ask(HELD)
    await typed(house, "approve 1")

    assert "You have no answer here that counts" in await typed(house, "undo 1", "U0CHEN000")
    assert "about to be released" in await typed(house, "approve 1", "U0CHEN000")
    house.clock.now = NOON + WINDOW
    assert "The time for an answer is over" in await typed(house, "undo 1")


async def test_a_rejection_of_what_is_held_says_what_it_came_to(house: House) -> None:
    request = await house.ask(HELD)
    await typed(house, "approve 1")

    said = await typed(house, "reject 1 the refund test is red", "U0CHEN000")

    assert said.startswith("You rejected #1, and with that it is rejected; until")
    now = await house.now(request)
    assert now.settled is not None
    assert not now.settled.is_yes


async def test_what_waits_to_be_released_is_listed_as_that_and_for_nobody_to_answer(house: House) -> None:
    await house.ask(HELD)
    await typed(house, "approve 1")

    assert "approved, to be released {2026-03-04 12:02 UTC}" in await typed(house, "list")
    assert await typed(house, "list for me", "U0CHEN000") == "Nothing is waiting for you."
    assert "Approved, not released yet" in await typed(house, "show 1")
