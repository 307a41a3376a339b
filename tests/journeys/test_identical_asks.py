"""A burst of identical asks in a living house: one card, one click, and every one of them gets its own answer."""

import asyncio
from pathlib import Path

from bot.store import verify_audit
from tests.journeys.living import BO, PAYMENTS, POLICY, at_home, words_of

GROUPED = POLICY.replace("forbid: [requester, authors]", "group_within: 5m")
BURST = 20


async def test_twenty_identical_asks_are_one_card_and_one_click_answers_each(
    tmp_path: Path, env: dict[str, str]
) -> None:
    (tmp_path / "policy.yaml").write_text(GROUPED, encoding="utf-8")
    async with at_home(tmp_path, env) as home:
        asked = await asyncio.gather(*(home.ask(callback_url=home.pipeline.url) for _ in range(BURST)))
        card = await home.card_saying(f"{BURST} requests: ")
        assert len(home.slack.messages(PAYMENTS)) == 1
        assert all(f"#{one['number']}" in words_of(card) for one in asked)

        await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")

        await home.pipeline.until(BURST, seconds=60)
        assert {body["data"]["id"] for body in home.pipeline.heard} == {one["id"] for one in asked}
        assert {body["data"]["state"] for body in home.pipeline.heard} == {"approved"}
        assert not home.pipeline.bad
        for one in asked:
            ended = await home.show(one["id"])
            assert [review["by"]["person"] for review in ended["reviews"]] == ["bo"]
            assert ended["digest"] == asked[0]["digest"]
            assert len(ended["grouped_with"]) == BURST - 1
            events = await home.events(one["id"])
            assert (events.count("request.reviewed"), events.count("request.decided")) == (1, 1)
        await home.card_saying("ended alike")
        lines = home.slack.thread(PAYMENTS, card.ts)
        assert len(lines) == 1
        assert len(home.slack.messages(PAYMENTS)) == 1
        verdict = await home.house.store.read(verify_audit)
        assert verdict.ok, verdict.why
