"""Two hundred asks at once, twenty times as fast as life: Slack's limit holds, each has one card and one answer."""

import asyncio
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from bot.sandbox.faults import CutAfter, RateLimit, ServerError
from bot.sandbox.history import Message
from bot.store import verify_audit
from tests.journeys.living import APPROVALS, BO, PAYMENTS, POLICY, Home, at_home, words_of

ASKS = 201
PACE = 20.0
"""Messages a second in one channel; Slack takes about one."""

BURST = 5
"""What the workspace takes at once in a channel that was quiet."""

INCIDENTS = "C0INCIDEN"
PER_CHANNEL = dict.fromkeys((PAYMENTS, APPROVALS, INCIDENTS), ASKS // 3)
THREE = (
    POLICY.replace('channel: "#payments-releases"', 'channel: "#payments-releases", mention: [bo]')
    + """\
  - name: one for a rollback
    when: request.action == "rollback"
    then: require_approval
    route: {channel: "#incidents"}
    stages: [{name: qa, approvers: [qa], quorum: 1}]
"""
)
TITLE = re.compile(r"Release (\d{3})")
PING = re.compile(r'"user_id":"(U\w+)"')
BAD = {RateLimit(): 4, ServerError(): 4, CutAfter(): 4}
"""What goes wrong on purpose among the posts; after a cut nobody can know that the card is there."""


async def ask_everything(home: Home) -> list[str]:
    """Ask for a third of them in each channel, and return their ids; every third is for #payments-releases."""
    kinds = ({"action": "deploy"}, *({"action": one, "environment": "staging"} for one in ("migrate", "rollback")))
    asks = (kinds[n % 3] | {"title": f"Release {n:03}", "callback_url": home.pipeline.url} for n in range(ASKS))
    answers = await asyncio.gather(*(home.ask(**fields) for fields in asks))
    return [answer["id"] for answer in answers]


def most_within(moments: Sequence[float], window: float) -> int:
    """Return how many of *moments* lie in the fullest stretch of that length."""
    return max(sum(start <= one < start + window for one in moments) for start in moments)


@pytest.mark.slow
async def test_two_hundred_asks_are_a_card_each_at_slacks_pace_and_everybody_is_answered(tmp_path: Path) -> None:
    def cards() -> dict[str, tuple[Message, ...]]:
        return {channel: home.slack.messages(channel) for channel in PER_CHANNEL}

    (tmp_path / "policy.yaml").write_text(THREE, encoding="utf-8")
    async with at_home(tmp_path, pace=PACE) as home:
        for fault, times in BAD.items():
            home.slack.faults.add("chat.postMessage", fault, times)
        ids = await ask_everything(home)
        await home.slack.until(lambda: sum(map(len, cards().values())) == ASKS, 60)

        shown = cards()
        titles = [title for one in shown.values() for card in one for title in set(TITLE.findall(words_of(card)))]
        assert sorted(titles) == [f"{n:03}" for n in range(ASKS)]
        assert {channel: len(one) for channel, one in shown.items()} == PER_CHANNEL
        # Whom the rule names, and nobody where it names none: the card is in their channel.
        pinged = {
            channel: {ping for card in one for ping in PING.findall(words_of(card))} for channel, one in shown.items()
        }
        assert pinged == {PAYMENTS: {BO}, APPROVALS: set(), INCIDENTS: set()}
        posts = home.slack.calls("chat.postMessage")
        # No refusal but those on purpose: we never came too fast.
        assert Counter(call.error for call in posts) == {None: ASKS, "ratelimited": 4, "http_500": 4}
        for one in shown.values():
            assert most_within([float(card.ts) for card in one], 1.0) <= PACE + BURST

        for card in shown[PAYMENTS]:
            await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")
        await home.pipeline.until(ASKS // 3, seconds=60)

        assert Counter(body["data"]["id"] for body in home.pipeline.heard) == dict.fromkeys(ids[::3], 1)
        assert {body["data"]["state"] for body in home.pipeline.heard} == {"approved"}
        assert not home.pipeline.bad
        assert {channel: len(one) for channel, one in cards().items()} == PER_CHANNEL
        verdict = await home.house.store.read(verify_audit)
        assert verdict.ok, verdict.why
