"""What is whispered reaches whoever clicked, also where a whisper cannot be shown to them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.core.attempts import Delivered, Unknown
from bot.core.effects import Whisper
from bot.core.people.identity import People
from bot.relay import Pace, SlackDoor
from bot.relay.errand import Errand
from bot.sandbox import Workspace
from bot.sandbox.faults import CutAfter
from bot.slack import Channels, Directory, Seal, SlackCourier
from tests.fakes.slack import client_of, running_workspace
from tests.relay.books_in_memory import BooksInMemory

GUS = "U0GUS0000"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
async def workspace() -> AsyncIterator[Workspace]:
    async with running_workspace() as running:
        yield running


def a_door(workspace: Workspace) -> SlackDoor:
    client = client_of(workspace)
    courier = SlackCourier(
        client,
        Directory(client, People, now),
        Channels(client, frozenset, now),
        Seal("a-secret-key-of-thirty-two-characters"),
    )
    return SlackDoor(courier, BooksInMemory(), Pace(1))


def an_errand(channel: str, slack_id: str = GUS) -> Errand:
    effect = Whisper(channel=channel, slack_id=slack_id, text="Not you.")
    return Errand(
        id="row",
        destination=f"slack:whisper:{slack_id}",
        effect=effect,
        request=None,
        attempts=1,
        created_at=now(),
        nonce="n1",
        is_repeat=False,
    )


@pytest.mark.parametrize("channel", ["C0INCIDEN", "C0NOSUCH0"])
async def test_where_they_or_we_are_not_it_is_a_message_to_them_once(workspace: Workspace, channel: str) -> None:
    errand, door = an_errand(channel), a_door(workspace)
    workspace.faults.add("chat.postMessage", CutAfter())
    assert isinstance(await door.carry(errand, now()), Unknown)

    attempt = await door.carry(replace(errand, is_repeat=True), now())

    assert isinstance(attempt, Delivered)
    assert [message.text for message in workspace.dms(GUS)] == ["Not you."]


async def test_somebody_whom_slack_does_not_know_is_let_go(workspace: Workspace) -> None:
    attempt = await a_door(workspace).carry(an_errand("C0APPROVE", "U0NOBODY0"), now())

    assert isinstance(attempt, Delivered)
    assert "skipped" in attempt.detail
