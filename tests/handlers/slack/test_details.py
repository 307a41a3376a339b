"""Looking for failures in the Details dialog, as people do it: chosen, typed, sent, turned, by everybody who may."""

from dataclasses import replace
from typing import Any, cast

import pytest

from bot.core.evidence import TestEvidence
from bot.core.request import ApprovalRequest
from bot.sandbox import PressInView
from bot.sandbox.faults import Refusal
from bot.sandbox.ids import OTHER_TEAM, TEAM
from bot.sandbox.views import View
from bot.slack import Press
from bot.slack.cards.buttons import pressed_now
from bot.slack.dialogs.details import NEXT
from bot.slack.dialogs.reasons import DETAILS_CALLBACK, Origin
from bot.slack.dialogs.searching import EVERYTHING, SUITE, SUITE_BLOCK, WORDS, WORDS_BLOCK, draw_note
from tests.factories import a_failure
from tests.handlers.slack.house import House
from tests.slack.validating import read_aloud

BO, GUS, EVE = "U0BO00000", "U0GUS0000", "U0EVE0000"
SUITES = {"browser": 30, "unit": 10}


def forty() -> TestEvidence:
    failures = tuple(
        replace(a_failure(f"{suite}::test_{number}"), suite=suite)
        for suite, count in SUITES.items()
        for number in range(count)
    )
    return TestEvidence(total=412, passed=372, failed=40, failures=failures)


async def opened(house: House, user: str) -> View:
    request = await house.ask(tests=forty())
    view = (await house.click(user, await house.card(request), Press.DETAILS.action_id)).view
    assert view
    return view


def option(view: View, name: str) -> str:
    """The value of a suite."""
    field = next(block for block in view.blocks if block["block_id"] == SUITE_BLOCK)
    return next(one["value"] for one in field["element"]["options"] if one["text"]["text"].startswith(name))


def read(house: House, user: str) -> str:
    view = house.workspace.view(user)
    assert view
    return read_aloud(view.blocks)


async def use(house: House, user: str, action_id: str, value: str | None = None, words: str = "") -> None:
    """Choose something, press Enter, or press a button, with *words* in the field."""
    view = house.workspace.view(user)
    assert view
    gesture = PressInView(
        user=user, view=view.id, action_id=action_id, value=value, typed={WORDS_BLOCK: {WORDS: words}}
    )
    assert (await house.workspace.press_in_view(gesture)).complaint is None


@pytest.mark.parametrize("user", [BO, GUS])
async def test_a_suite_that_is_chosen_is_shown_in_place_and_page_by_page(house: House, user: str) -> None:
    view = await opened(house, user)

    await use(house, user, SUITE, option(view, "unit"))
    assert "10 of 40 named failures match in unit." in read(house, user)
    assert "`unit::test_0`" in read(house, user)
    await use(house, user, NEXT, "1")

    assert "10 of 40 named failures match in unit." in read(house, user)
    assert "`unit::test_9`" in read(house, user)
    assert "browser::" not in read(house, user)
    now = house.workspace.view(user)
    assert now
    assert now.id == view.id


async def test_words_and_enter_narrow_what_is_chosen_and_emptied_show_it_again(house: House) -> None:
    view = await opened(house, BO)
    await use(house, BO, SUITE, option(view, "browser"))

    await use(house, BO, WORDS, "test_29")
    assert "1 of 40 named failures match “test_29” in browser." in read(house, BO)
    await use(house, BO, WORDS, "")

    assert "30 of 40 named failures match in browser." in read(house, BO)


async def test_the_button_of_the_dialog_looks_for_what_stands_in_its_fields(house: House) -> None:
    view = await opened(house, BO)

    sent = await house.workspace.submit_view(BO, view.id, {SUITE_BLOCK: option(view, "unit"), WORDS_BLOCK: "TEST_7"})

    assert sent.complaint is None
    assert "1 of 40 named failures match “TEST_7” in unit." in read(house, BO)


async def test_what_is_not_there_is_said_not_to_be(house: House) -> None:
    await opened(house, BO)

    await use(house, BO, WORDS, "<!channel> *bold*")

    assert "None of 40 named failures matches “<!channel> *bold*”." in read(house, BO)


async def test_the_last_of_two_quick_choices_is_what_is_shown(house: House) -> None:
    view = await opened(house, BO)
    house.workspace.faults.add("views.update", Refusal("hash_conflict"))

    await use(house, BO, SUITE, option(view, "unit"))

    assert "10 of 40 named failures match in unit." in read(house, BO)


async def test_a_dialog_that_was_closed_meanwhile_is_no_fault(house: House) -> None:
    view = await opened(house, BO)
    house.workspace.faults.add("views.update", Refusal("not_found"))

    await use(house, BO, SUITE, option(view, "unit"))

    assert await house.refused() == []


async def test_a_dialog_that_slack_does_not_change_is_apologised_for(house: House) -> None:
    view = await opened(house, BO)
    house.workspace.faults.add("views.update", Refusal("internal_error"))

    gesture = PressInView(user=BO, view=view.id, action_id=SUITE, value=option(view, "unit"))
    seen = await house.workspace.press_in_view(gesture)

    assert seen.complaint
    (said,) = house.workspace.dms(BO)
    assert "Something broke on our side" in said.text


def searching(house: House, request: ApprovalRequest, user: str, team: str, note: str | None = None) -> dict[str, Any]:
    """A dialog sent, as Slack would tell of it."""
    origin = Origin(value=house.front.seal.draw_value(pressed_now(request, Press.DETAILS)))
    return {
        "type": "view_submission",
        "user": {"id": user},
        "team": {"id": team},
        "view": {
            "id": "V0NONE",
            "callback_id": DETAILS_CALLBACK,
            "private_metadata": draw_note(origin, EVERYTHING) if note is None else note,
            "state": {"values": {WORDS_BLOCK: {WORDS: {"type": "plain_text_input", "value": "test_1"}}}},
        },
    }


async def test_people_of_other_workspaces_look_for_nothing(house: House) -> None:
    request = await house.ask(tests=forty())

    answer = await house.post_signed(searching(house, request, EVE, OTHER_TEAM))

    (refused,) = await house.refused()
    assert refused["sentence"] in answer
    assert "test_1" not in answer


@pytest.mark.parametrize("note", ["", "{}", '{"value": "forged"}', "null"])
async def test_a_dialog_that_is_not_ours_looks_for_nothing_and_says_so(house: House, note: str) -> None:
    answer = await house.post_signed(searching(house, await house.ask(), BO, TEAM, note))

    (refused,) = await house.refused()
    assert refused["sentence"] in answer


async def test_an_empty_field_may_be_sent_as_null(house: House) -> None:
    view = await opened(house, BO)
    payload = searching(house, await house.ask(), BO, TEAM) | {
        "type": "block_actions",
        "container": {"type": "view", "view_id": view.id},
        "actions": [{"action_id": WORDS, "value": None}],
        "trigger_id": "1.2.3",
    }
    payload["view"] = cast("Any", payload["view"]) | {
        "id": view.id,
        "hash": view.hash,
        "type": "modal",
        "private_metadata": view.content["private_metadata"],
        "state": {"values": {WORDS_BLOCK: {WORDS: {"type": "plain_text_input", "value": None}}}},
    }

    await house.post_signed(payload)

    assert "40 of 412 tests failed" in read(house, BO)
    assert "named failures match" not in read(house, BO)
