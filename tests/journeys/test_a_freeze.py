"""A change freeze that begins while a request waits, and ends again; and silence in it, in a living house."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.journeys.living import APPROVALS, BO, DIA, PAYMENTS, POLICY, Home, at_home, words_of

SILENT = """\
  - name: silence is fine
    when: request.action == "restart"
    then: require_approval
    route: {channel: "#payments-releases"}
    timeout: 3s
    on_timeout: approve
"""
FREEZE = """\
freezes:
  - name: black friday
    from: 2020-01-01
    until: 2099-12-31
    when: request.environment == "production"
    then: reject
    reason: the shop is full
"""
SENTENCE = "Nothing is approved in the change freeze “black friday”, until 2100-01-01 00:00 UTC (the shop is full)."


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    (tmp_path / "policy.yaml").write_text(POLICY + SILENT, encoding="utf-8")
    async with at_home(tmp_path) as living:
        yield living


async def freeze(home: Home, more: str = FREEZE) -> None:
    """Edit the policy, and have it loaded."""
    home.settings.policy_file.write_text(POLICY + SILENT + more, encoding="utf-8")
    await home.house.reload()


async def test_a_freeze_keeps_back_what_waits_and_rejects_what_comes(home: Home) -> None:
    waits = await home.ask()
    card = await home.card()
    await freeze(home)

    await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")

    (whisper, *_) = await home.slack.until(lambda: home.slack.ephemerals(BO))
    assert SENTENCE in words_of(whisper)
    assert (await home.show(waits["id"]))["state"] == "pending"
    comes = await home.ask()
    assert (comes["state"], comes["policy"]["rule"]) == ("rejected", "freeze black friday")
    assert comes["decision"]["reason"] == SENTENCE
    elsewhere = await home.ask(environment="staging", tests={"total": 3, "failed": 0})
    assert elsewhere["state"] == "approved"

    await freeze(home, more="")
    await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")
    assert (await home.show(waits["id"], wait=5))["state"] == "approved"


async def test_silence_approves_nothing_once_a_freeze_has_begun(home: Home) -> None:
    waits = await home.ask(action="restart", tests=None)
    await home.card()
    await freeze(home)

    ended = await home.show(waits["id"], wait=10)

    assert ended["state"] == "expired"
    assert "silence approves nothing in the change freeze “black friday”" in ended["decision"]["reason"]
    await freeze(home, more="")
    again = await home.ask(action="restart", tests=None)
    assert (await home.show(again["id"], wait=10))["state"] == "approved"


async def test_what_a_freeze_asks_is_approved_by_people_and_the_card_says_why_it_is_asked(home: Home) -> None:
    await freeze(home, FREEZE.replace("reject", "ask").replace("production", "staging"))

    asked = await home.ask(environment="staging", tests={"total": 3, "failed": 0})
    card = await home.card_saying("Change freeze “black friday”", APPROVALS)

    assert asked["state"] == "pending"
    assert "a person has to approve" in words_of(card)
    await home.slack.click(user=DIA, channel=APPROVALS, ts=card.ts, action_id="jit_approve")
    assert (await home.show(asked["id"], wait=5))["state"] == "approved"
