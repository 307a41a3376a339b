"""People speak to the bot, by its name in a channel and by direct message: it looks things up for them, no more."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from bot.sandbox.faults import RateLimit
from bot.sandbox.ids import BOT_USER
from bot.store import verify_audit
from tests.journeys.living import ANA, BO, EVE, PAYMENTS, Home, at_home, listening, words_of

ME = f"<@{BOT_USER}>"


@pytest.fixture
async def home(tmp_path: Path, env: dict[str, str]) -> AsyncGenerator[Home]:
    async with at_home(tmp_path, env) as living, listening(living):
        yield living


async def whispered(home: Home, user: str, text: str) -> None:
    await home.slack.until(lambda: any(text in words_of(one) for one in home.slack.ephemerals(user)))


async def test_a_mention_is_answered_to_whoever_wrote_it_alone(home: Home) -> None:
    await home.ask()
    await home.card()

    home.slack.say(BO, PAYMENTS, f"{ME} list for me")

    await whispered(home, BO, "Open requests that you can answer: 1")
    assert home.slack.ephemerals(ANA) == ()
    assert len(home.slack.messages(PAYMENTS)) == 2  # the card and the mention


async def test_a_direct_message_is_answered_there(home: Home) -> None:
    await home.ask()

    home.slack.say(BO, home.slack.state.direct(BO).id, "show 1")

    await home.slack.until(lambda: any("So it was when you asked" in words_of(one) for one in home.slack.dms(BO)))
    assert home.slack.ephemerals(BO) == ()


async def test_an_approval_by_message_is_none_and_says_what_to_type(home: Home) -> None:
    asked = await home.ask()
    card = await home.card()

    home.slack.say(BO, PAYMENTS, f"{ME} approve 1 it is fine", thread_ts=card.ts)
    await whispered(home, BO, "/jit approve 1 it is fine")

    assert (await home.show(asked["id"]))["state"] == "pending"
    assert (await home.events(asked["id"])).count("request.refused") == 1
    await home.slack.command(BO, PAYMENTS, "/jit", "approve 1 it is fine")
    assert (await home.show(asked["id"]))["state"] == "approved"
    assert (await home.house.store.read(verify_audit)).ok


async def test_in_the_thread_of_a_question_what_is_said_to_the_bot_is_no_answer_to_it(home: Home) -> None:
    asked = await home.ask()
    card = await home.card()
    await home.slack.command(BO, PAYMENTS, "/jit", "ask 1 Is it red on main?")
    await home.card_saying("Is it red on main?")

    home.slack.say(ANA, PAYMENTS, f"{ME} show 1", thread_ts=card.ts)
    await whispered(home, ANA, "Is it red on main?")
    await home.slack.quiet()

    assert (await home.show(asked["id"]))["state"] == "needs_info"
    assert "request.refused" not in await home.events(asked["id"])


async def test_a_stranger_hears_that_they_are_one(home: Home) -> None:
    await home.ask()

    home.slack.say(EVE, home.slack.state.direct(EVE).id, "list")

    await home.slack.until(lambda: any("other workspaces" in words_of(one) for one in home.slack.dms(EVE)))
    assert not any("payments" in words_of(one) for one in home.slack.dms(EVE))


async def test_a_flood_of_mentions_holds_up_no_card(tmp_path: Path) -> None:
    async with at_home(tmp_path, pace=1) as home, listening(home):
        home.slack.faults.add("chat.postEphemeral", RateLimit(retry_after=60))
        for _ in range(40):
            home.slack.say(BO, PAYMENTS, f"{ME} whoami")
        await home.slack.quiet()

        await home.ask()

        async with asyncio.timeout(3):
            await home.slack.until(
                lambda: any("Deploy payments" in words_of(one) for one in home.slack.messages(PAYMENTS))
            )
