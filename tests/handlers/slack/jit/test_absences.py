"""`/jit away` and `/jit back`: said of oneself, listed, shown in Details, over at its end."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.people.membership import Crowd
from bot.slack.dialogs.details import draw_details
from bot.slack.dialogs.reasons import Origin
from bot.store import verify_audit
from bot.usecases.muster import Musterer
from handlers.slack.jit.spans import read_beginning
from tests.factories import BO, CHEN, DIA, EVE, a_ruling, a_stage, a_step
from tests.handlers.slack.house import House
from tests.handlers.slack.jit.test_command import typed

BO_ID, CHEN_ID, EVE_ID = (f"U0{name}".ljust(9, "0") for name in ("BO", "CHEN", "EVE"))
RULING = replace(
    a_ruling(stages=[a_stage("qa", 1, [BO, CHEN], escalate=(a_step(15, to=[DIA]),))], timeout=timedelta(days=30)),
    fallback=Crowd(people=(EVE,)),
)
BERLIN = ZoneInfo("Europe/Berlin")
WEDNESDAY = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)


async def log(house: House) -> list[str]:
    return [row.event for row in await house.desk.read(lambda snapshot: list(snapshot.audit()))]


async def test_somebody_is_away_is_listed_and_comes_back(house: House) -> None:
    assert "Nobody has said to be away" in await typed(house, "away", CHEN_ID)

    said = await typed(house, "away until friday skiing & <friends>", BO_ID)

    assert "You are away until Friday 2026-03-06 00:00" in said
    assert "bo is away until Friday 2026-03-06 00:00" in await typed(house, "away list", CHEN_ID)
    assert "skiing & <friends>" in await typed(house, "away", CHEN_ID)
    await typed(house, "away for 2h", CHEN_ID)
    listed = await typed(house, "away", BO_ID)
    assert listed.index("You are away") < listed.index("chen is away")
    assert "You are back" in await typed(house, "back", BO_ID)
    assert "You aren't away" in await typed(house, "back", BO_ID)
    assert await log(house) == ["absence.begun", "absence.begun", "absence.ended", "request.refused"]
    assert (await house.desk.read(verify_audit)).ok


async def test_a_new_word_takes_the_place_of_the_old_one(house: House) -> None:
    await typed(house, "away for 2h", BO_ID)
    await typed(house, "away until 2026-04-01", BO_ID)

    listed = await typed(house, "away list", BO_ID)

    assert listed.count("You are away until") == 1
    assert "2026-04-01" in listed
    assert (await house.desk.read(verify_audit)).ok


async def test_at_its_end_nobody_has_to_say_anything(house: House) -> None:
    await typed(house, "away for 2h", BO_ID)

    house.clock.now += timedelta(hours=2)

    assert "Nobody has said to be away" in await typed(house, "away list", BO_ID)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("away someday", "Until when?"),
        ("away until friday 25:00", "Until when?"),
        ("away until 2020-01-01", "over already"),
        ("away for 91d", "90 days are the most"),
        ("away for 2h " + "x" * 201, "too long"),
        ("away <@U0CHEN000> until friday", "Until when?"),
        ("bakc", "Did you mean /jit back?"),
    ],
)
async def test_what_nobody_can_say(house: House, words: str, said: str) -> None:
    assert said in await typed(house, words, BO_ID)
    assert "absence.begun" not in await log(house)


async def test_a_guest_can_neither_be_away_nor_see_who_is(house: House) -> None:
    assert "can't decide" in await typed(house, "away for 2h", EVE_ID)
    assert "can't decide" in await typed(house, "away", EVE_ID)


async def test_details_say_who_is_away_until_when_and_the_card_why_others_are_asked(house: House) -> None:
    request = await house.ask(RULING)
    await typed(house, "away for 2h a visit to the dentist", BO_ID)
    await typed(house, "delegate <@U0EVE0000> for 3h", CHEN_ID)
    await typed(house, "away for 2h", CHEN_ID)

    await Musterer(house.desk).look()

    details = str(draw_details(await house.view(request), 0, Origin(value="x", channel="C0APPROVE")))
    assert "bo, until " in details
    assert "a visit to the dentist" in details
    assert "Everybody who was asked is away (bo, chen): more people were asked at once." in details
    assert (await house.log(request)).count("request.deserted") == 1
    card = await house.card(request)
    await house.click(BO_ID, card)
    assert not (await house.now(request)).state.is_open, "who is away may answer all the same"


@pytest.mark.parametrize(
    ("words", "until", "reason"),
    [
        ("until friday", "2026-03-06T00:00", ""),
        ("until friday 12:00", "2026-03-06T12:00", ""),
        ("until friday 12:00 at the dentist's", "2026-03-06T12:00", "at the dentist's"),
        ("Until Friday Two weeks of skiing", "2026-03-06T00:00", "Two weeks of skiing"),
        ("for 1d12h a fair", "2026-03-06T01:00", "a fair"),
        ("until tomorrow 9", None, ""),
        ("until friday 9 AM sharp", None, ""),
        ("until friday 9.30", None, ""),
        ("until friday 2 days of skiing", "2026-03-06T00:00", "2 days of skiing"),
        ("until", None, ""),
        ("skiing until friday", None, ""),
    ],
)
def test_a_moment_and_why(words: str, until: str | None, reason: str) -> None:
    end, why = read_beginning(words, BERLIN, WEDNESDAY)

    expected = None if until is None else datetime.fromisoformat(until).replace(tzinfo=BERLIN)
    assert (end, why) == (expected, reason)
