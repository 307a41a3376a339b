"""A channel that can't be posted to loses no card: it stands in the default channel, says why, and can be answered."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.core.effects import ShowCard
from bot.core.request import RequestId
from bot.store import verify_audit
from tests.journeys.living import APPROVALS, BO, PAYMENTS, POLICY, Home, at_home, words_of

INCIDENTS = "C0INCIDEN"
WITH_ADMINS = POLICY.replace("timeout: 1h}", 'timeout: 1h, admin_channel: "#incidents"}')


@pytest.fixture
async def home(tmp_path: Path, database_url: str) -> AsyncGenerator[Home]:
    (tmp_path / "policy.yaml").write_text(WITH_ADMINS, encoding="utf-8")
    async with at_home(tmp_path, {"database_url": database_url}) as home:
        yield home


def archive(home: Home, *, archived: bool = True) -> None:
    roster = home.slack.state.roster
    roster.put_channel(replace(roster.channel(PAYMENTS), is_archived=archived))


async def admins_heard(home: Home, count: int) -> list[str]:
    await home.slack.until(lambda: len(home.slack.messages(INCIDENTS)) >= count)
    return [words_of(message) for message in home.slack.messages(INCIDENTS)]


async def settled(home: Home) -> None:
    """Return when nothing waits to be delivered."""
    async with asyncio.timeout(10):
        while await home.house.store.read(lambda snapshot: snapshot.outbox_depth()):  # noqa: ASYNC110 - a state, not an event
            await asyncio.sleep(0.02)


async def test_the_card_of_a_closed_channel_stands_in_the_default_one_and_decides(home: Home) -> None:
    archive(home)
    asked = await home.ask(callback_url=home.pipeline.url)

    card = await home.card(APPROVALS)
    clicked = await home.slack.click(user=BO, channel=APPROVALS, ts=card.ts, action_id="jit_approve")
    ended = await home.card_saying("pproved", APPROVALS)
    await home.heard(1)
    await settled(home)

    assert clicked.complaint is None
    assert "#payments-releases can't be used: the channel is archived" in words_of(card)
    assert ended.ts == card.ts
    assert (await home.show(asked["id"]))["state"] == "approved"
    assert (await home.show(asked["id"]))["slack"][0]["channel"] == "#approvals"
    assert len(home.slack.messages(APPROVALS)) == 1
    thread = home.slack.state.history.thread(APPROVALS, card.ts).replies
    assert len(thread) >= 1
    assert (await home.house.store.read(verify_audit)).ok


async def test_administrators_hear_once_of_a_closed_channel_and_once_when_it_is_open(home: Home) -> None:
    archive(home)
    for _ in range(3):
        await home.ask()
    await home.slack.until(lambda: len(home.slack.messages(APPROVALS)) >= 3)
    heard = await admins_heard(home, 1)
    archive(home, archived=False)
    await home.house.reload()
    await home.ask()
    await home.card()
    after = await admins_heard(home, 2)
    await settled(home)

    assert "#payments-releases" in heard[0]
    assert "archived" in heard[0]
    assert "can be posted to again" in after[1]
    assert len(home.slack.messages(INCIDENTS)) == 2
    # What stands elsewhere stays there: no request is shown twice.
    assert (len(home.slack.messages(APPROVALS)), len(home.slack.messages(PAYMENTS))) == (3, 1)


async def test_a_channel_that_is_closed_later_hands_its_open_cards_over(home: Home) -> None:
    asked = await home.ask()
    await home.card()
    archive(home)
    await home.house.store.committer.run(
        lambda tx, _: tx.enqueue(ShowCard(request=RequestId(asked["id"]), channel="#payments-releases")), (asked["id"],)
    )

    card = await home.card(APPROVALS)
    clicked = await home.slack.click(user=BO, channel=APPROVALS, ts=card.ts, action_id="jit_approve")
    await home.card_saying("pproved", APPROVALS)

    assert clicked.complaint is None
    assert (await home.show(asked["id"]))["state"] == "approved"


async def test_where_the_default_channel_is_closed_too_the_card_waits_for_whoever_mends_one(home: Home) -> None:
    roster = home.slack.state.roster
    archive(home)
    roster.put_channel(replace(roster.channel(APPROVALS), is_archived=True))
    asked = await home.ask()
    await admins_heard(home, 2)
    archive(home, archived=False)
    await home.house.reload()

    await home.card(PAYMENTS)

    assert (await home.show(asked["id"]))["state"] == "pending"
    assert len(home.slack.messages(PAYMENTS)) == 1
