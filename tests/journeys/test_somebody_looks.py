"""Somebody says that they are looking: nobody is reminded until that is over, and others are called in their time."""

from collections.abc import AsyncGenerator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.core.moments import read_moment
from bot.store import verify_audit
from tests.journeys.living import APPROVALS, BO, CHEN, PAYMENTS, POLICY, TOKEN, Home, at_home, words_of

SECOND = timedelta(seconds=1)
SLOW = """\
  - name: looked at
    when: request.action == "rollback"
    then: require_approval
    route: {channel: "#payments-releases"}
    stages:
      - name: qa
        approvers: [bo]
        remind_after: 2s
        escalate: [{after: 3s, to: [chen], channel: "#approvals"}]
    timeout: 10m
    claim_for: 6s
"""


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    (tmp_path / "policy.yaml").write_text(POLICY + SLOW, encoding="utf-8")
    async with at_home(tmp_path) as living:
        yield living


async def history(home: Home, request_id: str) -> list[dict[str, Any]]:
    path = f"{home.url}/v1/requests/{request_id}/events"
    async with home.http.get(path, headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
        return (await answer.json())["items"]


def moments(entries: list[dict[str, Any]], event: str) -> list[datetime]:
    return [read_moment(entry["at"]) for entry in entries if entry["event"] == event]


async def test_nobody_is_reminded_while_somebody_looks_and_silence_calls_others_all_the_same(home: Home) -> None:
    asked = await home.ask(action="rollback", environment="staging", callback_url=home.pipeline.url)
    card = await home.card()

    await home.choose(BO, card, "I'm looking")

    looked_at = await home.card_saying(" is looking, until ")
    assert BO in words_of(looked_at)
    claim = (await home.show(asked["id"]))["claim"]
    assert claim["by"]["person"] == "bo"
    lines = await home.slack.until(lambda: home.slack.thread(PAYMENTS, card.ts))
    assert any("bo is looking at this" in words_of(line) for line in lines)
    second = await home.card(APPROVALS)
    assert " is looking, until " in words_of(second), "whoever is called sees who looks"
    await home.slack.until(lambda: " is looking, until " not in words_of(home.slack.messages(PAYMENTS)[-1]), 15)
    entries, until = await history(home, asked["id"]), read_moment(claim["until"])
    (claimed,), (escalated,) = moments(entries, "request.claimed"), moments(entries, "request.escalated")
    assert until == claimed + 6 * SECOND
    reminded = [at for at in moments(entries, "request.reminded") if at > claimed]
    assert reminded[0] >= until
    await home.slack.until(
        lambda: any("Still waiting for 1 approval" in words_of(line) for line in home.slack.thread(PAYMENTS, card.ts))
    )
    assert read_moment(asked["created_at"]) + 3 * SECOND <= escalated < until
    assert (await home.show(asked["id"]))["claim"] is None

    await home.slack.click(user=CHEN, channel=APPROVALS, ts=second.ts, action_id="jit_approve")
    assert (await home.show(asked["id"], wait=5))["state"] == "approved"
    verdict = await home.house.store.read(verify_audit)
    assert verdict.ok, verdict.why
