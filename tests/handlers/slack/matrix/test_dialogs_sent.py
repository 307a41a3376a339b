"""Every dialog, sent by every kind of user in every state, as it was opened or anew: none ends in silence.

Whoever opened one may have lost their right by the time they send it, and what is sent may never have been opened at
all. What should come of it is worked out here from who somebody is and where the request stands, never from the code.
"""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.judging.policy import Policy
from bot.core.judging.source import SLACK, Source
from bot.core.request import ApprovalRequest
from bot.core.ruling import RequireReason
from bot.sandbox.ids import OTHER_TEAM, TEAM
from bot.sandbox.people import PEOPLE
from bot.slack import Press
from bot.slack.cards.button_value import IN_THE_MENU
from bot.slack.cards.buttons import pressed_now
from bot.slack.cards.glass import CONFIRM_ACTION
from bot.slack.dialogs.fields import (
    CATEGORY_ACTION,
    CATEGORY_BLOCK,
    CONDITION_ACTION,
    CONDITION_BLOCK,
    CONFIRM_BLOCK,
    ENVIRONMENT_ACTION,
)
from bot.slack.dialogs.reasons import DETAILS_CALLBACK, REASON_ACTION, REASON_BLOCK, WORDS_CALLBACK, Origin
from bot.slack.dialogs.requesting import ACTION, FIELD, REASON, REQUEST_CALLBACK, TITLE
from bot.slack.dialogs.searching import EVERYTHING, WORDS, WORDS_BLOCK, draw_note
from bot.slack.home.bulk import BULK_CALLBACK, VERDICT_ACTION, VERDICT_BLOCK
from bot.slack.home.delegating import DELEGATE_CALLBACK, TO, TO_BLOCK, UNTIL, UNTIL_BLOCK
from handlers.slack.dialogs import CALLBACKS
from tests.factories import NOON, POLICY_HASH, a_ruling
from tests.handlers.slack.house import House
from tests.handlers.slack.matrix.situations import (
    CHAIN,
    COLLEAGUES,
    COUNTED,
    GUEST,
    REFUSED,
    SHOWN,
    SITUATIONS,
    SUBJECT,
    Situation,
    brought,
    submitted,
)
from tests.handlers.slack.matrix.test_buttons_of_cards import (
    ELSEWHERE,
    USERS,
    Thing,
    allowed,
    every_button,
    press,
)
from tests.slack.views_of import DEMANDS

Json = dict[str, Any]

SAID = "The refund test is red."


def typed(value: str) -> Json:
    return {"type": "plain_text_input", "value": value}


def chosen(value: str) -> Json:
    return {"type": "static_select", "selected_option": {"value": value}}


def words_about(request: ApprovalRequest) -> Json:
    """Everything that a dialog of words may ask for, whatever it asks for."""
    return {
        REASON_BLOCK: {REASON_ACTION: typed(SAID)},
        CATEGORY_BLOCK: {CATEGORY_ACTION: chosen("flaky")},
        CONDITION_BLOCK: {CONDITION_ACTION: typed("max 10 %")},
        CONFIRM_BLOCK: {CONFIRM_ACTION: typed(str(request.number)), ENVIRONMENT_ACTION: typed("production")},
    }


@dataclass(frozen=True, kw_only=True)
class Dialog:
    """A dialog about a request: the button whose value it holds, and what is chosen; ``press`` says who may send it."""

    press: Press
    holds: Press
    callback: str = WORDS_CALLBACK
    chosen: Json = field(default_factory=dict[str, Any])


def of_many(press: Press, verdict: str) -> Dialog:
    answer = {VERDICT_BLOCK: {VERDICT_ACTION: chosen(verdict)}}
    return Dialog(press=press, holds=Press.SELECT, callback=BULK_CALLBACK, chosen=answer)


WITHOUT_DIALOG = frozenset({Press.CLAIM, Press.UNDO})
"""What counts by its button alone: no dialog of ours holds one."""

DIALOGS: Mapping[str, Dialog] = {
    "approve": Dialog(press=Press.APPROVE_WITH_REASON, holds=Press.APPROVE_WITH_REASON),
    "approve, of a button that asked for no words": Dialog(press=Press.APPROVE, holds=Press.APPROVE),
    "reject": Dialog(press=Press.REJECT, holds=Press.REJECT),
    "ask": Dialog(press=Press.ASK, holds=Press.ASK),
    "answer": Dialog(press=Press.ANSWER, holds=Press.ANSWER),
    "break the glass": Dialog(press=Press.BREAK_GLASS, holds=Press.BREAK_GLASS),
    "escalate": Dialog(press=Press.ESCALATE, holds=Press.ESCALATE),
    "waive": Dialog(press=Press.WAIVE, holds=Press.WAIVE),
    "claim": Dialog(press=Press.CLAIM, holds=Press.CLAIM),
    "undo": Dialog(press=Press.UNDO, holds=Press.UNDO),
    "approve many": of_many(Press.APPROVE, "approve"),
    "reject many": of_many(Press.REJECT, "reject"),
    "search": Dialog(
        press=Press.DETAILS,
        holds=Press.DETAILS,
        callback=DETAILS_CALLBACK,
        chosen={WORDS_BLOCK: {WORDS: typed("refund")}},
    ),
}


def due(kind: str, dialog: Dialog, there: Situation, *, was_opened_before: bool) -> str:
    """Return what should come of it."""
    if dialog.press is Press.DETAILS:
        return SHOWN if kind in COLLEAGUES or kind == GUEST else REFUSED
    if dialog.press in WITHOUT_DIALOG:
        return REFUSED
    if kind not in COLLEAGUES or (was_opened_before and dialog.press in there.void):
        return REFUSED
    return COUNTED if kind in allowed(dialog.press, there) else REFUSED


def sent(kind: str, callback: str, metadata: str, filled: Json) -> Json:
    """What Slack sends: a dialog needs not have been opened for that."""
    return {
        "type": "view_submission",
        "user": {"id": USERS[kind]},
        "team": {"id": OTHER_TEAM if kind in {ELSEWHERE, "external"} else TEAM},
        "view": {"id": "V0NONE", "callback_id": callback, "private_metadata": metadata, "state": {"values": filled}},
    }


def metadata(house: House, dialog: Dialog, request: ApprovalRequest) -> str:
    """What the dialog about *request* holds that was opened when that stood as it does here."""
    value = house.front.seal.draw_value(pressed_now(request, dialog.holds))
    if dialog.callback == BULK_CALLBACK:
        return value
    origin = Origin(value=value, channel="C0APPROVE", ts="1772625600.000100")
    return draw_note(origin, EVERYTHING) if dialog.callback == DETAILS_CALLBACK else origin.draw()


async def came(house: House, answer: str, before: int) -> str:
    """Return what came of it; *before* is how many entries the whole log had.

    What is refused stands in the log, once, and in the answer in the same words.
    """
    new = (await house.everything())[before:]
    refused = [entry for entry in new if entry["event"] == "request.refused"]
    if refused:
        assert len(new) == 1
        assert json.dumps(refused[0]["detail"]["sentence"], ensure_ascii=False)[1:-1] in answer
        return REFUSED
    if new:
        return COUNTED
    assert "response_action" in answer, "it ended in silence"
    return SHOWN


async def opened(house: House, dialog: Dialog, there: Situation) -> tuple[ApprovalRequest, str, str]:
    """Return a request in that situation, and what the dialog holds that was opened at first, and now."""
    request = await submitted(house, there)
    at_first = metadata(house, dialog, request)
    request = await brought(house, request, there)
    return request, at_first, metadata(house, dialog, request)


@pytest.mark.parametrize("name", SITUATIONS)
async def test_every_dialog_does_what_it_should_whoever_sends_it_and_says_so(house: House, name: str) -> None:
    there, wrong = SITUATIONS[name], list[tuple[object, ...]]()
    for called, was_opened_before in itertools.product(DIALOGS, (True, False)):
        dialog = DIALOGS[called]
        request, *held = await opened(house, dialog, there)
        for kind in USERS:
            before = len(await house.everything())
            house.clock.now += timedelta(seconds=1)  # each is a message of its own
            note = held[0 if was_opened_before else 1]
            filled = words_about(request) | dialog.chosen
            answer = await house.post_signed(sent(kind, dialog.callback, note, filled))
            found = await came(house, answer, before)
            expected = due(kind, dialog, there, was_opened_before=was_opened_before)
            if found != expected:
                wrong.append((kind, called, "before" if was_opened_before else "now", found, expected))
            if found == COUNTED:
                request, *held = await opened(house, dialog, there)

    assert "\n".join(map(str, wrong)) == ""


NEEDED: Mapping[str, str] = {
    REASON_BLOCK: REASON_ACTION,
    CATEGORY_BLOCK: CATEGORY_ACTION,
    CONDITION_BLOCK: CONDITION_ACTION,
    CONFIRM_BLOCK: ENVIRONMENT_ACTION,
}
"""What a rule may want of a yes; nothing of it helps who may not answer, and nothing of it may be missing."""


@pytest.mark.parametrize("missing", [None, *NEEDED])
async def test_what_a_rule_wants_of_a_yes_is_wanted_of_whoever_may_answer_and_frees_nobody_else(
    house: House, missing: str | None
) -> None:
    demanding = replace(CHAIN, demands=DEMANDS, require_reason=RequireReason.ALWAYS)
    wrong = list[tuple[object, ...]]()
    for kind in USERS:
        request = await house.ask(demanding, SUBJECT)
        before = len(await house.everything())
        filled = {block: fields for block, fields in words_about(request).items() if block != missing}
        note = metadata(house, DIALOGS["approve"], request)

        answer = await house.post_signed(sent(kind, WORDS_CALLBACK, note, filled))

        found = await came(house, answer, before)
        expected = COUNTED if kind == "approver" and missing is None else REFUSED
        beside = kind == "approver" and missing is not None
        if found != expected or beside != (f'"errors": {{"{missing}"' in answer):
            wrong.append((kind, missing, found, expected, answer))

    assert "\n".join(map(str, wrong)) == ""


LOST: Mapping[str, Mapping[str, bool]] = {"a guest now": {"is_guest": True}, "gone": {"is_deleted": True}}
OF_WHOM = {"answer": "requester", "break the glass": "releaser"}
"""Who may send that; everything else is the approver's."""


@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("called", [called for called in DIALOGS if called not in {"search", "claim", "undo", "waive"}])
async def test_whoever_loses_their_right_between_opening_and_sending_is_refused(
    house: House, called: str, lost: str
) -> None:
    dialog, kind = DIALOGS[called], OF_WHOM.get(called, "approver")
    there = SITUATIONS["in question" if called == "answer" else "pending"]
    request, _, note = await opened(house, dialog, there)
    card = every_button(house, request)
    if dialog.callback == WORDS_CALLBACK and dialog.press is not Press.APPROVE:
        thing = Thing(dialog.press, is_choice=dialog.press in IN_THE_MENU)
        seen = await press(house, kind, thing, card, await house.post(card))
        assert seen is not None
        assert seen.view is not None
    before = len(await house.everything())

    become(house, USERS[kind], **LOST[lost])

    filled = words_about(request) | dialog.chosen
    assert await came(house, await house.post_signed(sent(kind, dialog.callback, note, filled)), before) == REFUSED
    assert (await house.now(request)).reviews == ()


def become(house: House, user: str, **how: bool) -> None:
    """Change what the workspace says of somebody; what was known of them is forgotten meanwhile."""
    person = next(one for one in PEOPLE if one.id == user)
    house.workspace.state.roster.put_person(replace(person, **how))
    house.clock.now += timedelta(minutes=2)


@pytest.mark.parametrize("called", ["reject", "approve", "reject many", "approve many"])
async def test_whoever_stood_in_when_they_opened_it_and_does_not_when_they_send_it_is_refused(
    house: House, called: str
) -> None:
    dialog = DIALOGS[called]
    await house.workspace.command(USERS["approver"], "C0APPROVE", "/jit", "delegate @dia for 3d")
    request, _, note = await opened(house, dialog, SITUATIONS["pending"])
    await house.workspace.command(USERS["approver"], "C0APPROVE", "/jit", "undelegate")
    before = len(await house.everything())

    answer = await house.post_signed(sent("releaser", dialog.callback, note, words_about(request) | dialog.chosen))

    assert await came(house, answer, before) == REFUSED


@pytest.mark.parametrize("kind", USERS)
async def test_full_members_lend_their_right_and_nobody_else(house: House, kind: str) -> None:
    moment = {"type": "datetimepicker", "selected_date_time": int((NOON + timedelta(days=1)).timestamp())}
    to = COLLEAGUES["author" if kind == "releaser" else "releaser"]
    filled = {TO_BLOCK: {TO: {"type": "users_select", "selected_user": to}}, UNTIL_BLOCK: {UNTIL: moment}}

    answer = await house.post_signed(sent(kind, DELEGATE_CALLBACK, "", filled))

    assert await came(house, answer, 0) == (COUNTED if kind in COLLEAGUES else REFUSED)


ASKED = {TITLE: {FIELD: typed("Read the ledger")}, ACTION: {FIELD: chosen("access")}, REASON: {FIELD: typed("audit")}}


@pytest.mark.parametrize("kind", USERS)
@pytest.mark.parametrize("is_open", [True, False])
async def test_full_members_ask_where_the_policy_lets_people_ask_and_nobody_else(
    house: House, kind: str, *, is_open: bool
) -> None:
    people = Source(name="people", kind=SLACK, actions=("access",))
    house.clock.policy = Policy(
        hash=POLICY_HASH, default=a_ruling(rule="default"), sources={"people": people} if is_open else {}
    )

    answer = await house.post_signed(sent(kind, REQUEST_CALLBACK, '{"link": null}', ASKED))

    assert await came(house, answer, 0) == (COUNTED if is_open and kind in COLLEAGUES else REFUSED)


@pytest.mark.parametrize("kind", USERS)
@pytest.mark.parametrize("callback", [*sorted(CALLBACKS), "jit_unheard_of"])
async def test_a_dialog_without_our_note_or_with_another_counts_nothing_and_says_so(
    house: House, callback: str, kind: str
) -> None:
    request = await submitted(house, SITUATIONS["pending"])
    before = len(await house.everything())
    filled = words_about(request) | {VERDICT_BLOCK: {VERDICT_ACTION: chosen("approve")}}

    for note in ("", "{}", '{"value": "forged"}', house.front.seal.draw_note("home", "{}"), "\x00"):
        house.clock.now += timedelta(seconds=1)
        answer = await house.post_signed(sent(kind, callback, note, filled))
        assert "response_action" in answer, "it ended in silence"

    events = {entry["event"] for entry in (await house.everything())[before:]}
    assert events <= {"request.refused"}
    assert await house.now(request) == request


def test_every_dialog_is_among_them() -> None:
    here = {dialog.callback for dialog in DIALOGS.values()} | {DELEGATE_CALLBACK, REQUEST_CALLBACK}

    assert here == CALLBACKS
    words = {dialog.press for dialog in DIALOGS.values()}
    assert {press for press in Press if press is not Press.SELECT} == words
