"""Questions and emergencies in a living house: asked, answered by the pipeline, released alone, reviewed."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from tests.journeys.living import ANA, APPROVALS, BO, CHEN, DIA, PAYMENTS, POLICY, TOKEN, Home, at_home, words_of

EMERGENCY = """\
  - name: an emergency
    when: request.action == "rollback"
    then: require_approval
    route: {channel: "#payments-releases"}
    stages: [{name: qa, approvers: [bo, chen], quorum: 2}]
    break_glass: {approvers: [dia@acme.test], review_within: 1s}
    timeout: 10m
"""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def home(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncGenerator[Home]:
    (tmp_path / "policy.yaml").write_text(POLICY + EMERGENCY, encoding="utf-8")
    env = {} if request.param == "sqlite" else {"database_url": request.getfixturevalue("postgres_url")}
    async with at_home(tmp_path, env) as living:
        yield living


async def answered(home: Home, request_id: str, text: str) -> int:
    """The pipeline answers; return the status."""
    path, headers = f"{home.url}/v1/requests/{request_id}/answer", {"Authorization": f"Bearer {TOKEN}"}
    async with home.http.post(path, json={"text": text}, headers=headers) as answer:
        return answer.status


async def test_a_question_is_answered_in_the_message_or_by_the_pipeline_and_the_clock_runs_on(home: Home) -> None:
    asked = await home.ask(action="rollback", environment="staging")
    card = await home.card()
    assert await answered(home, asked["id"], "unasked") == 409

    await home.choose(BO, card, "Ask a question …")
    view = home.slack.view(BO)
    assert view is not None
    await home.slack.submit_view(BO, view.id, {"reason": "Which customers?"})
    card = await home.card_saying("Which customers?")
    assert (await home.show(asked["id"]))["questions"][-1]["answer"] is None
    mail = (await home.slack.until(lambda: home.slack.dms(ANA)))[-1]
    await home.slack.click(user=ANA, channel=mail.channel, ts=mail.ts, action_id="jit_answer")
    view = home.slack.view(ANA)
    assert view is not None
    await home.slack.submit_view(ANA, view.id, {"reason": "Only the test tenants."})
    await home.card_saying("Only the test tenants.")

    await home.slack.command(CHEN, PAYMENTS, "/jit", f"ask {asked['number']} And the rest?")
    await home.card_saying("And the rest?")
    assert await answered(home, asked["id"], "They are not touched.") == 200

    shown = await home.show(asked["id"])
    assert shown["state"] == "pending"
    assert [one["answer"] for one in shown["questions"]] == ["Only the test tenants.", "They are not touched."]
    await home.card_saying("They are not touched.")


async def test_broken_glass_releases_tells_everybody_and_is_chased_until_somebody_else_has_looked(home: Home) -> None:
    asked = await home.ask(action="rollback", environment="staging", callback_url=home.pipeline.url)
    await home.card()

    await home.slack.command(DIA, APPROVALS, "/jit", f"break-glass {asked['number']} payments are down")
    view = home.slack.view(DIA)
    assert view is not None
    assert (await home.show(asked["id"]))["state"] == "pending"
    await home.slack.submit_view(DIA, view.id, {"reason": "payments are down", "confirm": str(asked["number"])})

    (callback,) = await home.heard()
    assert (callback["data"]["state"], callback["data"]["decision"]["break_glass"]) == ("approved", True)
    card = await home.card_saying("🚨 Approved in an emergency (break-glass)")
    for passed_over in (BO, CHEN):
        mail = (await home.slack.until(lambda who=passed_over: home.slack.dms(who)))[-1]
        assert "broke the glass" in words_of(mail)
    await home.card_saying("Review overdue")
    await home.slack.until(
        lambda: any("nobody has reviewed" in words_of(line) for line in home.slack.thread(PAYMENTS, card.ts))
    )

    await home.slack.command(DIA, APPROVALS, "/jit", f"reviewed {asked['number']} I was right")
    await home.slack.command(CHEN, APPROVALS, "/jit", f"reviewed {asked['number']} it was right")

    await home.card_saying("Reviewed by")
    shown = await home.show(asked["id"])
    assert (shown["state"], shown["break_glass"]["review"]["by"]["person"]) == ("approved", "chen")
    events = await home.events(asked["id"])
    assert [events.count(f"request.glass_{one}") for one in ("broken", "chased", "reviewed")] == [1, 1, 1]
    assert events.count("request.refused") == 1
    assert len(home.pipeline.heard) == 1
