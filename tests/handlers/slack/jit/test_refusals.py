"""What `/jit` refuses stands in the log, once, wherever it was refused."""

import pytest

from handlers.slack.jit.words import USAGE, Word
from tests.handlers.slack.house import House
from tests.handlers.slack.jit.test_command import BO_ID, EVE_ID, GUS_ID, typed


@pytest.mark.parametrize(
    ("text", "user", "code"),
    [
        ("list", GUS_ID, "not_eligible"),
        ("list mine", EVE_ID, "not_eligible"),
        ("show 1", GUS_ID, "not_eligible"),
        ("audit 1", EVE_ID, "not_eligible"),
        ("whoami", EVE_ID, "not_eligible"),
        ("show 99", BO_ID, "not_found"),
        ("approve 99", BO_ID, "not_found"),
        ("cancel 99", BO_ID, "not_found"),
        ("delegate somebody", BO_ID, "out_of_range"),
        ("away some day", BO_ID, "out_of_range"),
    ],
)
async def test_what_is_refused_before_any_use_case_stands_in_the_log(
    house: House, text: str, user: str, code: str
) -> None:
    said = await typed(house, text, user)

    (entry,) = await house.refused()
    assert (entry["code"], entry["attempted"]) == (code, "command")
    assert entry["sentence"] in said
    assert await house.whispers() == []


@pytest.mark.parametrize(
    ("text", "user", "code"), [("approve 1", GUS_ID, "not_eligible"), ("reject 1", BO_ID, "reason_required")]
)
async def test_what_a_use_case_refuses_stands_there_once(house: House, text: str, user: str, code: str) -> None:
    await house.ask()

    await typed(house, text, user)

    (entry,) = await house.refused()
    assert entry["code"] == code


async def test_a_dialog_that_was_not_to_be_opened_is_logged_once(house: House) -> None:
    request = await house.ask()

    await typed(house, f"break-glass {request.number}")

    (entry,) = await house.refused()
    assert entry["by"] == "bo"


@pytest.mark.parametrize("user", [GUS_ID, EVE_ID])
@pytest.mark.parametrize("which", ["1", "2"])
@pytest.mark.parametrize("word", [word for word in USAGE if "N" in USAGE[word][0].split()])
async def test_guests_and_strangers_learn_neither_how_it_ended_nor_whether_it_is_there(
    house: House, word: Word, which: str, user: str
) -> None:
    request = await house.ask()
    await typed(house, f"approve {request.number} It is urgent.")
    verb = "policy explain" if word is Word.POLICY else word.value

    said = await typed(house, f"{verb} {which} because", user)

    assert ("approved" in said, "no request" in said.lower(), "bo" in said.split()) == (False, False, False)
    assert (await house.refused())[-1]["code"] == "not_eligible"
