"""Somebody writes a link to a request: below it stands what it leads to, and next to nothing of it elsewhere."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox.faults import Refusal
from bot.sandbox.traffic import Answered, Sent
from tests.journeys.living import BO, GUS, PAYMENTS, Home, at_home, listening

GENERAL = "C0GENERAL"


@pytest.fixture
async def home(tmp_path: Path, env: dict[str, str]) -> AsyncGenerator[Home]:
    async with at_home(tmp_path, env) as living, listening(living):
        living.slack.state.config = replace(living.slack.config, unfurl_domains=("127.0.0.1",))
        yield living


async def unfurled(home: Home, channel: str) -> str:
    """Return what stands below the newest message of a channel, as soon as something does."""

    def look() -> tuple[dict[str, Any], ...]:
        return home.slack.messages(channel)[-1].attachments

    (shown,) = await home.slack.until(look)
    return shown["blocks"][0]["text"]["text"] + shown["blocks"][1]["elements"][0]["text"]


def watched(home: Home) -> asyncio.Event:
    """Return what is set as soon as something was to be shown of a link."""
    tried = asyncio.Event()

    def look(seen: Answered | Sent) -> None:
        if isinstance(seen, Answered) and seen.method == "chat.unfurl":
            tried.set()

    home.slack.traffic.watch(look)
    return tried


async def test_the_link_that_a_pipeline_gets_is_shown_by_what_the_channel_may_know(home: Home) -> None:
    asked = await home.ask()
    await home.card()

    home.slack.say(BO, PAYMENTS, f"What about <{asked['url']}>?")
    home.slack.say(BO, GENERAL, f"<{asked['url']}|this>")

    here, elsewhere = await unfurled(home, PAYMENTS), await unfurled(home, GENERAL)
    assert "⏳ Approval needed: Deploy payments 1.42.0\n2 of 120 tests failed" in here
    assert elsewhere.startswith("#1 · ⏳ Approval neededAs it was")
    assert "archives/C0PAYMENT" in elsewhere


async def test_after_the_end_it_says_who_decided(home: Home) -> None:
    asked = await home.ask()
    card = await home.card()
    await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")

    written = home.slack.say(BO, PAYMENTS, f"<{asked['url']}>", thread_ts=card.ts)

    def look() -> tuple[dict[str, Any], ...]:
        return next(one for one in home.slack.thread(PAYMENTS, card.ts) if one.ts == written.ts).attachments

    (shown,) = await home.slack.until(look)
    assert shown["blocks"][0]["text"]["text"].endswith("2 of 120 tests failed: 2 unknown\nApproved by bo")


async def test_what_a_guest_writes_shows_nothing_and_no_link_holds_up_a_card(home: Home) -> None:
    asked = await home.ask()
    await home.card()
    tried = watched(home)
    home.slack.faults.add("chat.unfurl", Refusal("ratelimited"))
    by_guest = home.slack.say(GUS, PAYMENTS, f"<{asked['url']}>")
    links = [home.slack.say(BO, PAYMENTS, f"<{asked['url']}>") for _ in range(3)]
    await asyncio.wait_for(tried.wait(), 5)

    await home.ask(title="Deploy payments 1.42.1")

    await home.card_saying("Deploy payments 1.42.1")
    await home.slack.until(lambda: all(shown_at(home, link.ts) for link in links))
    assert shown_at(home, by_guest.ts) == ()


def shown_at(home: Home, ts: str) -> tuple[dict[str, Any], ...]:
    return next(one for one in home.slack.messages(PAYMENTS) if one.ts == ts).attachments


async def test_a_link_that_is_not_shown_in_the_end_fails_quietly(home: Home) -> None:
    asked = await home.ask()
    tried = watched(home)
    home.slack.faults.add("chat.unfurl", Refusal("invalid_blocks"))

    home.slack.say(BO, GENERAL, f"<{asked['url']}>")
    await asyncio.wait_for(tried.wait(), 5)
    home.slack.say(BO, GENERAL, f"<{asked['url']}> again")

    assert "Approval needed" in await unfurled(home, GENERAL)
    assert not any(name.startswith("link.") for name in await home.events(asked["id"]))
