"""What is written under a card in a channel that others read answers nothing, and whoever wrote it hears so once."""

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
