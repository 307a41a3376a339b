"""Every word of `/jit`, written to the bot by every kind of user, in a channel and alone with it: it only looks.

What should come of it is worked out here from who somebody is, never from the code; where the request stands changes
nothing, for nothing is decided.
"""

import itertools
import json
from collections.abc import Mapping

import pytest

from bot.core.effects import Reply
from bot.core.request import ApprovalRequest
from bot.core.stamp import Stamp
from bot.sandbox.ids import BOT_USER, OTHER_TEAM, TEAM
from bot.sandbox.payloads import draw_event
from handlers.slack.inbound import read_letter
from handlers.slack.jit.words import USAGE, Word
from handlers.slack.said import messages
from tests.handlers.slack.house import House
from tests.handlers.slack.matrix.situations import (
    COLLEAGUES,
    GUEST,
    REFUSED,
    SHOWN,
    SITUATIONS,
    STRANGERS,
    brought,
    submitted,
)
from tests.slack.validating import read_aloud

ELSEWHERE = "in another workspace"
USERS: Mapping[str, str] = {**COLLEAGUES, **STRANGERS, ELSEWHERE: COLLEAGUES["approver"]}
DOORS = ("mention", "direct message")
POINTED = "pointed"
"""What came of it: they read which line to type."""
SILENT = "silent"
"""A bot is never answered, lest two of them talk without end."""

LOOKS = frozenset(
    {Word.HELP, Word.LIST, Word.SHOW, Word.POLICY, Word.AUDIT, Word.ON_CALL, Word.STATS, Word.WHOAMI, Word.WAIVERS}
)


def due(kind: str, word: Word) -> str:
    """Return what should come of it."""
    if kind == "bot":
        return SILENT
    if word is Word.HELP or (word is Word.WHOAMI and kind == GUEST):
        return SHOWN
    if kind not in COLLEAGUES:
        return REFUSED
    return SHOWN if word in LOOKS else POINTED


def written(word: Word, number: int) -> str:
    """Return the word as somebody writes it who knows what belongs behind it."""
    verb = "policy explain" if word is Word.POLICY else word.value
    return f"{verb} {number} because" if "N" in USAGE[word][0].split() else verb


async def came(house: House, request: ApprovalRequest, kind: str, before: int) -> str:
    """Return what came of a message; *before* is how many entries the whole log had."""
    told, new = await house.effects(), (await house.everything())[before:]
    if not told and not new:
        return SILENT
    (reply,) = told
    assert isinstance(reply, Reply)
    assert reply.slack_id == USERS[kind]
    if not new:
        return SHOWN
    (entry,), said = new, read_aloud(json.loads(reply.drawn))
    assert (entry["event"], entry["detail"]["attempted"]) == ("request.refused", "message")
    assert entry["detail"]["sentence"] in said
    assert entry["request"] in {request.id, None}
    return POINTED if "\n`/jit " in said else REFUSED


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("name", ["pending", "in question", "approved", "broken"])
async def test_every_word_does_what_it_should_whoever_writes_it_and_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch, name: str, door: str
) -> None:
    monkeypatch.setattr(messages, "MOST", 1000)  # one person writes all of it within a minute
    wrong = list[tuple[object, ...]]()
    there = SITUATIONS[name]
    request = await brought(house, await submitted(house, there), there)
    stands = await house.now(request)
    for word, (kind, user) in itertools.product(Word, USERS.items()):
        before = len(await house.everything())
        where = {"channel": "C0APPROVE"} if door == "mention" else {"channel": f"D{user[1:]}", "channel_type": "im"}
        event = {"type": "app_mention" if door == "mention" else "message", "user": user, "ts": "1750000000.0001"}
        text = f"<@{BOT_USER}> {written(word, request.number)}"
        envelope = draw_event({**event, **where, "text": text}, f"Ev{before}{kind}{word}", 0)
        envelope["team_id"] = OTHER_TEAM if kind == ELSEWHERE else TEAM
        answer = await house.switchboard.pass_on(read_letter(envelope, Stamp("key")))
        assert answer.status == 200
        found = await came(house, request, kind, before)
        if found != (expected := due(kind, word)):
            wrong.append((kind, word, found, expected))

    assert "\n".join(map(str, wrong)) == ""
    assert await house.now(request) == stands
