"""`/jit stats`: what came of what was asked lately."""

from datetime import timedelta

import pytest

from bot.core.ruling import Handling
from bot.usecases import look_up
from tests.factories import a_ruling
from tests.handlers.slack.house import House
from tests.handlers.slack.jit.test_command import BO_ID, GUS_ID, typed


async def test_rules_are_counted_with_their_ends_and_how_long_people_took(house: House) -> None:
    first, second = await house.ask(), await house.ask()
    await house.ask(a_ruling(rule="green", handling=Handling.AUTO_APPROVE))
    house.clock.now += timedelta(minutes=5)
    await typed(house, f"approve {first.number}")
    house.clock.now += timedelta(hours=2, seconds=20)
    await typed(house, f"reject {second.number} red")

    said = await typed(house, "stats")

    assert "Asked in the last 30d" in said
    assert "red gate in production**: people were asked 2 times: 1 approved, 1 open" in said
    assert "half were answered within 5m, nine of ten within 5m" in said
    assert "green**: by the policy alone 1 approved" in said


async def test_only_what_was_asked_in_the_time_that_was_typed_counts(house: House) -> None:
    await house.ask()
    house.clock.now += timedelta(hours=2)

    assert "all together**: nothing" in await typed(house, "stats 1h")
    assert "people were asked once: 1 open" in await typed(house, "stats 1D")


async def test_where_there_was_too_much_to_look_at_it_is_said(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(look_up, "MOST_COUNTED", 2)
    for _ in range(3):
        await house.ask()

    said = await typed(house, "stats")

    assert "(of the newest 2 only)" in said
    assert "people were asked 2 times" in said


@pytest.mark.parametrize("words", ["stats yesterday", "stats 0d", "stats -1d", "stats 30"])
async def test_what_is_no_length_of_time_is_told_what_is(house: House, words: str) -> None:
    assert "/jit stats 30d, 12h, 1w2d" in await typed(house, words, BO_ID)


async def test_guests_are_not_told(house: House) -> None:
    await house.ask()

    assert "red gate" not in await typed(house, "stats", GUS_ID)
