"""A card that somebody deletes or edits is put right by the slow pass; who was called is not called again."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.sandbox.faults import RateLimit
from bot.sandbox.history import Message
from bot.store import verify_audit
from tests.journeys.living import APPROVALS, BO, PAYMENTS, TOKEN, Home, at_home, words_of


@pytest.fixture
async def home(tmp_path: Path, database_url: str) -> AsyncGenerator[Home]:
    async with at_home(tmp_path, {"database_url": database_url}) as home:
        yield home


async def settled(home: Home) -> None:
    """Return when nothing waits to be delivered."""
    async with asyncio.timeout(10):
        while await home.house.store.read(lambda snapshot: snapshot.outbox_depth()):  # noqa: ASYNC110 - a state, not an event
            await asyncio.sleep(0.02)


def edit(home: Home, card: Message) -> None:
    """Make the card a lie, as whoever holds the app's token can."""
    lie = {"type": "section", "text": {"type": "plain_text", "text": "Approved by everybody"}}
    home.slack.state.rewrite(card, "Approved", (lie,), card.metadata)


async def repaired(home: Home) -> dict[str, object]:
    said = await home.house.repair()
    await settled(home)
    return said


async def test_healthy_cards_are_left_alone(home: Home) -> None:
    await home.ask()
    card = await home.card()
    await settled(home)
    updates = len(home.slack.calls("chat.update"))

    said = [await repaired(home) for _ in range(2)]

    assert [one["broken"] for one in said] == [{}, {}]
    assert [one["looked"] for one in said] == [1, 1]
    assert len(home.slack.calls("chat.update")) == updates
    assert await home.card() == card


async def test_a_deleted_card_of_an_open_request_stands_there_again_and_decides(home: Home) -> None:
    asked = await home.ask()
    card = await home.card()
    await settled(home)
    home.slack.state.remove(card)

    said = await repaired(home)
    again = await home.card()
    clicked = await home.slack.click(user=BO, channel=PAYMENTS, ts=again.ts, action_id="jit_approve")
    await home.card_saying("pproved")

    assert said["broken"] == {"deleted": 1}
    assert again.ts != card.ts
    assert len([one for one in home.slack.messages(PAYMENTS) if not one.is_reply]) == 1
    assert clicked.complaint is None
    assert "card.deleted" in await home.events(asked["id"])
    assert (await home.show(asked["id"]))["state"] == "approved"


async def test_a_deleted_card_of_a_closed_request_is_left_and_noted_once(home: Home) -> None:
    asked = await home.ask()
    card = await home.card()
    await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")
    card = await home.card_saying("pproved")
    await settled(home)
    home.slack.state.remove(card)

    first, second = await repaired(home), await repaired(home)

    assert first["broken"] == {"deleted": 1}
    assert second["looked"] == 0
    assert all(one.is_reply for one in home.slack.messages(PAYMENTS))
    assert (await home.events(asked["id"])).count("card.deleted") == 1


async def test_a_card_that_was_deleted_before_the_end_is_not_posted_anew_to_show_it(home: Home) -> None:
    asked = await home.ask()
    card = await home.card()
    await settled(home)
    home.slack.state.remove(card)
    path, headers = f"/v1/requests/{asked['id']}/cancel", {"Authorization": f"Bearer {TOKEN}"}
    async with home.http.post(f"{home.url}{path}", headers=headers) as answer:
        assert answer.status == 200
    await settled(home)
    events = await home.events(asked["id"])

    assert home.slack.messages(PAYMENTS) == ()
    assert (events.count("card.posted"), events.count("card.left")) == (1, 1)
    assert (await home.house.store.read(verify_audit)).ok


async def test_an_edited_card_says_again_what_is_true_and_the_log_tells_of_it(home: Home) -> None:
    asked = await home.ask()
    card = await home.card()
    await settled(home)
    edit(home, card)

    said, after = await repaired(home), await repaired(home)
    now = await home.card()

    assert said["broken"] == {"changed": 1}
    assert after["broken"] == {}
    assert now.ts == card.ts
    assert now.text == card.text
    assert "Approved by everybody" not in words_of(now)
    assert (await home.events(asked["id"])).count("card.changed") == 1
    assert (await home.house.store.read(verify_audit)).ok


async def test_while_slack_is_storming_nothing_is_asked_and_nothing_is_taken_for_deleted(home: Home) -> None:
    await home.ask()
    card = await home.card()
    await settled(home)
    home.slack.faults.add("conversations.history", RateLimit(1), 5)

    said, again = await repaired(home), await repaired(home)

    assert (said["broken"], said["left"], again["broken"]) == ({}, 1, {})
    assert len(home.slack.calls("conversations.history")) == 1
    assert await home.card() == card


async def test_the_card_of_an_archived_channel_goes_where_new_ones_would(home: Home) -> None:
    await home.ask()
    await home.card()
    await settled(home)
    roster = home.slack.state.roster
    roster.put_channel(replace(roster.channel(PAYMENTS), is_archived=True))

    said = await repaired(home)
    moved = await home.card(APPROVALS)

    assert said["broken"] == {"closed": 1}
    assert "is archived" in words_of(moved)
    assert (await repaired(home))["broken"] == {}
