"""Every word of `/jit` about a request, typed by every kind of user in every state: none ends in silence.

What should come of it is worked out here from who somebody is and where the request stands, never from the code.
"""

from collections.abc import Mapping

import pytest

from bot.core.request import ApprovalRequest
from bot.sandbox.gestures import Interaction
from handlers.slack.jit.words import USAGE, Word
from tests.handlers.slack.house import House
from tests.handlers.slack.matrix.situations import (
    COLLEAGUES,
    COUNTED,
    DIALOG,
    REFUSED,
    SHOWN,
    SITUATIONS,
    STRANGERS,
    Situation,
    brought,
    submitted,
)
from tests.slack.validating import read_aloud

USERS: Mapping[str, str] = {**COLLEAGUES, **STRANGERS}

LOOKS = frozenset({Word.SHOW, Word.POLICY, Word.AUDIT})
ABOUT_A_REQUEST = [word for word in Word if "N" in USAGE[word][0].split()]
"""As the help says it; one that is new, and that nobody says here who may, fails."""

BEHIND: Mapping[Word, str] = {
    Word.REJECT: "The refund test is red.",
    Word.ASK: "Which customers?",
    Word.ANSWER: "Only the test tenants.",
    Word.REVIEWED: "It was right.",
    Word.WAIVE: "test_0 ticket PAY-77 It is known.",
}
"""What a word wants behind the number."""


def due(kind: str, word: Word, there: Situation) -> str:
    """Return what should come of it."""
    if word in LOOKS:
        return (
            SHOWN if kind in COLLEAGUES else REFUSED
        )  # a guest sees what stands in their channels, and names no other
    if kind not in allowed(word, there):
        return REFUSED
    return DIALOG if word is Word.BREAK_GLASS else COUNTED


def allowed(word: Word, there: Situation) -> set[str | None]:
    """Return which of the colleagues may do that."""
    nobody, is_open = set[str | None](), there.asked is not None or there.answered is not None
    may: Mapping[Word, set[str | None]] = {
        Word.APPROVE: nobody if there.is_question_open else {there.asked},
        Word.REJECT: {there.asked, there.said_yes, *there.objects},
        Word.UNDO: {there.answered},
        Word.ASK: nobody if there.is_question_open else {there.asked},
        Word.ANSWER: {"requester", "author"} if there.is_question_open else nobody,
        Word.CANCEL: {"requester"} if is_open else nobody,
        Word.ESCALATE: {"approver", "releaser"} if there.can_call else nobody,
        Word.LOOKING: nobody if there.is_question_open else {there.asked},
        Word.BREAK_GLASS: {"releaser"} if there.asked or there.objects else nobody,
        Word.REVIEWED: {"approver"} if there.is_review_owed else nobody,
        Word.WAIVE: nobody,  # their policy lets nobody waive a failure
    }
    return may[word]


async def came(house: House, request: ApprovalRequest, kind: str, seen: Interaction, before: int) -> str:
    """Return what came of a command; *before* is how many entries the whole log had.

    Whoever typed it reads an answer that only they see; a refusal stands in the log, once and in the same words.
    """
    assert seen.complaint is None, seen
    assert seen.said is not None, "it ended in silence"
    assert seen.said.only_for == USERS[kind]
    new, said = (await house.everything())[before:], read_aloud(list(seen.said.blocks))
    if seen.view is not None:
        await house.workspace.close_view(USERS[kind], seen.view.id)
        assert new == []
        return DIALOG
    if not new:
        return SHOWN
    if new[0]["event"] == "request.refused":
        assert len(new) == 1
        assert new[0]["detail"]["sentence"] in said
        assert new[0]["request"] in {request.id, None}
        return REFUSED
    assert {entry["request"] for entry in new} == {request.id}
    return COUNTED


@pytest.mark.parametrize("name", SITUATIONS)
async def test_every_word_does_what_it_should_whoever_types_it_and_says_so(house: House, name: str) -> None:
    there, wrong = SITUATIONS[name], list[tuple[object, ...]]()
    for word in ABOUT_A_REQUEST:
        request = await brought(house, await submitted(house, there), there)
        for kind, user in USERS.items():
            before = len(await house.everything())
            verb = "policy explain" if word is Word.POLICY else word.value
            text = f"{verb} {request.number} {BEHIND.get(word, '')}"
            seen = await house.workspace.command(user, "C0APPROVE", "/jit", text)
            found = await came(house, request, kind, seen, before)
            if found != (expected := due(kind, word, there)):
                wrong.append((kind, word, found, expected))
            if found == COUNTED:
                request = await brought(house, await submitted(house, there), there)

    assert "\n".join(map(str, wrong)) == ""
