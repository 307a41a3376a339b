"""Everybody who is asked is away, in a living house: others are asked at once, also by what a crash left; then back."""

from pathlib import Path

from bot.sandbox.history import Message
from bot.store import verify_audit
from tests.journeys.living import ANA, BO, CHEN, DIA, PAYMENTS, POLICY, Home, at_home, lived_in, words_of
from tests.journeys.test_standing_in import say

RULES = """\
  - name: two people
    when: request.action == "rollback"
    then: require_approval
    route: {channel: "#payments-releases"}
    stages:
      - name: on-call
        approvers: [bo, chen]
        escalate: [{after: 50m, to: [dia]}]
"""


async def asked_more(home: Home, request_id: str) -> None:
    """Return when more people were asked for it."""
    events = list[str]()
    while "request.deserted" not in events:
        events = await home.events(request_id)
    assert events.count("request.deserted") == 1


async def test_who_is_asked_later_is_asked_now(tmp_path: Path, env: dict[str, str]) -> None:
    known = "people:\n  dia: {email: dia@acme.test, slack: U0DIA0000}"
    policy = POLICY.replace("people:", known).replace("defaults: {", "defaults: {fallback: [ana], ")
    (tmp_path / "policy.yaml").write_text(policy + RULES, encoding="utf-8")
    async with at_home(tmp_path, env) as home:
        before = await home.ask(action="rollback", environment="staging")
        await home.slack.until(lambda: len(home.slack.messages(PAYMENTS)) == 1)
        assert "You are away" in await say(home, BO, "away until tomorrow at the sea")
        assert (await home.events(before["id"])).count("request.deserted") == 0
        assert "You are away" in await say(home, CHEN, "away for 2h")

        await asked_more(home, before["id"])
        (card,) = home.slack.messages(PAYMENTS)
        await home.slack.until(lambda: any(DIA in words_of(one) for one in thread(home)))
        assert any("Everybody who was asked is away (bo, chen)" in words_of(one) for one in thread(home))
        await home.card_saying("more people were asked at once")
        await home.slack.click(user=DIA, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")
        assert (await home.show(before["id"], wait=5))["state"] == "approved"

        await say(home, DIA, "away for 2h")
        bos = {"email": "bo@acme.test"}
        after = await home.ask(action="rollback", environment="staging", requester=bos)
        assert (await home.events(after["id"])).count("request.deserted") == 2, "the step, and then the fallback"
        cards = await home.slack.until(lambda: home.slack.messages(PAYMENTS)[1:])
        assert "You are back" in await say(home, BO, "back")

        await home.house.stop()
        async with lived_in(home.settings) as again:
            at_last = await home.ask(action="rollback", environment="staging")
            assert "request.deserted" not in await home.events(at_last["id"]), "bo is back"
            await home.slack.click(user=ANA, channel=PAYMENTS, ts=cards[0].ts, action_id="jit_approve")
            assert (await home.show(after["id"], wait=5))["state"] == "approved"
            assert "chen is away until" in await say(home, BO, "away list")
            verdict = await again.store.read(verify_audit)
            assert verdict.ok, verdict.why


def thread(home: Home) -> list[Message]:
    return list(home.slack.thread(PAYMENTS, home.slack.messages(PAYMENTS)[0].ts))
