"""What `/jit` opens, and what stands in a message that only they see, counts wherever it was typed."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.core.effects import TellAccount
from bot.core.request import ApprovalRequest, State
from bot.sandbox.history import Message
from bot.sandbox.ids import BOT_USER
from bot.sandbox.people import Channel
from tests.handlers.slack.house import House
from tests.handlers.slack.jit.test_emergencies import DIA_ID, RULING, filled_in
from tests.handlers.slack.test_shared_channels import share

ANA, BO, PRIVATE = "U0ANA0000", "U0BO00000", "C0WARROOM"

Where = Callable[[House], str]


def private(house: House) -> str:
    """A private channel that the bot is not in."""
    room = Channel(id=PRIVATE, name="war-room", kind="private_channel", members=frozenset({ANA, BO, DIA_ID}))
    house.workspace.state.roster.put_channel(room)
    return PRIVATE


def shared(house: House) -> str:
    share(house)
    return "C0APPROVE"


async def card_shown(house: House, request: ApprovalRequest, user: str, channel: str) -> str:
    said = await house.workspace.command(user, channel, "/jit", f"show {request.number}")
    assert isinstance(said.said, Message)
    return said.said.ts


@pytest.mark.parametrize("where", [private, shared])
async def test_an_emergency_yes_counts(house: House, where: Where) -> None:
    request = await house.ask(RULING)
    said = await house.workspace.command(DIA_ID, where(house), "/jit", f"break-glass {request.number}")
    assert said.complaint is None

    answer = await filled_in(house, f"#{request.number}")

    assert answer.view is None
    assert await house.state(request) is State.APPROVED


@pytest.mark.parametrize("where", [private, shared])
async def test_a_yes_on_the_card_that_they_alone_see_counts(house: House, where: Where) -> None:
    request = await house.ask()
    channel = where(house)
    ts = await card_shown(house, request, BO, channel)

    clicked = await house.workspace.click(user=BO, channel=channel, ts=ts, action_id="jit_approve")

    assert clicked.complaint is None
    assert await house.state(request) is State.APPROVED
    assert await house.whispers() == []


@pytest.mark.parametrize("where", [private, shared])
async def test_a_dialog_that_it_opens_counts_too(house: House, where: Where) -> None:
    request = await house.ask()
    channel = where(house)
    ts = await card_shown(house, request, BO, channel)
    opened = await house.workspace.click(user=BO, channel=channel, ts=ts, action_id="jit_reject")
    assert opened.view is not None

    sent = await house.workspace.submit_view(BO, opened.view.id, {"reason": "red"})

    assert sent.view is None
    assert await house.state(request) is State.REJECTED


async def test_whoever_may_not_answer_hears_so_in_a_message_where_the_bot_is_not(house: House) -> None:
    request = await house.ask()
    channel = private(house)
    ts = await card_shown(house, request, ANA, channel)

    await house.workspace.click(user=ANA, channel=channel, ts=ts, action_id="jit_approve")

    (told,) = [effect for effect in await house.effects() if isinstance(effect, TellAccount)]
    assert (told.slack_id, "asked for this yourself" in told.text) == (ANA, True)
    assert await house.state(request) is State.PENDING


async def test_a_card_for_all_in_a_channel_that_the_bot_was_taken_out_of_counts_nothing(house: House) -> None:
    request = await house.ask()
    ts = await house.card(request)
    roster = house.workspace.state.roster
    there = roster.channel("C0APPROVE")
    roster.put_channel(replace(there, kind="private_channel", members=there.members - {BOT_USER}))

    await house.click(BO, ts)

    (told,) = await house.whispers()
    assert "Slack couldn't tell whether" in told.text
    assert await house.state(request) is State.PENDING


async def test_nothing_is_shown_to_everybody_where_nobody_can_tell_who_that_is(house: House) -> None:
    said = await house.workspace.command(BO, private(house), "/jit", "list in public")

    assert isinstance(said.said, Message)
    assert said.said.only_for == BO
    assert "Without “in public” only you see the answer" in said.said.text
