"""A chain of two stages in a living house: silence reminds, then calls more people; each stage asks its own."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.journeys.living import APPROVALS, BO, CHEN, DIA, PAYMENTS, POLICY, Home, at_home, words_of

CHAIN = """\
  - name: a chain
    when: request.action == "rollback"
    then: require_approval
    route: {channel: "#payments-releases", mention: [bo]}
    stages:
      - name: qa
        approvers: [bo]
        remind_after: 1s
        escalate: [{after: 2s, to: [chen], channel: "#approvals"}]
      - {name: release, approvers: [dia@acme.test]}
    timeout: 10m
"""


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    (tmp_path / "policy.yaml").write_text(POLICY + CHAIN, encoding="utf-8")
    async with at_home(tmp_path) as living:
        yield living


async def test_silence_reminds_then_calls_more_people_and_the_next_stage_asks_its_own(home: Home) -> None:
    asked = await home.ask(action="rollback", environment="staging", callback_url=home.pipeline.url)
    card = await home.card()
    assert BO in words_of(card)

    reminder = (await home.slack.until(lambda: home.slack.thread(PAYMENTS, card.ts)))[0]
    assert BO in words_of(reminder)
    second = await home.card(APPROVALS)
    await home.slack.until(lambda: any(CHEN in words_of(line) for line in home.slack.thread(PAYMENTS, card.ts)))

    await home.slack.click(user=CHEN, channel=APPROVALS, ts=second.ts, action_id="jit_approve")
    card = await home.card_saying("stage 2 of 2")
    assert (await home.show(asked["id"]))["stage"] == "release"
    await home.slack.until(
        lambda: any("is asked now" in words_of(line) for line in home.slack.thread(PAYMENTS, card.ts))
    )
    await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")
    assert (await home.show(asked["id"]))["state"] == "pending"
    await home.slack.click(user=DIA, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")

    ended = await home.show(asked["id"], wait=5)
    assert ended["state"] == "approved"
    assert [(review["by"]["person"], review["stage"]) for review in ended["reviews"]] == [
        ("chen", "qa"),
        ("dia@acme.test", "release"),
    ]
    events = await home.events(asked["id"])
    assert events.count("request.escalated") == 1
    assert "request.reminded" in events
    assert (await home.heard())[0]["data"]["state"] == "approved"


LANE = """\
  - name: one at a time
    when: request.action == "release"
    then: require_approval
    supersede: lane
"""


async def test_a_newer_request_of_the_lane_ends_the_older_and_its_caller_hears_by_what(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY + LANE, encoding="utf-8")
    async with at_home(tmp_path) as home:
        lane = {"action": "release", "environment": "staging", "lane": "payments/staging"}
        older = await home.ask(**lane, callback_url=home.pipeline.url)
        elsewhere = await home.ask(**(lane | {"lane": "search/staging"}))
        await home.card(APPROVALS)
        newer = await home.ask(**lane)

        ended = await home.show(older["id"], wait=5)
        assert (ended["state"], ended["superseded_by"], ended["decision"]["verdict"]) == (
            "superseded",
            newer["id"],
            None,
        )
        (callback,) = await home.heard()
        assert (callback["data"]["state"], callback["data"]["superseded_by"]) == ("superseded", newer["id"])
        assert (await home.show(elsewhere["id"]))["state"] == "pending"
        assert (await home.show(newer["id"]))["state"] == "pending"
