"""From the webhook to the card, the click and the signed answer, over real HTTP."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.journeys.living import (
    ANA,
    APPROVALS,
    BO,
    CHEN,
    DIA,
    EVE,
    GUS,
    PAYMENTS,
    TOKEN,
    Home,
    at_home,
    lived_in,
    words_of,
)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> dict[str, str]:
    """Where the house keeps its books: every journey leads along the same road on both databases."""
    return {"database_url": request.getfixturevalue("postgres_url")} if request.param == "postgresql" else {}


@pytest.fixture
async def home(tmp_path: Path, database: dict[str, str]) -> AsyncGenerator[Home]:
    async with at_home(tmp_path, database) as living:
        yield living


async def test_an_approval_releases_the_pipeline_and_everybody_is_told(home: Home) -> None:
    asked = await home.ask(callback_url=home.pipeline.url)
    card = await home.card()

    clicked = await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")

    assert clicked.complaint is None
    ended = await home.show(asked["id"], wait=5)
    assert (ended["state"], ended["decision"]["verdict"]) == ("approved", "approve")
    assert ended["decision"]["by"]["person"] == "bo"
    (callback,) = await home.heard()
    assert callback["type"] == "request.decided"
    assert callback["data"]["id"] == asked["id"]
    assert callback["data"]["state"] == "approved"
    card = await home.card_saying("pproved")
    assert "jit_approve" not in words_of(card)
    await home.slack.until(lambda: home.slack.thread(PAYMENTS, card.ts))
    await home.slack.until(lambda: home.slack.dms(ANA))


async def test_a_rejection_asks_for_a_reason_and_carries_it_everywhere(home: Home) -> None:
    asked = await home.ask(callback_url=home.pipeline.url)
    card = await home.card()

    clicked = await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_reject")
    assert clicked.view is not None
    inputs = [block for block in clicked.view.blocks if block["type"] == "input"]
    (why,) = [block["block_id"] for block in inputs if block["element"]["type"] == "plain_text_input"]
    empty = await home.slack.submit_view(BO, clicked.view.id, {why: "   "})
    assert empty.errors
    sent = await home.slack.submit_view(BO, clicked.view.id, {why: "refund test is right, the code is wrong"})

    assert (sent.complaint, dict(sent.errors)) == (None, {})
    ended = await home.show(asked["id"], wait=5)
    assert ended["state"] == "rejected"
    assert ended["decision"]["reason"] == "refund test is right, the code is wrong"
    (callback,) = await home.heard()
    assert callback["data"]["decision"]["reason"] == "refund test is right, the code is wrong"
    await home.card_saying("refund test is right")


@pytest.mark.parametrize(
    ("who", "why"), [(ANA, "asked for this yourself"), (DIA, "approver"), (GUS, "Guests"), (EVE, "other workspaces")]
)
async def test_whoever_may_not_is_told_why_and_changes_nothing(home: Home, who: str, why: str) -> None:
    asked = await home.ask()
    card = await home.card()

    await home.slack.click(user=who, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")

    (whisper, *_) = await home.slack.until(lambda: home.slack.ephemerals(who))
    assert why in words_of(whisper)
    assert (await home.show(asked["id"]))["state"] == "pending"
    assert "request.refused" in await home.events(asked["id"])


async def test_two_people_are_needed_where_the_rule_says_two(home: Home) -> None:
    asked = await home.ask(action="migrate", environment="staging-2")
    card = await home.card(APPROVALS)

    await home.slack.click(user=BO, channel=APPROVALS, ts=card.ts, action_id="jit_approve")
    await home.slack.click(user=BO, channel=APPROVALS, ts=card.ts, action_id="jit_approve")
    assert (await home.show(asked["id"]))["state"] == "pending"
    await home.slack.click(user=CHEN, channel=APPROVALS, ts=card.ts, action_id="jit_approve")

    assert (await home.show(asked["id"]))["state"] == "approved"


async def test_a_rule_that_decides_by_itself_posts_no_card(home: Home) -> None:
    asked = await home.ask(environment="staging", tests={"total": 4, "failed": 0}, callback_url=home.pipeline.url)

    assert asked["state"] == "approved"
    await home.heard()
    assert home.slack.messages(PAYMENTS) == ()
    assert home.slack.messages(APPROVALS) == ()


async def test_whoever_waits_hears_the_decision_at_once(home: Home) -> None:
    asked = await home.ask()
    card = await home.card()
    waiting = asyncio.create_task(home.show(asked["id"], wait=30))
    await asyncio.sleep(0)

    await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")

    async with asyncio.timeout(5):
        assert (await waiting)["state"] == "approved"


async def test_the_same_ask_twice_is_one_request_and_one_card(home: Home) -> None:
    first, second = await asyncio.gather(home.ask("run-1"), home.ask("run-1"))

    assert first["id"] == second["id"]
    await home.card()
    await asyncio.sleep(0.3)
    assert len(home.slack.messages(PAYMENTS)) == 1


async def test_silence_expires_in_time(home: Home) -> None:
    asked = await home.ask(timeout="1s", callback_url=home.pipeline.url)

    ended = await home.show(asked["id"], wait=10)

    assert ended["state"] == "expired"
    (callback,) = await home.heard()
    assert callback["data"]["decision"]["verdict"] is None


async def test_a_deadline_that_passes_while_the_house_is_closed_is_kept_after_the_restart(
    tmp_path: Path, database: dict[str, str]
) -> None:
    async with at_home(tmp_path, database) as home:
        asked = await home.ask(timeout="1s")
        await home.house.stop()
        await asyncio.sleep(1.1)
        async with lived_in(home.settings):
            ended = await home.show(asked["id"], wait=5)
            assert ended["state"] == "expired"


async def test_a_callback_that_fails_first_arrives_later_with_the_same_id_and_bytes(home: Home) -> None:
    home.pipeline.failures_first = 1
    asked = await home.ask(callback_url=home.pipeline.url, timeout="1s")
    await home.show(asked["id"], wait=10)

    await home.pipeline.until(2, seconds=30)

    assert len(set(home.pipeline.deliveries)) == 1
    assert home.pipeline.bad == []


async def test_a_wrong_token_is_refused_and_nothing_is_stored(home: Home) -> None:
    for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}):
        async with home.http.post(f"{home.url}/v1/requests", json={"title": "x", "action": "y"}, headers=headers) as no:
            assert no.status == 401
            assert no.content_type == "application/problem+json"
    async with home.http.get(f"{home.url}/v1/requests", headers={"Authorization": f"Bearer {TOKEN}"}) as page:
        assert (await page.json())["items"] == []


async def test_commands_list_show_and_decide(home: Home) -> None:
    asked = await home.ask()
    number = asked["number"]

    listed = await home.slack.command(BO, PAYMENTS, "/jit", "list")
    assert listed.said is not None
    assert f"#{number}" in words_of(listed.said)
    refused = await home.slack.command(BO, PAYMENTS, "/jit", f"reject #{number}")
    assert refused.said is not None
    assert "reason" in words_of(refused.said)
    await home.slack.command(BO, PAYMENTS, "/jit", f'reject #{number} "not on a Friday"')

    ended = await home.show(asked["id"])
    assert (ended["state"], ended["decision"]["reason"]) == ("rejected", "not on a Friday")


async def test_the_next_request_of_a_rejected_change_leads_back_to_what_was_said(home: Home) -> None:
    change: dict[str, object] = {"repository": "acme/payments", "ref": "refs/heads/main"}
    first = await home.ask(**change)
    assert first["rejected_before"] is None
    await home.card()
    await home.slack.command(BO, PAYMENTS, "/jit", f"reject {first['number']} The refund test is red.")
    assert (await home.show(first["id"], wait=5))["state"] == "rejected"

    again = await home.ask(**change)

    before = again["rejected_before"]
    assert (before["number"], before["by"]["person"]) == (first["number"], "bo")
    assert before["reason"] == "The refund test is red."
    assert before == (await home.show(again["id"]))["rejected_before"]
    words = words_of(await home.card_saying("Rejected before: "))
    assert "The refund test is red." in words
    assert before["card_url"] in words
