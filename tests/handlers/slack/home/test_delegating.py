"""Somebody lets another answer in their name, by the dialog of the Home tab; each "no" is that of `/jit delegate`."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.effects import TellAccount
from bot.core.people.delegation import LONGEST
from bot.sandbox.faults import Refusal
from bot.sandbox.gestures import Interaction
from bot.sandbox.people import PEOPLE
from bot.slack.home import tab
from bot.slack.home.delegating import DELEGATE_CALLBACK, TO, TO_BLOCK, UNTIL, UNTIL_BLOCK
from bot.store import verify_audit
from tests.factories import NOON
from tests.handlers.slack.home.test_home import deliver, opened, press, said
from tests.handlers.slack.house import House

ANA_ID, BO_ID, CHEN_ID, DIA_ID = "U0ANA0000", "U0BO00000", "U0CHEN000", "U0DIA0000"
GUS_ID, EVE_ID, OLD_ID, BOT_ID = "U0GUS0000", "U0EVE0000", "U0OLD0000", "U0JITBOT0"


def stamp(ahead: timedelta) -> str:
    return str(int((NOON + ahead).timestamp()))


async def asked(house: House, user: str) -> str:
    """Open the tab, press the button, and return the id of the dialog."""
    await opened(house, user)
    await press(house, user, tab.DELEGATE)
    dialog = house.workspace.view(user)
    assert dialog is not None
    return dialog.id


async def send(house: House, user: str, dialog: str, to: str, ahead: timedelta = timedelta(days=3)) -> Interaction:
    done = await house.workspace.submit_view(user, dialog, {TO_BLOCK: to, UNTIL_BLOCK: stamp(ahead)})
    assert done.complaint is None
    return done


def text_of(done: Interaction) -> str:
    assert done.view is not None
    return json.dumps(done.view.content, ensure_ascii=False)


async def given_by(house: House, user: str) -> str | None:
    found = await house.desk.read(lambda snapshot: snapshot.delegation_of(user))
    return found.receiver.slack_id if found else None


async def log(house: House) -> list[str]:
    return [entry["event"] for entry in await house.everything()]


async def test_whoever_is_picked_may_answer_until_then_and_both_tabs_say_so(house: House) -> None:
    await opened(house, DIA_ID)
    done = await send(house, BO_ID, await asked(house, BO_ID), DIA_ID)

    assert "dia may answer in your name, and is told so." in text_of(done)
    assert set(await deliver(house)) == {BO_ID, DIA_ID}
    assert "dia may answer in your name until" in said(house, BO_ID)
    assert "You may answer in the name of bo until" in said(house, DIA_ID)
    assert await log(house) == ["delegation.given"]
    assert (await house.desk.read(verify_audit)).why is None


async def test_whoever_is_picked_hears_of_it_as_by_the_command(house: House) -> None:
    dialog = await asked(house, BO_ID)
    await send(house, BO_ID, dialog, DIA_ID)
    told = [(one.slack_id, one.text) for one in await house.effects() if isinstance(one, TellAccount)]
    house.clock.now = NOON

    await house.workspace.command(CHEN_ID, "C0APPROVE", "/jit", "delegate @dia for 3d")

    typed = [(one.slack_id, one.text) for one in await house.effects() if isinstance(one, TellAccount)]
    assert [(one, text.replace("bo ", "chen ", 1)) for one, text in told] == typed


async def test_who_answers_already_is_said_before_and_after(house: House) -> None:
    await house.workspace.command(BO_ID, "C0APPROVE", "/jit", "delegate @chen for 3d")
    dialog = await asked(house, BO_ID)
    assert "chen may until" in json.dumps(house.workspace.state.views.get(dialog).content)

    done = await send(house, BO_ID, dialog, DIA_ID)

    assert "chen no longer does" in text_of(done)
    assert await given_by(house, BO_ID) == DIA_ID


REFUSED: Mapping[str, tuple[str, timedelta, str, str]] = {
    "themself": (BO_ID, timedelta(days=1), TO_BLOCK, "You can't stand in for yourself"),
    "a guest": (GUS_ID, timedelta(days=1), TO_BLOCK, "Guests can't decide"),
    "an external person": (EVE_ID, timedelta(days=1), TO_BLOCK, "People from other workspaces can't decide"),
    "who has left": (OLD_ID, timedelta(days=1), TO_BLOCK, "deactivated"),
    "a bot": (BOT_ID, timedelta(days=1), TO_BLOCK, "Bots can't decide"),
    "nobody there is": ("U0NOBODY0", timedelta(days=1), TO_BLOCK, "couldn't tell who that is"),
    "a moment gone by": (DIA_ID, timedelta(seconds=-1), UNTIL_BLOCK, "over already"),
    "now": (DIA_ID, timedelta(0), UNTIL_BLOCK, "over already"),
    "far too long": (DIA_ID, LONGEST + timedelta(minutes=5), UNTIL_BLOCK, "90 days are the most"),
}


@pytest.mark.parametrize("name", REFUSED)
async def test_what_is_refused_is_said_beside_its_field_and_stands_in_the_log_once(house: House, name: str) -> None:
    to, ahead, field, sentence = REFUSED[name]

    done = await send(house, BO_ID, await asked(house, BO_ID), to, ahead)

    assert list(done.errors) == [field]
    assert sentence in done.errors[field]
    (refused,) = await house.refused()
    assert (refused["by"], refused["attempted"], refused["sentence"]) == ("bo", "delegate", done.errors[field])
    assert await given_by(house, BO_ID) is None


async def test_who_was_a_member_when_it_was_opened_and_is_none_any_more_lends_nothing(house: House) -> None:
    dialog = await asked(house, BO_ID)
    (bo,) = (person for person in PEOPLE if person.id == BO_ID)
    house.workspace.state.roster.put_person(replace(bo, is_guest=True))
    house.clock.now += timedelta(minutes=2)

    done = await send(house, BO_ID, dialog, DIA_ID)

    (refused,) = await house.refused()
    assert refused["sentence"] in text_of(done)
    assert await given_by(house, BO_ID) is None


@pytest.mark.parametrize(
    ("values", "field"), [({UNTIL_BLOCK: stamp(timedelta(days=1))}, TO_BLOCK), ({TO_BLOCK: DIA_ID}, UNTIL_BLOCK)]
)
async def test_who_and_until_when_have_to_be_chosen(house: House, values: dict[str, str], field: str) -> None:
    dialog = await asked(house, BO_ID)

    done = await house.workspace.submit_view(BO_ID, dialog, values)

    assert (done.ack, list(done.errors)) == (None, [field])
    assert field in await house.post_signed(sent(as_state(values)))


def as_state(values: Mapping[str, str]) -> dict[str, Any]:
    """What Slack says was chosen; of what was not, nothing."""
    state: dict[str, Any] = {TO_BLOCK: {}, UNTIL_BLOCK: {}}
    if TO_BLOCK in values:
        state[TO_BLOCK] = {TO: {"type": "users_select", "selected_user": values[TO_BLOCK]}}
    if UNTIL_BLOCK in values:
        state[UNTIL_BLOCK] = {UNTIL: {"type": "datetimepicker", "selected_date_time": int(values[UNTIL_BLOCK])}}
    return state


def sent(values: Mapping[str, Any], user: str = BO_ID) -> dict[str, Any]:
    return {
        "type": "view_submission",
        "user": {"id": user},
        "team": {"id": "T0ACME000"},
        "view": {"id": "V0NONE", "callback_id": DELEGATE_CALLBACK, "state": {"values": values}},
    }


async def test_a_dialog_that_is_replayed_lends_nothing_again(house: House) -> None:
    payload = sent(as_state({TO_BLOCK: DIA_ID, UNTIL_BLOCK: stamp(timedelta(days=1))}))

    first = await house.post_signed(payload)
    await house.workspace.command(BO_ID, "C0APPROVE", "/jit", "undelegate")
    again = await house.post_signed(payload)

    assert "dia may answer" in first
    assert "dia may answer" not in again
    assert await given_by(house, BO_ID) is None


@pytest.mark.parametrize("user", [GUS_ID, EVE_ID, OLD_ID])
async def test_who_is_no_full_member_opens_nothing_and_sends_nothing(house: House, user: str) -> None:
    payload = sent(as_state({TO_BLOCK: DIA_ID, UNTIL_BLOCK: stamp(timedelta(days=1))}), user)

    answer = await house.post_signed(payload)

    (refused,) = await house.refused()
    assert refused["sentence"] in answer
    assert await given_by(house, user) is None


async def test_when_the_dialog_does_not_open_the_tab_says_so(house: House) -> None:
    await opened(house, BO_ID)
    house.workspace.faults.add("views.open", Refusal("expired_trigger_id"))

    await press(house, BO_ID, tab.DELEGATE)
    await deliver(house)

    assert "Slack didn't open the dialog in time." in said(house, BO_ID)


async def test_while_nothing_can_be_written_down_the_dialog_says_so(house: House) -> None:
    dialog = await asked(house, BO_ID)
    await house.store.close()

    done = await send(house, BO_ID, dialog, DIA_ID)

    assert "can't write anything down just now" in done.errors[TO_BLOCK]
