"""A question is answered where it stands, in the thread of its card, by whoever was asked; all other talk is talk."""

import json
import time
from collections.abc import AsyncGenerator, Mapping
from pathlib import Path

import pytest
from slack_sdk.signature import SignatureVerifier

from tests.fakes.slack import SIGNING_SECRET
from tests.journeys.living import ANA, BO, CHEN, PAYMENTS, POLICY, Home, at_home, listening, words_of

GROUPED = POLICY.replace("forbid: [requester, authors]", "group_within: 5m")


@pytest.fixture
async def home(tmp_path: Path, env: dict[str, str]) -> AsyncGenerator[Home]:
    async with at_home(tmp_path, env) as living, listening(living):
        yield living


async def ask_back(home: Home, number: object, question: str) -> None:
    await home.slack.command(BO, PAYMENTS, "/jit", f"ask {number} {question}")


async def send_event(home: Home, event_id: str, event: Mapping[str, object]) -> None:
    """Send an event as Slack would, rightly signed; what it tells of was said just now."""
    told = {"ts": f"{time.time():.6f}", **event}
    body = json.dumps({"type": "event_callback", "event_id": event_id, "team_id": "T0ACME000", "event": told})
    stamp = str(int(time.time()))
    signature = SignatureVerifier(SIGNING_SECRET).generate_signature(timestamp=stamp, body=body) or ""
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature, "Content-Type": "application/json"}
    async with home.http.post(f"{home.url}/slack/events", data=body, headers=headers) as answer:
        assert answer.status == 200, await answer.text()


async def test_the_reply_of_whoever_asked_is_the_answer_and_other_talk_is_not(home: Home) -> None:
    asked = await home.ask(callback_url=home.pipeline.url)
    card = await home.card()
    home.slack.say(ANA, PAYMENTS, "Please be quick", thread_ts=card.ts)
    await ask_back(home, asked["number"], "Is it red on main?")
    card = await home.card_saying("Is it red on main?")
    home.slack.say(CHEN, PAYMENTS, "I think so", thread_ts=card.ts)
    await home.slack.quiet()
    assert (await home.show(asked["id"]))["state"] == "needs_info"

    home.slack.say(ANA, PAYMENTS, "Yes &amp; since &lt;Tuesday&gt;, see https://ci.acme.test/7", thread_ts=card.ts)

    card = await home.card_saying("since <Tuesday>")
    shown = await home.show(asked["id"])
    assert shown["state"] == "pending"
    assert "Yes & since <Tuesday>, see https://ci.acme.test/7" in words_of(card)
    events = await home.events(asked["id"])
    assert (events.count("request.info_provided"), events.count("request.refused")) == (1, 0)
    assert home.slack.ephemerals(CHEN) == ()


async def test_an_event_that_is_sent_again_answers_no_later_question(home: Home) -> None:
    asked = await home.ask()
    card = await home.card()
    said = {"type": "message", "channel": PAYMENTS, "user": ANA, "text": "Yes.", "thread_ts": card.ts}
    await ask_back(home, asked["number"], "Is it red on main?")
    await send_event(home, "Ev0ONE", said)
    assert (await home.show(asked["id"]))["state"] == "pending"
    await ask_back(home, asked["number"], "May it wait?")

    await send_event(home, "Ev0ONE", said)

    assert (await home.show(asked["id"]))["state"] == "needs_info"
    assert "request.refused" not in await home.events(asked["id"])
    await send_event(home, "Ev0TWO", said)
    assert (await home.show(asked["id"]))["state"] == "pending"


async def test_a_line_from_before_the_question_is_no_answer_to_it_and_its_writer_hears_so(home: Home) -> None:
    asked = await home.ask()
    card = await home.card()
    before = f"{time.time():.6f}"
    await ask_back(home, asked["number"], "Is it red on main?")
    said = {"type": "message", "channel": PAYMENTS, "user": ANA, "text": "Please be quick.", "thread_ts": card.ts}

    await send_event(home, "Ev0LATE", said | {"ts": before})

    assert (await home.show(asked["id"]))["state"] == "needs_info"
    await home.slack.until(lambda: any("no answer yet" in words_of(one) for one in home.slack.ephemerals(ANA)))
    await send_event(home, "Ev0NEXT", said)
    assert (await home.show(asked["id"]))["state"] == "pending"


@pytest.mark.parametrize(
    "odd",
    [
        {"subtype": "message_changed"},
        {"bot_id": "B0SOMEBOT"},
        {"user": None},
        {"ts": "soon"},
        {"text": " \u200b "},
        {"thread_ts": None},
        {"text": 7},
        {"user": "<!channel>"},
    ],
)
async def test_what_is_no_reply_of_a_person_answers_nothing(tmp_path: Path, odd: dict[str, object]) -> None:
    async with at_home(tmp_path) as home:
        asked = await home.ask()
        card = await home.card()
        await ask_back(home, asked["number"], "Is it red on main?")
        said = {"type": "message", "channel": PAYMENTS, "user": ANA, "text": "Yes.", "thread_ts": card.ts}

        await send_event(home, "Ev0ONE", said | odd)

        assert (await home.show(asked["id"]))["state"] == "needs_info"


@pytest.mark.parametrize("text", ["<@U0JITBOT0> list", " <@U0JITBOT0|jit>: show 1", "\u200b<@U0JITBOT0>"])
async def test_a_line_that_is_said_to_the_bot_is_no_answer(tmp_path: Path, text: str) -> None:
    async with at_home(tmp_path) as home:
        asked = await home.ask()
        card = await home.card()
        await ask_back(home, asked["number"], "Is it red on main?")
        said = {"type": "message", "channel": PAYMENTS, "user": ANA, "text": text, "thread_ts": card.ts}

        await send_event(home, "Ev0ONE", said)

        assert (await home.show(asked["id"]))["state"] == "needs_info"
        await send_event(home, "Ev0TWO", said | {"text": "Yes, <@U0JITBOT0> was right."})
        assert (await home.show(asked["id"]))["state"] == "pending"


@pytest.mark.parametrize(
    "kinds", [["message"], ["app_mention"], ["message", "app_mention"], ["app_mention", "message"]]
)
async def test_an_answer_that_begins_with_the_bots_name_is_one_whatever_slack_tells_of_it(
    tmp_path: Path, kinds: list[str]
) -> None:
    """An app that was installed before there were mentions hears of messages alone."""
    async with at_home(tmp_path) as home:
        asked = await home.ask()
        card = await home.card()
        await ask_back(home, asked["number"], "Is it red on main?")
        ts = f"{time.time() + 1:.6f}"
        said = {"channel": PAYMENTS, "user": ANA, "text": "<@U0JITBOT0> Yes,\nsince Tuesday.", "thread_ts": card.ts}

        for at, kind in enumerate(kinds):
            await send_event(home, f"Ev0{at}", said | {"type": kind, "ts": ts})

        card = await home.card_saying("since Tuesday.")
        assert "jitbot" not in words_of(card).casefold()
        await home.slack.quiet()
        assert (await home.show(asked["id"]))["state"] == "pending"
        events = await home.events(asked["id"])
        assert (events.count("request.info_provided"), events.count("request.refused")) == (1, 0)
        assert home.slack.ephemerals(ANA) == ()


@pytest.mark.parametrize(
    "kinds", [["message"], ["app_mention"], ["message", "app_mention"], ["app_mention", "message"]]
)
async def test_a_command_to_the_bot_under_an_open_question_is_looked_up_once(tmp_path: Path, kinds: list[str]) -> None:
    async with at_home(tmp_path) as home:
        asked = await home.ask()
        card = await home.card()
        await ask_back(home, asked["number"], "Is it red on main?")
        ts = f"{time.time() + 1:.6f}"
        said = {"channel": PAYMENTS, "user": ANA, "text": "<@U0JITBOT0> whoami", "thread_ts": card.ts}

        for at, kind in enumerate(kinds):
            await send_event(home, f"Ev0{at}", said | {"type": kind, "ts": ts})

        await home.slack.until(lambda: any("You are" in words_of(one) for one in home.slack.ephemerals(ANA)))
        await home.slack.quiet()
        assert len(home.slack.ephemerals(ANA)) == 1
        assert (await home.show(asked["id"]))["state"] == "needs_info"
        assert "request.refused" not in await home.events(asked["id"])


@pytest.mark.parametrize("kinds", [["message"], ["message", "app_mention"], ["app_mention", "message"]])
async def test_why_an_answer_that_names_the_bot_counts_for_nothing_is_said_once(
    tmp_path: Path, kinds: list[str]
) -> None:
    async with at_home(tmp_path) as home:
        asked = await home.ask()
        card = await home.card()
        ts = f"{time.time() - 60:.6f}"
        await ask_back(home, asked["number"], "Is it red on main?")
        said = {"channel": PAYMENTS, "user": ANA, "text": "<@U0JITBOT0> Be quick.", "thread_ts": card.ts, "ts": ts}

        for at, kind in enumerate(kinds):
            await send_event(home, f"Ev0{at}", said | {"type": kind})

        await home.slack.until(lambda: any("no answer yet" in words_of(one) for one in home.slack.ephemerals(ANA)))
        await home.slack.quiet()
        assert len(home.slack.ephemerals(ANA)) == 1
        assert (await home.show(asked["id"]))["state"] == "needs_info"


async def test_where_several_are_asked_on_one_card_the_answer_must_say_which(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(GROUPED, encoding="utf-8")
    async with at_home(tmp_path) as home:
        first, second = await home.ask(), await home.ask()
        card = await home.card_saying("2 requests: ")
        for one in (first, second):
            await ask_back(home, one["number"], "Is it red on main?")
        states = [(await home.show(one["id"]))["state"] for one in (first, second)]
        said = {"type": "message", "channel": PAYMENTS, "user": ANA, "text": "Yes.", "thread_ts": card.ts}

        await send_event(home, "Ev0ONE", said)

        assert states == ["needs_info", "needs_info"]
        assert [(await home.show(one["id"]))["state"] for one in (first, second)] == states
        await home.slack.until(lambda: any("Use /jit answer" in words_of(one) for one in home.slack.ephemerals(ANA)))
