"""The relay, the real courier and the local workspace: what people see in the channel, whatever the network does."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.core.people.identity import People
from bot.relay import Chances, Pace, Relay, SlackDoor
from bot.relay.books import Books
from bot.sandbox.faults import CutAfter, CutBefore, Fault, RateLimit, ServerError
from bot.slack.cards.button_value import Seal
from bot.slack.delivery import SlackCourier
from bot.slack.workspace.channels import Channels
from bot.slack.workspace.directory import Directory
from bot.store import Store, StoreWiring
from tests.factories import ID
from tests.fakes.slack import api_of, client_of, running_workspace
from tests.relay.test_store import Clock, approved, drained_of_slack, logged, submitted

IDS = itertools.count()


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    wiring = StoreWiring(
        clock=Clock(),
        monotonic=lambda: 0.0,
        new_id=lambda: f"019a0000-0000-7000-8000-{next(IDS):012x}",
        replica="test",
        version="0",
    )
    opened = Store.open(f"sqlite:///{tmp_path}/jit.db", wiring=wiring)
    await opened.start()
    yield opened
    await opened.close()


@pytest.mark.parametrize("fault", [CutAfter(), CutBefore(), ServerError(), RateLimit()])
async def test_whatever_the_network_does_people_see_one_card_and_its_thread(store: Store, fault: Fault) -> None:
    clock = Clock()
    async with running_workspace() as workspace:
        workspace.faults.add("chat.postMessage", fault)
        client = client_of(workspace)
        directory = Directory(client, People, clock)
        channels = Channels(client, frozenset, clock)
        courier = SlackCourier(client, directory, channels, Seal("a-secret-key-of-thirty-two-characters"))
        books = Books(store)
        door = SlackDoor(courier, books, Pace(1000))
        relay = Relay(store, books, [door], Chances(clock=clock, chance=lambda: 1.0))
        await relay.start()
        await submitted(store)
        await asyncio.wait_for(drained_of_slack(store), 60)
        await approved(store)
        await asyncio.wait_for(drained_of_slack(store), 60)
        await relay.stop(timedelta(seconds=5))

        api = api_of(workspace)
        history = await api("conversations_history", channel="C0APPROVE", include_all_metadata=True)
        cards = [m for m in history["messages"] if m.get("metadata", {}).get("event_type") == "jit_card"]
        assert len(cards) == 1
        replies = await api("conversations_replies", channel="C0APPROVE", ts=cards[0]["ts"])
        assert len(replies["messages"]) >= 2
        await client_close(client)

    view = await store.read(lambda snapshot: snapshot.view(ID))
    assert view
    assert [(card.channel, card.channel_id, card.ts) for card in view.cards] == [
        ("#approvals", "C0APPROVE", cards[0]["ts"])
    ]
    assert (await logged(store))["card.posted"] == 1


async def client_close(client: object) -> None:
    """Close the SDK's own session, when it has opened one."""
    session = getattr(client, "session", None)
    if session is not None:
        await session.close()
