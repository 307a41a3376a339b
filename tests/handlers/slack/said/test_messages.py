"""Messages to the bot are answered as `/jit` is, where it only looks; nothing is decided by one."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from bot.core.effects import Reply, TellAccount, Whisper
from bot.core.judging.policy import Policy
from bot.core.request import State
from bot.core.stamp import Stamp
from bot.sandbox.faults import ServerError
from bot.sandbox.ids import BOT_USER, OTHER_TEAM, TEAM
from bot.sandbox.payloads import draw_event
from bot.slack.cards.card import Card
from bot.slack.words.replies import BEGIN, ONLY_LOOKS, PERHAPS_SHARED, SHARED, TOO_MANY
from handlers.slack import Socket
from handlers.slack.inbound import read_letter
from handlers.slack.jit.words import USAGE, Word
from handlers.slack.said.messages import MOST
from tests.factories import POLICY_HASH, a_ruling, a_subject
from tests.fakes.slack import APP_TOKEN
from tests.handlers.slack.house import House
from tests.handlers.slack.test_shared_channels import share
from tests.slack.validating import read_aloud, require_legal_card

ANA, BO, GUS, EVE, OLD = "U0ANA0000", "U0BO00000", "U0GUS0000", "U0EVE0000", "U0OLD0000"
CHANNEL, ME = "C0APPROVE", f"<@{BOT_USER}>"
STAMP = "1750000000.000100"
DECIDING = [word for word in Word if "N" in USAGE[word][0].split() and word not in {Word.SHOW, Word.POLICY, Word.AUDIT}]

Draw = Callable[..., dict[str, object]]


def a_mention(text: str, user: str = BO, **odd: object) -> dict[str, object]:
    """An event, as Slack tells of a message that names the bot."""
    return {"type": "app_mention", "user": user, "text": text, "ts": STAMP, "channel": CHANNEL, "team": TEAM} | odd


def a_direct(text: str, user: str = BO, **odd: object) -> dict[str, object]:
    """An event, as Slack tells of a message that only the bot reads."""
    where = {"channel": f"D{user[1:]}", "channel_type": "im"}
    return {"type": "message", "user": user, "text": text, "ts": STAMP, "team": TEAM} | where | odd


async def send(house: House, event: dict[str, object], event_id: str = "Ev0ONE", **envelope: str | bool) -> int:
    """Pass an event on, and return the status of the acknowledgement."""
    payload = draw_event(event, event_id, 0) | envelope
    answer = await house.switchboard.pass_on(read_letter(payload, Stamp("key")))
    return answer.status


async def replies(house: House) -> list[Reply]:
    effects = await house.effects()
    assert [effect for effect in effects if isinstance(effect, Whisper | TellAccount)] == [], "it is answered twice"
    return [effect for effect in effects if isinstance(effect, Reply)]


async def answered(house: House, event: dict[str, object], **envelope: str | bool) -> str:
    """Return the words of the one answer to a message, which Slack would take."""
    assert await send(house, event, str(uuid4()), **envelope) == 200
    (reply,) = await replies(house)
    return words_of(reply)


def words_of(reply: Reply) -> str:
    blocks: list[Any] = json.loads(reply.drawn)
    require_legal_card(Card(text=reply.text, blocks=blocks))
    return read_aloud(blocks).strip()


@pytest.mark.parametrize("draw", [a_mention, a_direct])
@pytest.mark.parametrize(
    "text", ["list", "show 1", "audit 1", "policy explain 1", "whoami", "help", "stats", "on-call"]
)
async def test_what_only_looks_is_answered_as_jit_answers_it(house: House, draw: Draw, text: str) -> None:
    await house.ask()

    said = await answered(house, draw(f"{ME} {text}"))

    typed = await house.workspace.command(BO, CHANNEL, "/jit", text)
    assert typed.said is not None
    for line in read_aloud(list(typed.said.blocks)).split("\n"):
        assert line in said or line.startswith("[") or "in this channel" in line, line


async def test_in_a_channel_only_the_asker_sees_it_in_the_thread_where_they_asked(house: House) -> None:
    await send(house, a_mention(f"{ME}: list", thread_ts="1750000000.000001"))

    (reply,) = await replies(house)
    where = (reply.channel, reply.slack_id, reply.thread_ts, reply.is_direct)
    assert where == (CHANNEL, BO, "1750000000.000001", False)


async def test_a_direct_message_is_answered_by_one(house: House) -> None:
    await send(house, a_direct("list"))

    (reply,) = await replies(house)
    assert (reply.channel, reply.thread_ts, reply.is_direct) == ("D0BO00000", None, True)


async def test_the_name_that_stands_first_may_look_in_several_ways(house: House) -> None:
    for at, start in enumerate((ME, f"<@{BOT_USER}|jit>", f" {ME}, ", f"\u200b{ME}:\n")):
        await send(house, a_mention(f"{start} whoami"), f"Ev{at}")

        (reply,) = await replies(house)
        assert "You are bo" in words_of(reply)


async def test_what_stays_has_no_buttons_and_says_so(house: House) -> None:
    await house.ask()

    whispered, stays = await answered(house, a_mention(f"{ME} show 1")), await answered(house, a_direct("show 1"))

    assert "[Approve]" in whispered
    assert "[Approve]" not in stays
    assert "So it was when you asked" in stays


@pytest.mark.parametrize("draw", [a_mention, a_direct])
@pytest.mark.parametrize("word", DECIDING)
async def test_nothing_is_decided_by_a_message_but_it_says_what_to_type(house: House, draw: Draw, word: Word) -> None:
    request = await house.ask()

    said = await answered(house, draw(f"{ME} {word} #1 It is  &lt;urgent&gt;"))

    assert said == f"{ONLY_LOOKS}\n`/jit {word} #1 It is <urgent>`"
    assert (await house.state(request), (await house.now(request)).reviews) == (State.PENDING, ())
    (refused,) = await house.refused()
    assert (refused["by"], refused["attempted"], refused["code"], refused["sentence"]) == (
        "bo",
        "message",
        "not_here",
        ONLY_LOOKS,
    )
    assert (await house.log(request))[-1] == "request.refused"


async def test_a_line_with_somebody_in_it_names_them_so_that_it_can_be_typed(house: House) -> None:
    await send(house, a_direct("delegate <@U0CHEN000> until friday"))

    (reply,) = await replies(house)
    (block,) = json.loads(reply.drawn)
    kinds = [(run["type"], run.get("text", run.get("user_id"))) for run in block["elements"][0]["elements"]]
    assert kinds[1:] == [("text", "/jit delegate "), ("user", "U0CHEN000"), ("text", " until friday")]
    assert await house.desk.read(lambda snapshot: snapshot.delegation_of(BO)) is None


async def test_a_line_that_is_too_long_to_copy_is_shown_as_it_would_look(house: House) -> None:
    assert "/jit approve N [reason]" in await answered(house, a_direct(f"approve 1 {'so ' * 500}"))


@pytest.mark.parametrize(
    ("text", "hint"),
    [("aprove 1", "Did you mean /jit approve 1?"), ("show", "Which request?"), ("hello", "There is no “hello”")],
)
async def test_what_is_not_understood_is_answered_with_what_would_be(house: House, text: str, hint: str) -> None:
    assert hint in await answered(house, a_mention(f"{ME} {text}"))


async def test_a_name_further_on_asks_for_nothing_and_hears_how_to(house: House) -> None:
    await house.ask(subject=a_subject(title="Secret launch"))

    assert await answered(house, a_mention(f"Ask {ME} list")) == BEGIN


@pytest.mark.parametrize(
    "odd",
    [
        {"subtype": "message_changed"},
        {"subtype": "message_deleted"},
        {"subtype": "bot_message"},
        {"edited": {"user": BO, "ts": "1750000001.000000"}},
        {"bot_id": "B0SOMEBOT"},
        {"user": None},
        {"user": BOT_USER},
        {"user": "USLACKBOT"},
        {"ts": "soon"},
        {"text": 7},
    ],
)
@pytest.mark.parametrize("draw", [a_mention, a_direct])
async def test_what_no_person_has_just_written_is_not_answered(
    house: House, draw: Draw, odd: dict[str, object]
) -> None:
    before = await house.everything()

    assert await send(house, draw(f"{ME} list") | odd) == 200

    assert (await replies(house), await house.everything()) == ([], before)


async def test_a_mention_in_a_direct_message_is_answered_there_and_not_twice(house: House) -> None:
    await send(house, a_mention(f"{ME} list", channel="D0BO00000"))
    await send(house, a_direct(f"{ME} list"), "Ev0TWO")

    assert [reply.is_direct for reply in await replies(house)] == [True]


@pytest.mark.parametrize("text", ["list", "approve 1"])
async def test_an_event_that_is_sent_again_is_answered_once(house: House, text: str) -> None:
    await house.ask()
    await house.effects()

    for _ in range(3):
        assert await send(house, a_mention(f"{ME} {text}")) == 200

    assert len(await replies(house)) == 1
    codes = [refused["code"] for refused in await house.refused()]
    assert codes == ["not_here"] * (text != "list"), "that Slack tells of it again is nobody's attempt"


async def test_what_could_not_be_written_down_is_sent_again_and_answered_then(house: House) -> None:
    await house.store.close()

    assert await send(house, a_direct("approve 1")) == 503


@pytest.mark.parametrize("text", ["list", "show 1", "approve 1", "request a pony", "delegate list", "stats"])
@pytest.mark.parametrize("user", [GUS, EVE, OLD])
@pytest.mark.parametrize("draw", [a_mention, a_direct])
async def test_strangers_learn_nothing(house: House, draw: Draw, user: str, text: str) -> None:
    await house.ask(subject=a_subject(title="Secret launch"))

    said = await answered(house, draw(f"{ME} {text}", user))

    (refused,) = await house.refused()
    assert said == refused["sentence"]
    assert ("Secret" in said, "/jit" in said) == (False, False)
    assert refused["code"] == "not_eligible"


async def test_whoever_writes_without_end_is_told_once_a_minute_that_this_is_too_much(house: House) -> None:
    for at in range(MOST):
        await send(house, a_direct("whoami"), f"Ev{at}")
    assert len(await replies(house)) == MOST

    assert await answered(house, a_direct("show 1")) == TOO_MANY
    await send(house, a_mention(f"{ME} whoami"), "EvAGAIN")

    assert await replies(house) == []
    assert "You are ana" in await answered(house, a_direct("whoami", ANA))


async def test_a_guest_may_ask_who_they_are(house: House) -> None:
    assert "a guest of this workspace" in await answered(house, a_mention(f"{ME} whoami", GUS))


async def test_in_another_workspace_nobody_is_a_member_here(house: House) -> None:
    await house.ask(subject=a_subject(title="Secret launch"))

    assert "other workspaces" in await answered(house, a_mention(f"{ME} list"), team_id=OTHER_TEAM)


@pytest.mark.parametrize("text", ["list", "approve 1", "help", "hm"])
@pytest.mark.parametrize("sharing", ["external", "pending", "organisation"])
async def test_where_others_read_along_it_says_nothing_but_that(house: House, text: str, sharing: str) -> None:
    await house.ask(subject=a_subject(title="Secret launch"))
    share(house, sharing)

    assert await answered(house, a_mention(f"{ME} {text}")) == SHARED
    (refused,) = await house.refused()
    assert refused["code"] == "not_here"


async def test_where_the_policy_lets_others_read_along_ours_are_answered_and_others_are_not(house: House) -> None:
    await house.ask()
    share(house)
    house.clock.policy = replace(house.clock.policy, shared_channels=frozenset({CHANNEL}))

    assert "Open requests: 1" in await answered(house, a_mention(f"{ME} list"))
    assert "other workspaces" in await answered(house, a_mention(f"{ME} list", EVE))


async def test_where_slack_does_not_tell_who_reads_along_it_says_nothing(house: House) -> None:
    house.workspace.faults.add("conversations.info", ServerError())

    assert await answered(house, a_mention(f"{ME} list")) == PERHAPS_SHARED


async def test_by_direct_message_on_call_says_who_would_be_asked_everywhere(house: House) -> None:
    house.clock.policy = Policy(hash=POLICY_HASH, default=replace(a_ruling(rule="default")))

    assert "No rule asks in this channel" in await answered(house, a_direct("on-call"))


async def test_over_the_socket_it_is_the_same(house: House) -> None:
    house.workspace.point_at(None)
    socket = Socket(APP_TOKEN, house.front.client, house.switchboard)
    await socket.start()
    try:
        house.workspace.say(BO, CHANNEL, f"{ME} whoami")
        house.workspace.say(BO, house.workspace.state.direct(BO).id, "whoami")
        await house.workspace.quiet()
    finally:
        await socket.close()

    found = {reply.is_direct: words_of(reply) for reply in await replies(house)}
    assert found[True] == found[False]
    assert "You are bo" in found[True]
