"""Clicks where there is no channel to answer in: a dialog, a Home tab. They end in words, too."""

from typing import Any

import pytest

from bot.core.effects import TellAccount
from bot.sandbox.ids import TEAM
from bot.slack import Press
from bot.slack.cards.buttons import pressed_now
from bot.slack.dialogs.details import NEXT
from bot.slack.home import tab
from tests.handlers.slack.house import House

BO, EVE = "U0BO00000", "U0EVE0000"


def in_a_dialog(user: str, action_id: str, value: str, note: str = "") -> dict[str, Any]:
    """A button pressed in a dialog: what Slack sends names no channel and no address to answer to."""
    return {
        "type": "block_actions",
        "user": {"id": user},
        "team": {"id": TEAM},
        "container": {"type": "view", "view_id": "V0NONE"},
        "view": {"id": "V0NONE", "type": "modal", "private_metadata": note},
        "actions": [{"action_id": action_id, "value": value}],
        "trigger_id": "1.2.3",
    }


@pytest.mark.parametrize("action_id", ["jit_approve", "jit_unheard_of"])
async def test_a_button_that_no_dialog_of_ours_has_is_refused_in_a_message(house: House, action_id: str) -> None:
    await house.post_signed(in_a_dialog(BO, action_id, "forged"))

    (refused,) = await house.refused()
    assert await house.effects() == [TellAccount(slack_id=BO, text=refused["sentence"])]


@pytest.mark.parametrize("press", [Press.APPROVE, Press.CLAIM])
async def test_whoever_may_not_and_clicked_on_no_card_hears_it_in_a_message(house: House, press: Press) -> None:
    request = await house.ask()
    value = house.front.seal.draw_value(pressed_now(request, press))

    await house.post_signed(in_a_dialog(EVE, press.action_id, value))

    (refused,) = await house.refused()
    told = [effect for effect in await house.effects() if isinstance(effect, TellAccount)]
    assert told == [TellAccount(slack_id=EVE, text=refused["sentence"])]


async def test_a_page_that_may_not_be_turned_stands_in_the_log(house: House) -> None:
    await house.post_signed(in_a_dialog(BO, NEXT, "1", note="forged"))

    (refused,) = await house.refused()
    assert (refused["by"], refused["code"]) == ("bo", "stale")


async def test_a_click_on_the_home_tab_that_cannot_be_carried_out_is_answered_in_a_message(house: House) -> None:
    payload = in_a_dialog(BO, tab.NEXT, "1") | {"view": {"id": "V0HOME", "type": "home"}}
    await house.store.close()

    status, _ = await house.send_signed(payload)

    assert status == 503
    (said,) = house.workspace.dms(BO)
    assert "did not count" in said.text
