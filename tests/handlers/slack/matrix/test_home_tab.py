"""Everything that can be pressed on a Home tab, by every kind of user in every state: none ends in silence.

A click needs no tab that was drawn for whoever clicks: what Slack sends of somebody else's counts as theirs, or not.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from bot.core.effects import ShowHome, TellAccount
from bot.core.home import HomeTab, Look, Show
from bot.core.request import ApprovalRequest
from bot.sandbox.ids import OTHER_TEAM, TEAM
from bot.slack import Press
from bot.slack.cards.buttons import pressed_now
from bot.slack.home import tab
from bot.slack.home.look import draw_look
from handlers.slack.home.clicks import HOME_ACTIONS
from tests.handlers.slack.house import House
from tests.handlers.slack.matrix.situations import (
    COLLEAGUES,
    COUNTED,
    DIALOG,
    GUEST,
    REFUSED,
    SHOWN,
    SITUATIONS,
    UNREACHABLE,
    brought,
    submitted,
)
from tests.handlers.slack.matrix.test_buttons_of_cards import ELSEWHERE, USERS

Json = dict[str, Any]

TURNING: Mapping[str, Json] = {
    tab.SHOW: {"selected_option": {"value": "asked"}},
    tab.ENVIRONMENT: {"selected_option": {"value": "production"}},
    tab.MORE: {"value": "waiting"},
    tab.BACK: {"value": "0"},
    tab.NEXT: {"value": "1"},
}
"""What shows another part of it, and what is chosen or pressed for that."""

OPENING = (tab.DECIDE, tab.DELEGATE, Press.DETAILS.action_id)


@dataclass(frozen=True, kw_only=True)
class Tab:
    """A tab as Slack tells of it: whose it was when it was drawn (None: nobody's), and what is ticked on it."""

    owner: str | None
    ticked: str | None = None

    def draw(self, house: House) -> Json:
        note = draw_look(Look(show=Show.WAITING), self.owner, house.front.seal) if self.owner else "forged"
        boxes = {"type": "checkboxes", "selected_options": [{"value": self.ticked}] if self.ticked else []}
        values = {"row": {tab.PICK: boxes}}
        return {"id": "V0HOME", "type": "home", "private_metadata": note, "state": {"values": values}}


async def press(house: House, kind: str, shown: Tab, action_id: str, **action: object) -> str:
    """Press it as Slack would tell, and return what came of it.

    A refusal stands in the log, once; whoever clicked is told once, in the same words: on their tab, or in a message
    where they have none.
    """
    user, before = USERS[kind], len(await house.everything())
    await house.effects()
    await house.post_signed(
        {
            "type": "block_actions",
            "user": {"id": user},
            "team": {"id": OTHER_TEAM if kind in {ELSEWHERE, "external"} else TEAM},
            "container": {"type": "view", "view_id": "V0HOME"},
            "view": shown.draw(house),
            "actions": [{"action_id": action_id, **action}],
            "trigger_id": house.workspace.counter.handle_anywhere(user).trigger_id,
        }
    )
    effects, dialog = await house.effects(), house.workspace.view(user)
    new = (await house.everything())[before:]
    told = [one.text for one in effects if isinstance(one, TellAccount) and one.slack_id == user]
    if new and new[0]["event"] == "request.refused":
        told += [home.notice or ""] if (home := await home_of(house, kind)) is not None else []
        expected = [] if kind in UNREACHABLE else [one["detail"]["sentence"] for one in new]
        assert (dialog, told) == (None, expected)
        assert (ShowHome(slack_id=user) in effects) == (kind not in UNREACHABLE)
        return REFUSED
    if dialog is not None:
        assert (new, told) == ([], [])
        await house.workspace.close_view(user, dialog.id)
        return DIALOG
    assert ShowHome(slack_id=user) in effects, "it ended in silence"
    return COUNTED if new else SHOWN


async def home_of(house: House, kind: str) -> HomeTab | None:
    """Return the tab of whoever presses, if they have one that is theirs."""
    user = USERS[kind]
    return await house.desk.read(lambda snapshot: snapshot.history.home(user)) if kind in COLLEAGUES else None


def due(kind: str, action_id: str) -> str:
    """Return what should come of it where the tab is that of whoever presses it."""
    if action_id == Press.DETAILS.action_id and kind == GUEST:
        return DIALOG
    if kind not in COLLEAGUES:
        return REFUSED
    return DIALOG if action_id in OPENING else SHOWN


async def pressable(house: House, request: ApprovalRequest) -> Mapping[str, Json]:
    """Return everything there is to press, with what Slack sends of it; what is ticked is told with the tab."""
    details = house.front.seal.draw_value(pressed_now(request, Press.DETAILS))
    return {**TURNING, tab.DECIDE: {}, tab.DELEGATE: {}, Press.DETAILS.action_id: {"value": details}}


@pytest.mark.parametrize("name", SITUATIONS)
async def test_everything_does_what_it_should_whoever_presses_it_and_says_so(house: House, name: str) -> None:
    wrong = list[tuple[object, ...]]()
    at_first = await submitted(house, SITUATIONS[name])
    ticked = house.front.seal.draw_value(pressed_now(at_first, Press.SELECT))
    request = await brought(house, at_first, SITUATIONS[name])
    for kind, user in USERS.items():
        for action_id, action in (await pressable(house, request)).items():
            found = await press(house, kind, Tab(owner=user, ticked=ticked), action_id, **action)
            if found != (expected := due(kind, action_id)):
                wrong.append((kind, action_id, found, expected))

    assert "\n".join(map(str, wrong)) == ""
    assert await house.now(request) == request


@pytest.mark.parametrize("owner", [None, "U0DIA0000"])
async def test_on_a_tab_that_is_not_ones_own_nothing_counts_but_a_look(house: House, owner: str | None) -> None:
    request, wrong = await submitted(house, SITUATIONS["pending"]), list[tuple[object, ...]]()
    ticked = house.front.seal.draw_value(pressed_now(request, Press.SELECT))
    for kind in [kind for kind in USERS if USERS[kind] != owner]:
        for action_id, action in (await pressable(house, request)).items():
            found = await press(house, kind, Tab(owner=owner, ticked=ticked), action_id, **action)
            # Details are shown to whoever may see the card, wherever they found its button.
            expected = due(kind, action_id) if action_id == Press.DETAILS.action_id else REFUSED
            if found != expected:
                wrong.append((kind, action_id, found, expected))

    assert "\n".join(map(str, wrong)) == ""


@pytest.mark.parametrize("kind", USERS)
async def test_what_is_lent_is_taken_back_by_whoever_lent_it_and_no_newer_one(house: House, kind: str) -> None:
    user, lent = USERS[kind], dict[str, str]()
    for giver in ("requester", "approver"):
        await house.workspace.command(COLLEAGUES[giver], "C0APPROVE", "/jit", "delegate @dia for 3d")
        found = await house.desk.read(lambda snapshot, who=COLLEAGUES[giver]: snapshot.delegation_of(who))
        assert found is not None
        lent[giver] = found.id

    taken = [
        giver for giver in lent if await press(house, kind, Tab(owner=user), tab.REVOKE, value=lent[giver]) == COUNTED
    ]

    assert taken == ([kind] if kind in lent else [])
    for giver in lent:
        still = await house.desk.read(lambda snapshot, who=COLLEAGUES[giver]: snapshot.delegation_of(who))
        assert (still is None) == (giver in taken)


@pytest.mark.parametrize("kind", USERS)
async def test_what_cannot_be_pressed_there_is_refused_and_said(house: House, kind: str) -> None:
    request, wrong = await submitted(house, SITUATIONS["pending"]), list[tuple[object, ...]]()
    vote = house.front.seal.draw_value(pressed_now(request, Press.APPROVE))
    pressing: list[tuple[str, Json]] = [
        ("jit_unheard_of", {}),
        (Press.APPROVE.action_id, {"value": vote}),
        (tab.SHOW, {"selected_option": {"value": "everything of everybody"}}),
        (tab.SHOW, {"selected_option": None}),
        (tab.MORE, {"value": "-1"}),
        (tab.NEXT, {"value": "99999999999"}),
        (tab.ENVIRONMENT, {"selected_option": {"value": "<!channel>"}}),
        (tab.DECIDE, {}),
        (tab.REVOKE, {"value": "forged"}),
        (Press.DETAILS.action_id, {"value": "forged"}),
    ]
    for action_id, action in pressing:
        found = await press(house, kind, Tab(owner=USERS[kind]), action_id, **action)
        if found != REFUSED:
            wrong.append((kind, action_id, action, found))

    assert "\n".join(map(str, wrong)) == ""
    assert await house.now(request) == request


async def test_a_tick_is_slacks_to_remember_whoever_sets_it(house: House) -> None:
    before = json.dumps(await house.everything())
    for user in USERS.values():
        payload = {
            "type": "block_actions",
            "user": {"id": user},
            "team": {"id": TEAM},
            "view": Tab(owner=user).draw(house),
            "actions": [{"action_id": tab.PICK}],
        }
        await house.post_signed(payload)

    assert json.dumps(await house.everything()) == before


def test_everything_that_can_be_pressed_is_among_them() -> None:
    assert {*TURNING, *OPENING, tab.REVOKE, tab.PICK} == HOME_ACTIONS
