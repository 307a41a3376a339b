"""Every button and choice of a card, as it was and as it is, pressed by every kind of user in every state.

None ends in silence.

What should come of it is worked out here from who somebody is and where the request stands, never from the code.
"""

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import pytest

from bot.core.effects import TellAccount, Whisper
from bot.core.request import ApprovalRequest
from bot.sandbox.gestures import Interaction
from bot.sandbox.ids import OTHER_TEAM
from bot.slack import Press
from bot.slack.cards.button_value import IN_THE_MENU, MENU
from bot.slack.cards.buttons import draw_actions, draw_menu
from bot.slack.cards.card import Card
from tests.handlers.slack.house import House
from tests.handlers.slack.matrix.situations import (
    COLLEAGUES,
    COUNTED,
    DIALOG,
    GUEST,
    REFUSED,
    SITUATIONS,
    STRANGERS,
    UNREACHABLE,
    VERDICTS,
    Situation,
    brought,
    submitted,
)

COUNTS: Mapping[Press, str] = {
    Press.APPROVE: "request.reviewed",
    Press.UNDO: "request.review_withdrawn",
    Press.CLAIM: "request.claimed",
}
"""What counts at once, and what the log calls it."""

ELSEWHERE = "in another workspace"
"""Somebody with the approver's id, as another workspace would send it."""

USERS: Mapping[str, str] = {**COLLEAGUES, **STRANGERS, ELSEWHERE: COLLEAGUES["approver"]}

BUTTONS = [press for press in Press if press not in {Press.SELECT, Press.ESCALATE}]
"""All there are or were; what is left is a box of the Home tab, and what was in the menu from the first."""


@dataclass(frozen=True)
class Thing:
    """What can be pressed: a button, or a choice of the menu."""

    press: Press
    is_choice: bool = False

    def __str__(self) -> str:
        return f"⋯ {self.press}" if self.is_choice else str(self.press)


THINGS = [*map(Thing, BUTTONS), *(Thing(press, is_choice=True) for press in IN_THE_MENU)]


def due(kind: str, press: Press, there: Situation, *, is_old_card: bool) -> str:
    """Return what should come of it."""
    if press is Press.DETAILS:
        return DIALOG if kind in COLLEAGUES or kind == GUEST else REFUSED
    if kind not in COLLEAGUES or (is_old_card and press in there.void) or kind not in allowed(press, there):
        return REFUSED
    return COUNTED if press in COUNTS else DIALOG


def allowed(press: Press, there: Situation) -> set[str | None]:
    """Return which of the colleagues may press a button that says what is so now."""
    if press is Press.ANSWER:
        return {"requester", "author"} if there.is_question_open else set()
    if press is Press.BREAK_GLASS:
        return {"releaser"} if there.asked or there.objects else set()
    if press is Press.UNDO:
        return {there.answered}
    if press is Press.ESCALATE:
        return {"approver", "releaser"} if there.can_call else set()
    assert press in VERDICTS | {Press.ASK, Press.CLAIM, Press.WAIVE}, f"say here who may press {press}"
    if press is Press.REJECT:
        return {there.asked, there.said_yes, *there.objects}
    # Their policy lets nobody waive a failure.
    return set() if there.is_question_open or press is Press.WAIVE else {there.asked}


def every_button(house: House, request: ApprovalRequest) -> Card:
    """Return a card with all that can be pressed, drawn for the request as it is, whatever its own card shows."""
    menu: dict[str, object] = {
        "type": "actions",
        "elements": [draw_menu(request, list(IN_THE_MENU), house.front.seal)],
    }
    return Card(text="Every button", blocks=[draw_actions(request, BUTTONS, house.front.seal), menu])


def action_of(thing: Thing, card: Card) -> dict[str, Any]:
    """Return what Slack sends of it."""
    buttons, menu = (cast("Any", block)["elements"] for block in card.blocks)
    if thing.is_choice:
        chosen = menu[0]["options"][IN_THE_MENU.index(thing.press)]
        return {"action_id": MENU, "type": "overflow", "selected_option": chosen}
    value = next(one["value"] for one in buttons if one["action_id"] == thing.press.action_id)
    return {"action_id": thing.press.action_id, "type": "button", "value": value}


async def come_to(house: House, there: Situation) -> tuple[ApprovalRequest, Card, Card]:
    """Return a request in that situation, and the cards of how it was at first and how it is now."""
    request = await submitted(house, there)
    first = every_button(house, request)
    return request, first, every_button(house, await brought(house, request, there))


async def press(house: House, kind: str, thing: Thing, card: Card, ts: str) -> Interaction | None:
    action = action_of(thing, card)
    if kind != ELSEWHERE and thing.is_choice:
        return await house.choose(USERS[kind], ts, action["selected_option"]["text"]["text"])
    if kind != ELSEWHERE:
        return await house.click(USERS[kind], ts, thing.press.action_id)
    await house.post_signed(
        {
            "type": "block_actions",
            "user": {"id": USERS[kind]},
            "team": {"id": OTHER_TEAM},
            "container": {"channel_id": "C0APPROVE", "message_ts": ts},
            "actions": [action],
            "trigger_id": "1.2.3",
        }
    )
    return None


async def came(house: House, request: ApprovalRequest, kind: str, seen: Interaction | None, before: int) -> str:
    """Return what came of a press; *before* is how many entries the log had about the request.

    A refusal is whispered to whoever pressed and can read it, and stands in the log, each once and in the same words.
    """
    effects, new = await house.effects(), (await house.entries(request))[before:]
    whispers = [effect for effect in effects if isinstance(effect, Whisper)]
    if not new:
        assert seen is not None
        assert seen.view is not None, "it ended in silence"
        assert whispers == []
        await house.workspace.close_view(USERS[kind], seen.view.id)
        return DIALOG
    assert seen is None or seen.view is None
    if new[0]["event"] == "request.refused":
        told = [] if kind in UNREACHABLE else [(USERS[kind], new[0]["detail"]["sentence"])]
        assert [(one.slack_id, one.text) for one in whispers] == told
        assert not any(isinstance(effect, TellAccount) for effect in effects), "they are told twice"
        assert len(new) == 1
        return REFUSED
    assert new[0]["event"] in COUNTS.values()
    assert whispers == []
    return COUNTED


@pytest.mark.parametrize("name", SITUATIONS)
async def test_every_button_does_what_it_should_whoever_presses_it_and_says_so(house: House, name: str) -> None:
    there, wrong = SITUATIONS[name], list[tuple[object, ...]]()
    for is_old_card, thing in itertools.product((True, False), THINGS):
        request, *cards = await come_to(house, there)
        for kind in USERS:
            card = cards[0 if is_old_card else 1]
            before = len(await house.log(request))
            seen = await press(house, kind, thing, card, await house.post(card))
            found = await came(house, request, kind, seen, before)
            if found != (expected := due(kind, thing.press, there, is_old_card=is_old_card)):
                wrong.append((kind, str(thing), "old" if is_old_card else "new", found, expected))
            if found == COUNTED:
                request, *cards = await come_to(house, there)

    assert "\n".join(map(str, wrong)) == ""
