"""Nothing is answered where people of other workspaces see it; whoever tried is told what to do instead."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.request import State
from bot.sandbox.faults import ServerError
from tests.factories import BO as BO_AS_PERSON
from tests.factories import a_ruling, a_stage
from tests.handlers.slack.house import House

BO, EVE = "U0BO00000", "U0EVE0000"
READ_BY_OTHERS = "People of other workspaces read this channel"


def share(house: House, sharing: Any = "external") -> None:  # noqa: ANN401 - a word of the local workspace
    roster = house.workspace.state.roster
    roster.put_channel(replace(roster.channel("C0APPROVE"), sharing=sharing))
    house.clock.now += timedelta(seconds=61)


@pytest.mark.parametrize("action_id", ["jit_approve", "jit_reject", "jit_details"])
@pytest.mark.parametrize("sharing", ["external", "pending", "organisation"])
async def test_no_button_does_anything_there(house: House, action_id: str, sharing: str) -> None:
    request = await house.ask()
    ts = await house.card(request)
    share(house, sharing)

    clicked = await house.click(BO, ts, action_id)

    (told,) = await house.whispers()
    assert clicked.view is None
    assert READ_BY_OTHERS in told.text
    assert "`/jit`" in told.text
    assert await house.state(request) is State.PENDING
    assert (await house.log(request))[-1] == "request.refused"


async def test_a_dialog_that_was_open_before_counts_nothing(house: House) -> None:
    request = await house.ask()
    ts = await house.card(request)
    opened = await house.click(BO, ts, "jit_reject")
    assert opened.view is not None
    share(house)

    values = {"reason": "red"}
    sent = await house.workspace.submit_view(BO, opened.view.id, values)

    assert READ_BY_OTHERS in str(sent.view and sent.view.content)
    assert await house.state(request) is State.PENDING


async def test_what_the_policy_allows_counts_for_ours_and_for_nobody_else(house: House) -> None:
    request = await house.ask(a_ruling(stages=[a_stage("qa", 1, [BO_AS_PERSON])]))
    ts = await house.card(request)
    share(house)
    house.clock.policy = replace(house.clock.policy, shared_channels=frozenset({"C0APPROVE"}))

    await house.click(EVE, ts)
    (told,) = await house.whispers()
    after_eve = await house.state(request)
    await house.click(BO, ts)

    assert "People from other workspaces" in told.text
    assert after_eve is State.PENDING
    assert await house.state(request) is State.APPROVED


async def test_where_slack_does_not_tell_nothing_counts(house: House) -> None:
    request = await house.ask()
    ts = await house.card(request)
    house.workspace.faults.add("conversations.info", ServerError())

    await house.click(BO, ts)

    (told,) = await house.whispers()
    assert "Slack couldn't tell whether" in told.text
    assert await house.state(request) is State.PENDING
