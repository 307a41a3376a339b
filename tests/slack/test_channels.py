"""Channels that people of other workspaces read: nothing is said in one, unless the policy names its id."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.core.attempts import Delivered, TryLater
from bot.core.effects import Note as Notice
from bot.core.effects import Said, TellAdmins
from bot.sandbox import Workspace
from bot.sandbox.faults import RateLimit, ServerError
from bot.sandbox.people import Sharing
from bot.slack import Channels, Posting
from bot.slack.faults import SharedChannel, UnseenChannel
from bot.slack.workspace.channels import is_shared
from tests.factories import BO, NOON, an_actor
from tests.fakes.slack import client_of, running_workspace
from tests.slack.test_delivery import courier_of, delivered, now_view, said_in, shown

APPROVALS = "C0APPROVE"


@dataclass
class Clock:
    now: datetime = NOON
    allowed: set[str] = field(default_factory=set[str])

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with running_workspace() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def channels(workspace: Workspace, clock: Clock) -> Channels:
    return Channels(client_of(workspace), lambda: clock.allowed, clock)


def share(workspace: Workspace, sharing: Sharing = "external", **fields: Any) -> None:  # noqa: ANN401 - of a channel
    roster = workspace.state.roster
    roster.put_channel(replace(roster.channel(APPROVALS), sharing=sharing, **fields))


async def test_a_channel_of_our_own_is_known_by_name_and_by_id(channels: Channels) -> None:
    assert await channels.ours("#approvals") == await channels.ours(APPROVALS) == APPROVALS


@pytest.mark.parametrize("sharing", ["external", "pending", "organisation"])
@pytest.mark.parametrize("called", ["#approvals", APPROVALS])
async def test_one_that_others_read_or_are_invited_to_read_is_not_ours(
    channels: Channels, workspace: Workspace, sharing: Sharing, called: str
) -> None:
    share(workspace, sharing)

    with pytest.raises(SharedChannel):
        await channels.ours(called)


async def test_one_that_the_policy_names_is_used_all_the_same_and_no_other(
    channels: Channels, workspace: Workspace, clock: Clock
) -> None:
    share(workspace)
    clock.allowed = {APPROVALS}
    assert await channels.ours("#approvals") == APPROVALS

    clock.allowed = {"C0PAYMENT", "#approvals"}
    with pytest.raises(SharedChannel):
        await channels.ours("#approvals")


async def test_a_channel_that_is_shared_later_is_known_to_be_within_a_minute(
    channels: Channels, workspace: Workspace, clock: Clock
) -> None:
    await channels.ours("#approvals")
    share(workspace)
    clock.now += timedelta(seconds=60)

    with pytest.raises(SharedChannel):
        await channels.ours("#approvals")


async def test_a_name_that_was_given_to_another_channel_is_that_channels(
    channels: Channels, workspace: Workspace, clock: Clock
) -> None:
    await channels.ours("#approvals")
    share(workspace, "no", name="old-approvals")
    roster = workspace.state.roster
    roster.put_channel(replace(roster.channel("C0PAYMENT"), name="approvals", sharing="external"))
    clock.now += timedelta(seconds=60)

    with pytest.raises(SharedChannel):
        await channels.ours("#approvals")


async def test_of_two_channels_with_one_name_the_living_one_is_meant(channels: Channels, workspace: Workspace) -> None:
    roster = workspace.state.roster
    roster.put_channel(replace(roster.channel(APPROVALS), id="C0AAAAOLD", is_archived=True))

    assert await channels.ours("#approvals") == APPROVALS


async def test_a_channel_that_nobody_can_see_is_none(channels: Channels) -> None:
    with pytest.raises(UnseenChannel):
        await channels.ours("#nowhere")


async def test_a_direct_message_is_never_asked_about(channels: Channels, workspace: Workspace) -> None:
    workspace.faults.add("conversations.info", ServerError())

    assert [await channels.ours(one) for one in ("D0BO00000", "U0BO00000")] == ["D0BO00000", "U0BO00000"]


@pytest.mark.parametrize("said", [{}, {"is_ext_shared": None}, {"is_ext_shared": "false"}])
def test_what_slack_does_not_say_is_not_read_in_a_channels_favour(said: dict[str, object]) -> None:
    assert is_shared(said)
    assert not is_shared({"is_ext_shared": False})


async def test_no_card_is_posted_where_others_would_read_it(workspace: Workspace) -> None:
    share(workspace)

    attempt = await courier_of(client_of(workspace)).show_card(now_view(), "#approvals", Posting(nonce="n"))

    assert isinstance(attempt, TryLater)
    assert attempt.is_closed
    assert "allow_shared_channels" in (attempt.remedy or "")
    assert said_in(workspace) == []


async def test_a_card_that_others_have_come_to_read_is_told_nothing_new(workspace: Workspace) -> None:
    card = await delivered(courier_of(client_of(workspace)), view := now_view())
    share(workspace)
    before = said_in(workspace)
    courier, posting = courier_of(client_of(workspace)), Posting(nonce="later")

    redrawn = await courier.show_card(shown(view, card), "#approvals", posting)
    reviewed = Said(note=Notice.REVIEWED, by=an_actor(BO))
    line = await courier.tell_thread(shown(view, card), "#approvals", reviewed, posting)
    trouble = await courier.tell_admins(TellAdmins(channel="#approvals", text="x"), NOON, posting)

    assert [isinstance(one, TryLater) and one.is_closed for one in (redrawn, line, trouble)] == [True] * 3
    assert said_in(workspace) == before
    assert workspace.state.history.thread(APPROVALS, str(card.ts)).replies == ()


@pytest.mark.parametrize("fault", [ServerError(), RateLimit()])
async def test_where_slack_does_not_tell_nothing_is_said_before_it_does(
    workspace: Workspace, fault: ServerError | RateLimit
) -> None:
    workspace.faults.add("conversations.info", fault)
    courier, view = courier_of(client_of(workspace)), now_view()

    first = await courier.show_card(view, "#approvals", Posting(nonce="n"))
    said = said_in(workspace)
    second = await courier.show_card(view, "#approvals", Posting(nonce="n"))

    assert isinstance(first, TryLater)
    assert not first.is_closed
    assert said == []
    assert isinstance(second, Delivered)
