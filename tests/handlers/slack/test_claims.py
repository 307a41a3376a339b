"""Somebody says that they are looking: by the card's button, by number, through a live group; all see it."""

from datetime import timedelta

from bot.core.effects import ShowCard, TellThread
from tests.factories import BO, CHEN, a_ruling, a_stage
from tests.handlers.slack.home.test_home import opened
from tests.handlers.slack.house import House
from tests.handlers.slack.jit.test_command import typed
from tests.handlers.slack.test_live_groups import asked
from tests.slack.validating import read_aloud

BO_ID, CHEN_ID, DIA_ID = "U0BO00000", "U0CHEN000", "U0DIA0000"
LOOKING = "I'm looking"
QA = a_ruling(stages=[a_stage("qa", 1, [BO, CHEN], remind_after=timedelta(minutes=5))])


async def test_a_click_counts_at_once_and_the_card_and_its_thread_say_so(house: House) -> None:
    request = await house.ask(QA)
    ts = await house.card(request)
    await house.effects()

    await house.choose(BO_ID, ts, LOOKING)

    assert (await house.log(request))[-1] == "request.claimed"
    kinds = [type(effect) for effect in await house.effects()]
    assert kinds == [ShowCard, TellThread]
    again = await house.card(request)
    (message,) = [one for one in house.workspace.messages("C0APPROVE") if one.ts == again]
    assert "👀 @U0BO00000 is looking, until {2026-03-04 12:15 UTC}" in read_aloud(list(message.blocks))
    assert "bo is looking, until <!date^" in message.text


async def test_another_takes_it_over_and_a_refused_one_hears_why(house: House) -> None:
    request = await house.ask(QA)
    ts = await house.card(request)
    for user in (BO_ID, CHEN_ID, DIA_ID):
        await house.choose(user, ts, LOOKING)

    claim = (await house.now(request)).claim

    assert claim is not None
    assert claim.by.name == "chen"
    (refused,) = await house.refused()
    (whisper,) = await house.whispers()
    assert (refused["by"], refused["attempted"]) == ("dia", "claim")
    assert whisper.text == refused["sentence"]


async def test_who_is_in_a_live_group_is_looked_up_for_it(house: House) -> None:
    request, ts = await asked(house)

    await house.choose(CHEN_ID, ts, LOOKING)
    await house.choose(BO_ID, ts, LOOKING)

    claim = (await house.now(request)).claim
    assert claim is not None
    assert claim.by.name == "chen"
    assert [one["by"] for one in await house.refused()] == ["bo"]


async def test_it_can_be_typed_and_what_is_shown_says_who_looks(house: House) -> None:
    request = await house.ask(QA)

    said = await typed(house, f"looking #{request.number}")

    assert "Nobody is reminded of #1 for 15m" in said
    shown = await typed(house, f"show {request.number}")
    assert "👀 @U0BO00000 is looking, until {2026-03-04 12:15 UTC}" in shown
    assert "👀 @U0BO00000 is looking, until" in await typed(house, "list")
    assert "request.claimed by bo" in (await typed(house, f"audit {request.number}")).replace("*", "")


async def test_the_home_tabs_of_others_say_so_too(house: House) -> None:
    request = await house.ask(QA)
    await typed(house, f"looking {request.number}")

    assert " is looking, until " in await opened(house, CHEN_ID)


async def test_a_word_nearly_right_is_told_how_it_is_written(house: House) -> None:
    request = await house.ask(QA)

    assert "Did you mean /jit looking 1?" in await typed(house, f"lookin {request.number}")
    assert "/jit looking N" in await typed(house, "help")
