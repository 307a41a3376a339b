"""What people settled is held for a while in a living house: nothing leaves before, and it can be taken back."""

from collections.abc import AsyncGenerator
from datetime import datetime
from pathlib import Path

import pytest

from bot.store import verify_audit
from tests.journeys.living import ANA, BO, CHEN, PAYMENTS, POLICY, Home, at_home, words_of

WINDOW = 3
HELD = POLICY.replace("forbid: [requester, authors]", f"undo_within: {WINDOW}s", 1)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    (tmp_path / "policy.yaml").write_text(HELD, encoding="utf-8")
    async with at_home(tmp_path) as living:
        yield living


async def press(home: Home, user: str, button: str) -> None:
    card = await home.card()
    clicked = await home.slack.click(user=user, channel=PAYMENTS, ts=card.ts, action_id=f"jit_{button}")
    assert clicked.complaint is None


async def test_an_answer_is_told_nobody_until_its_window_has_passed(home: Home) -> None:
    asked = await home.ask(callback_url=home.pipeline.url)
    await press(home, BO, "approve")
    card = await home.card_saying("Approved, not released yet")

    held = await home.show(asked["id"], wait=1)

    assert (held["state"], held["decision"], home.pipeline.deliveries) == ("pending", None, [])
    assert "jit_undo" in words_of(card)
    assert "jit_approve" not in words_of(card)
    assert home.slack.dms(ANA) == ()

    ended = await home.show(asked["id"], wait=10)

    assert (ended["state"], ended["releases_at"], ended["decision"]["by"]["person"]) == ("approved", None, "bo")
    assert ended["decision"]["at"] >= held["releases_at"]
    late = datetime.fromisoformat(ended["decision"]["at"]) - datetime.fromisoformat(held["releases_at"])
    assert late.total_seconds() < 1
    (heard,) = await home.heard()
    assert heard["data"]["state"] == "approved"
    await home.card_saying("✅ Approved: ")
    await home.slack.until(lambda: home.slack.dms(ANA))


async def test_what_was_taken_back_is_never_released_and_what_somebody_says_after_it_is(home: Home) -> None:
    asked = await home.ask(callback_url=home.pipeline.url)
    await press(home, BO, "approve")
    await home.card_saying("jit_undo")
    await press(home, CHEN, "undo")
    await press(home, BO, "undo")
    card = await home.card_saying("Approval needed")

    assert "jit_undo" not in words_of(card)
    (whisper,) = home.slack.ephemerals(CHEN)
    assert "You have no answer here that counts" in words_of(whisper)
    undone = await home.show(asked["id"], wait=WINDOW + 2)
    assert (undone["state"], undone["releases_at"], home.pipeline.deliveries) == ("pending", None, [])

    await press(home, CHEN, "approve")
    ended = await home.show(asked["id"], wait=10)

    assert (ended["state"], ended["decision"]["by"]["person"]) == ("approved", "chen")
    assert [review["withdrawn_at"] is None for review in ended["reviews"]] == [False, True]
    await home.heard()
    events = [event for event in await home.events(asked["id"]) if event.startswith("request.")]
    assert events == [
        "request.submitted",
        "request.reviewed",
        "request.refused",
        "request.review_withdrawn",
        "request.reviewed",
        "request.decided",
    ]
    assert len(home.pipeline.deliveries) == 1
    assert (await home.house.store.read(verify_audit)).ok
