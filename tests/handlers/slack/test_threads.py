"""What is written under a card in a channel that others read answers nothing, and whoever wrote it hears so once."""

from asyncio import gather

import pytest

from bot.core.effects import TellAccount, Whisper
from bot.core.request import State
from bot.core.stamp import Stamp
from bot.sandbox.ids import BOT_USER, TEAM
from bot.sandbox.payloads import draw_event
from handlers.slack.inbound import read_letter
from tests.handlers.slack.house import House
from tests.handlers.slack.jit.test_command import typed
from tests.handlers.slack.test_shared_channels import READ_BY_OTHERS, share
from tests.store.test_groups import show_cards

ANA = "U0ANA0000"


async def test_a_reply_that_slack_tells_of_again_counts_once_and_the_log_says_nothing_of_it(house: House) -> None:
    request = await house.ask()
    card = await show_cards(house.store, request)
    said = {"user": ANA, "text": "Yes.", "channel": card.channel_id, "ts": "1899999999.000100", "thread_ts": card.ts}
    letter = read_letter(draw_event(said | {"type": "message", "team": TEAM}, "Ev0ONE", 0), Stamp("key"))
    await typed(house, f"ask {request.number} Is it red on main?")
    assert (await house.switchboard.pass_on(letter)).status == 200
    await typed(house, f"ask {request.number} May it wait?")
    await house.effects()
    before = await house.everything()

    statuses = [answer.status for answer in await gather(*(house.switchboard.pass_on(letter) for _ in range(3)))]

    assert statuses == [200] * 3
    assert await house.state(request) is State.NEEDS_INFO
    assert (await house.everything(), await house.effects()) == (before, [])


async def test_of_two_tellings_at_once_one_counts_and_the_other_is_no_refusal(house: House) -> None:
    request = await house.ask()
    card = await show_cards(house.store, request)
    said = {"user": ANA, "text": "Yes.", "channel": card.channel_id, "ts": "1899999999.000100", "thread_ts": card.ts}
    letter = read_letter(draw_event(said | {"type": "message", "team": TEAM}, "Ev0ONE", 0), Stamp("key"))
    await typed(house, f"ask {request.number} Is it red on main?")

    await gather(*(house.switchboard.pass_on(letter) for _ in range(3)))

    log = await house.log(request)
    assert (log.count("request.info_provided"), log.count("request.refused")) == (1, 0)


@pytest.mark.parametrize("text", ["Yes.", f"<@{BOT_USER}> Yes, since Tuesday."])
async def test_whoever_was_asked_hears_once_why_their_answer_does_not_count(house: House, text: str) -> None:
    request = await house.ask()
    card = await show_cards(house.store, request)
    await typed(house, f"ask {request.number} Is it red on main?")
    share(house)
    await house.effects()
    said = {"user": ANA, "text": text, "channel": card.channel_id, "ts": "1899999999.000100", "thread_ts": card.ts}

    for event_id, kind in [("Ev0ONE", "message"), ("Ev0ONE", "message")] + [("Ev0TWO", "app_mention")] * ("<" in text):
        letter = read_letter(draw_event(said | {"type": kind, "team": TEAM}, event_id, 0), Stamp("key"))
        assert (await house.switchboard.pass_on(letter)).status == 200

    told = [effect for effect in await house.effects() if isinstance(effect, Whisper | TellAccount)]
    assert [(one.slack_id, READ_BY_OTHERS in one.text) for one in told] == [(ANA, True)]
    assert await house.state(request) is State.NEEDS_INFO
    assert "request.refused" in await house.log(request)
