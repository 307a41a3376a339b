"""A delegation in a living house, from the command to the callback; the log it leaves is whole."""

import json
from pathlib import Path

from bot.store import verify_audit
from tests.journeys.living import APPROVALS, BO, CHEN, DIA, PAYMENTS, POLICY, Home, at_home, words_of

RULES = """\
  - name: dia alone
    when: request.action == "rollback"
    then: require_approval
    route: {channel: "#payments-releases"}
    stages: [{name: on-call, approvers: [dia@acme.test]}]
  - name: dia in person
    when: request.action == "wipe"
    then: require_approval
    route: {channel: "#payments-releases"}
    stages: [{name: on-call, approvers: [dia@acme.test]}]
    delegation: forbid
"""


async def say(home: Home, user: str, text: str) -> str:
    answer = await home.slack.command(user, APPROVALS, "/jit", text)
    assert answer.said is not None
    return words_of(answer.said)  # pyright: ignore[reportArgumentType] - what only one person sees is a message too


async def test_whoever_stands_in_decides_and_everybody_reads_for_whom(tmp_path: Path, env: dict[str, str]) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY + RULES, encoding="utf-8")
    async with at_home(tmp_path, env) as home:
        asked = await home.ask(action="rollback", environment="staging", callback_url=home.pipeline.url)
        strict = await home.ask(action="wipe", environment="staging")
        await home.slack.until(lambda: len(home.slack.messages(PAYMENTS)) == 2)
        cards = {words_of(card).count("wipe") > 0: card for card in home.slack.messages(PAYMENTS)}
        assert "may answer in your name" in await say(home, DIA, "delegate @chen for 2h")
        await home.slack.until(lambda: any("lets you answer" in words_of(one) for one in home.slack.dms(CHEN)))

        called = await home.ask(action="rollback", environment="staging", title="again")
        again = await home.card_saying("again")
        assert "May answer in another's name" in words_of(again)
        assert " for dia@acme.test" in words_of(again)
        await home.slack.click(user=CHEN, channel=PAYMENTS, ts=again.ts, action_id="jit_approve")
        assert (await home.show(called["id"], wait=5))["state"] == "approved"

        for card in cards.values():
            await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")
            await home.slack.click(user=CHEN, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")

        ended = await home.show(asked["id"], wait=5)
        assert ended["state"] == "approved"
        assert ended["reviews"][0]["by"]["person"] == "chen"
        assert ended["reviews"][0]["on_behalf_of"]["person"] == "dia@acme.test"
        assert ended["decision"]["on_behalf_of"]["slack_id"] == DIA
        assert (await home.show(strict["id"]))["state"] == "pending"
        (callback,) = await home.heard()
        assert callback["data"]["decision"]["on_behalf_of"]["person"] == "dia@acme.test"
        await home.slack.until(
            lambda: " for dia@acme.test" in json.dumps([m.blocks for m in home.slack.messages(PAYMENTS)])
        )
        await home.slack.until(
            lambda: any(" for dia@acme.test" in words_of(one) for one in home.slack.thread(PAYMENTS, cards[False].ts))
        )

        assert "no longer answers" in await say(home, DIA, "undelegate")
        await home.slack.until(lambda: any("they took that back" in words_of(one) for one in home.slack.dms(CHEN)))
        verdict = await home.house.store.read(verify_audit)
        assert verdict.ok, verdict.why
