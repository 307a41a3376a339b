"""What failed in our tests is nobody else's business: a channel that others read shows no card, and takes no answer."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from bot.sandbox.people import Sharing
from bot.store import verify_audit
from tests.journeys.living import APPROVALS, BO, EVE, PAYMENTS, POLICY, Home, at_home, words_of

INCIDENTS = "C0INCIDEN"
STRICT = POLICY.replace("timeout: 1h}", 'timeout: 1h, admin_channel: "#incidents"}')
ALLOWING = STRICT.replace("timeout: 1h,", f"timeout: 1h, allow_shared_channels: [{PAYMENTS}],")


@asynccontextmanager
async def living_by(policy: str, folder: Path, database_url: str) -> AsyncGenerator[Home]:
    (folder / "policy.yaml").write_text(policy, encoding="utf-8")
    async with at_home(folder, {"database_url": database_url}) as home:
        yield home


@pytest.fixture
async def home(tmp_path: Path, database_url: str) -> AsyncGenerator[Home]:
    async with living_by(STRICT, tmp_path, database_url) as home:
        yield home


def share(home: Home, channel: str = PAYMENTS, sharing: Sharing = "external") -> None:
    roster = home.slack.state.roster
    roster.put_channel(replace(roster.channel(channel), sharing=sharing))


@pytest.mark.parametrize("sharing", ["external", "pending", "organisation"])
async def test_the_card_of_a_shared_channel_stands_in_the_default_one_and_decides(home: Home, sharing: Sharing) -> None:
    share(home, sharing=sharing)
    asked = await home.ask(callback_url=home.pipeline.url)

    card = await home.card(APPROVALS)
    clicked = await home.slack.click(user=BO, channel=APPROVALS, ts=card.ts, action_id="jit_approve")
    await home.card_saying("pproved", APPROVALS)
    heard = await home.slack.until(lambda: home.slack.messages(INCIDENTS))

    assert clicked.complaint is None
    assert "#payments-releases can't be used: the channel is shared with people of other workspaces" in words_of(card)
    assert "allow_shared_channels" in words_of(heard[0])
    assert home.slack.messages(PAYMENTS) == ()
    assert (await home.show(asked["id"]))["state"] == "approved"
    assert (await home.house.store.read(verify_audit)).ok


async def test_where_every_channel_is_shared_nothing_is_said_anywhere_until_one_is_ours(home: Home) -> None:
    share(home)
    share(home, APPROVALS)
    asked = await home.ask()
    await home.slack.until(lambda: len(home.slack.messages(INCIDENTS)) >= 2)

    assert [home.slack.messages(one) for one in (PAYMENTS, APPROVALS)] == [(), ()]
    assert (await home.show(asked["id"]))["state"] == "pending"


async def test_in_a_shared_channel_that_the_policy_names_ours_answer_and_others_do_not(
    tmp_path: Path, database_url: str
) -> None:
    async with living_by(ALLOWING, tmp_path, database_url) as home:
        share(home)
        asked = await home.ask()
        card = await home.card()

        foreign = await home.slack.click(user=EVE, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")
        told = await home.slack.until(lambda: home.slack.ephemerals(EVE))
        after_eve = (await home.show(asked["id"]))["state"]
        ours = await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")
        await home.card_saying("pproved")

        assert (foreign.complaint, ours.complaint) == (None, None)
        assert "People from other workspaces" in words_of(told[0])
        assert after_eve == "pending"
        assert (await home.show(asked["id"]))["state"] == "approved"


async def test_a_permission_that_is_taken_back_closes_the_channel_at_once(tmp_path: Path, database_url: str) -> None:
    async with living_by(ALLOWING, tmp_path, database_url) as home:
        share(home)
        asked = await home.ask()
        card = await home.card()
        (tmp_path / "policy.yaml").write_text(STRICT, encoding="utf-8")
        await home.house.reload()

        clicked = await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")
        told = await home.slack.until(lambda: home.slack.ephemerals(BO))

        assert clicked.complaint is None
        assert "People of other workspaces read this channel" in words_of(told[0])
        assert (await home.show(asked["id"]))["state"] == "pending"
        assert "request.refused" in await home.events(asked["id"])
