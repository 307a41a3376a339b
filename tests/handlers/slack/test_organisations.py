"""Enterprise Grid at every entry: payloads of an organisation's workspace count, those of any other do not."""

from dataclasses import replace
from typing import Any

import pytest

from bot.core.request import State
from bot.core.stamp import Stamp
from handlers.slack.inbound import Chosen, Clicked, Commanded, Happened, Submitted, read_letter
from tests.handlers.slack.house import House

ACME, HOME = "E0ACME000", "T0ACME000"
ORGANISATION = {"id": ACME, "name": "Acme Group"}
TEAM = {"id": HOME, "domain": "acme", "enterprise_id": ACME, "enterprise_name": "Acme Group"}
BY_ID = {"team_id": HOME, "enterprise_id": ACME}
DONE = {"team": TEAM, "enterprise": ORGANISATION, "user": {"id": "W0BO00000"}, "is_enterprise_install": False}
PAYLOADS: dict[str, tuple[type, dict[str, Any]]] = {
    "click": (Clicked, {"type": "block_actions", "actions": [{"action_id": "jit_approve"}], **DONE}),
    "dialog": (Submitted, {"type": "view_submission", "view": {"id": "V0000001"}, **DONE}),
    "shortcut": (Chosen, {"type": "shortcut", "callback_id": "jit_ask", **DONE}),
    "command": (Commanded, {"command": "/jit", "user_id": "W0BO00000", "is_enterprise_install": "false", **BY_ID}),
    "event": (Happened, {"type": "event_callback", "event_id": "Ev1", "event": {}, **BY_ID}),
}


@pytest.mark.parametrize("name", PAYLOADS)
def test_the_organisation_is_read_and_a_missing_workspace_is_none(name: str) -> None:
    kind, payload = PAYLOADS[name]
    wide = payload | ({"team": None} if "team" in payload else {"team_id": None})

    one, other = (read_letter(each, Stamp("key")).inbound for each in (payload, wide))

    assert isinstance(one, kind)
    assert one
    assert other
    assert (one.enterprise_id, one.team_id) == (ACME, HOME)
    assert (other.enterprise_id, other.team_id) == (ACME, None)


async def test_a_click_in_an_organisations_workspace_counts_and_one_from_a_foreign_organisation_does_not(
    house: House,
) -> None:
    house.workspace.state.config = replace(house.workspace.config, enterprise=ACME)
    request = await house.ask()
    ts = await house.card(request)
    await house.front.directory.home()

    house.workspace.state.config = replace(house.workspace.config, enterprise="E0RIVAL00")
    await house.click("U0BO00000", ts)
    (told,) = await house.whispers()
    after_foreign = await house.state(request)
    house.workspace.state.config = replace(house.workspace.config, enterprise=ACME)
    await house.click("U0BO00000", ts)

    assert "People from other workspaces" in told.text
    assert after_foreign is State.PENDING
    assert await house.state(request) is State.APPROVED


async def test_words_and_dialogs_of_a_foreign_organisation_are_refused_too(house: House) -> None:
    house.workspace.state.config = replace(house.workspace.config, enterprise=ACME)
    request = await house.ask()
    ts = await house.card(request)
    opened = await house.click("U0BO00000", ts, "jit_reject")
    assert opened.view is not None

    house.workspace.state.config = replace(house.workspace.config, enterprise="E0RIVAL00")
    sent = await house.workspace.submit_view("U0BO00000", opened.view.id, {"reason": "red"})
    said = await house.workspace.command("U0BO00000", "C0APPROVE", "/jit", f"approve {request.number}")

    assert "People from other workspaces" in str(sent.view and sent.view.content)
    assert "other workspaces" in str(said.ack)
    assert await house.state(request) is State.PENDING
