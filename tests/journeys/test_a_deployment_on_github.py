"""A deployment on GitHub waits for us: asked by its webhook, answered by its API, whatever happens in between."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.store import verify_audit
from tests.fakes.github import RUN, GitHub, a_github, a_rule, a_run_that_ended, deliver, private_key
from tests.journeys.living import APPROVALS, BO, CHEN, Home, at_home, lived_in

_POLICY = """\
version: 1
defaults: {{channel: "#approvals", timeout: 1h, approvers: [bo, chen], require_reason: on_reject}}
sources:
  github:
    kind: github
    token_env: TEST_CI_TOKEN
    webhook_secret_env: TEST_GITHUB_SECRET
    app_id: 12345
    owners: [acme]
    private_key_file: github.pem
    api_url: {url}
    callback_hosts: [127.0.0.1]
people:
  ana: {{email: ana@acme.test, slack: U0ANA0000, github: ana}}
  bo: {{email: bo@acme.test, slack: U0BO00000, github: bo}}
  chen: {{email: chen@acme.test, slack: U0CHEN000, github: chen}}
rules:
  - name: production
    when: request.environment == "production"
    then: require_approval
    stages: [{{name: qa, approvers: [bo, chen]}}]
    forbid: [requester, authors]
    supersede: lane
"""


@dataclass(frozen=True, slots=True)
class Scene:
    home: Home
    github: GitHub

    @property
    def hook(self) -> str:
        return f"{self.home.url}/hooks/github"

    async def deliver(self, event: str, payload: object, **signing: str) -> tuple[int, dict[str, Any]]:
        return await deliver(self.home.http, self.hook, event, payload, **signing)

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(20):
            while not holds():  # noqa: ASYNC110 - what is waited for happens in another program
                await asyncio.sleep(0.02)

    async def settles(self, request_id: str, event: str) -> None:
        async with asyncio.timeout(20):
            while event not in await self.home.events(request_id):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.02)

    async def gives_up(self, request_id: str) -> None:
        await self.settles(request_id, "callback.failed")
        assert "callback.delivered" not in await self.home.events(request_id)

    async def ends_well(self) -> None:
        verdict = await self.home.house.store.read(verify_audit)
        assert verdict.ok, verdict.why


@pytest.fixture
async def scene(tmp_path: Path, env: dict[str, str]) -> AsyncGenerator[Scene]:
    async with a_github() as github:
        (tmp_path / "policy.yaml").write_text(_POLICY.format(url=github.url), encoding="utf-8")
        (tmp_path / "github.pem").write_text(private_key(), encoding="utf-8")
        async with at_home(tmp_path, env) as home:
            yield Scene(home, github)


async def test_a_deployment_waits_until_somebody_approves_it_and_is_told_once(scene: Scene) -> None:
    waits = scene.github.begin()
    status, asked = await scene.deliver("deployment_protection_rule", a_rule(scene.github.url))
    assert (status, asked["state"]) == (201, "pending")
    card = await scene.home.card(APPROVALS)
    await scene.until(lambda: waits.reports)
    assert "0 of 1 have approved" in waits.reports[0]
    status, again = await scene.deliver("deployment_protection_rule", a_rule(scene.github.url))
    assert (status, again["id"]) == (200, asked["id"])

    await scene.home.slack.click(user=BO, channel=APPROVALS, ts=card.ts, action_id="jit_approve")

    await scene.until(lambda: [check["status"] for check in scene.github.checks.values()] == ["completed"])
    (decision,) = waits.decisions
    assert (decision["state"], decision["environment_name"]) == ("approved", "production")
    assert "approved by bo" in decision["comment"]
    assert scene.github.checks[1]["conclusion"] == "success"
    events = await scene.home.events(asked["id"])
    assert {"callback.drawn", "callback.delivered", "source.told"} <= set(events)
    await scene.ends_well()


async def test_a_rejection_travels_with_its_reason(scene: Scene) -> None:
    waits = scene.github.begin()
    await scene.deliver("deployment_protection_rule", a_rule(scene.github.url))
    card = await scene.home.card(APPROVALS)

    await _reject(scene.home, card.ts, "the refund is @broken")

    await scene.until(lambda: waits.decisions)
    (decision,) = waits.decisions
    assert decision["state"] == "rejected"
    assert "the refund is @\N{WORD JOINER}broken" in decision["comment"]
    await scene.until(lambda: scene.github.checks.get(1, {}).get("conclusion") == "failure")


async def test_what_broke_off_is_answered_in_the_next_life_and_decides_once(scene: Scene) -> None:
    waits = scene.github.begin()
    _, asked = await scene.deliver("deployment_protection_rule", a_rule(scene.github.url))
    card = await scene.home.card(APPROVALS)
    await scene.until(lambda: waits.reports)
    scene.github.troubles = ["after"]

    await scene.home.slack.click(user=CHEN, channel=APPROVALS, ts=card.ts, action_id="jit_approve")
    await scene.home.house.stop()
    async with lived_in(scene.home.settings):
        await scene.until(lambda: waits.decisions)
        await scene.until(lambda: [check["status"] for check in scene.github.checks.values()] == ["completed"])
        events = await scene.home.events(asked["id"])

    assert [one["state"] for one in waits.decisions] == ["approved"]
    assert events.count("callback.drawn") == 1


async def test_a_run_that_ended_takes_its_request_back_and_an_older_end_does_not(scene: Scene) -> None:
    scene.github.begin()
    _, asked = await scene.deliver("deployment_protection_rule", a_rule(scene.github.url))
    before = a_run_that_ended(at="2026-03-04T11:00:00Z")
    assert await scene.deliver("workflow_run", before) == (200, {"cancelled": []})
    assert (await scene.home.show(asked["id"]))["state"] == "pending"

    status, said = await scene.deliver("workflow_run", a_run_that_ended())

    assert (status, [one["id"] for one in said["cancelled"]]) == (200, [asked["id"]])
    assert (await scene.home.show(asked["id"]))["state"] == "cancelled"
    assert await scene.deliver("workflow_run", a_run_that_ended()) == (200, {"cancelled": []})


async def test_a_newer_deployment_overtakes_the_older_one(scene: Scene) -> None:
    old, new = scene.github.begin(), scene.github.begin(RUN + 1)
    _, first = await scene.deliver("deployment_protection_rule", a_rule(scene.github.url))
    _, second = await scene.deliver("deployment_protection_rule", a_rule(scene.github.url, RUN + 1, 9002))

    await scene.until(lambda: old.decisions)

    assert (old.decisions[0]["state"], new.decisions) == ("rejected", [])
    assert (await scene.home.show(first["id"]))["superseded_by"] == second["id"]


async def test_an_approval_does_not_reach_the_deployment_of_a_later_try(scene: Scene) -> None:
    scene.github.begin()
    _, asked = await scene.deliver("deployment_protection_rule", a_rule(scene.github.url))
    card = await scene.home.card(APPROVALS)
    again = scene.github.try_again()

    await scene.home.slack.click(user=BO, channel=APPROVALS, ts=card.ts, action_id="jit_approve")

    await scene.gives_up(asked["id"])
    assert again.decisions == []
    await scene.ends_well()


async def test_no_answer_is_sent_once_a_newer_request_is_about_what_waits(scene: Scene) -> None:
    scene.github.begin()
    _, old = await scene.deliver("deployment_protection_rule", a_rule(scene.github.url))
    again = scene.github.try_again()
    rule = a_rule(scene.github.url, deployment=9002)
    rule["deployment"]["created_at"] = "2026-03-04T12:21:00Z"

    _, new = await scene.deliver("deployment_protection_rule", rule)
    await scene.settles(old["id"], "callback.delivered")

    assert (await scene.home.show(old["id"]))["superseded_by"] == new["id"]
    assert again.decisions == []
    card = await scene.home.card_saying(f"#{new['number']}", APPROVALS)
    await scene.home.slack.click(user=BO, channel=APPROVALS, ts=card.ts, action_id="jit_approve")
    await scene.until(lambda: again.decisions)
    assert [one["state"] for one in again.decisions] == ["approved"]


async def test_an_approval_of_a_run_that_is_over_is_not_sent(scene: Scene) -> None:
    waits = scene.github.begin()
    _, asked = await scene.deliver("deployment_protection_rule", a_rule(scene.github.url))
    card = await scene.home.card(APPROVALS)
    scene.github.runs[RUN].status = "completed"

    await scene.home.slack.click(user=BO, channel=APPROVALS, ts=card.ts, action_id="jit_approve")

    await scene.gives_up(asked["id"])
    assert waits.decisions == []


async def test_what_somebody_else_decided_there_is_not_called_taken(scene: Scene) -> None:
    waits = scene.github.begin()
    _, asked = await scene.deliver("deployment_protection_rule", a_rule(scene.github.url))
    card = await scene.home.card(APPROVALS)
    waits.decisions.append({"state": "rejected", "by": "somebody there"})

    await scene.home.slack.click(user=BO, channel=APPROVALS, ts=card.ts, action_id="jit_approve")

    await scene.gives_up(asked["id"])


async def _reject(home: Home, ts: str, reason: str) -> None:
    clicked = await home.slack.click(user=BO, channel=APPROVALS, ts=ts, action_id="jit_reject")
    assert clicked.view is not None
    inputs = [block for block in clicked.view.blocks if block["type"] == "input"]
    (why,) = [block["block_id"] for block in inputs if block["element"]["type"] == "plain_text_input"]
    sent = await home.slack.submit_view(BO, clicked.view.id, {why: reason})
    assert (sent.complaint, dict(sent.errors)) == (None, {})
