"""The menu behind three dots: what is chosen there, by whom, and that nothing else can be smuggled through it."""

import asyncio
from typing import Any

import pytest

from bot.core.effects import TellThread
from bot.core.request import ApprovalRequest, State
from bot.sandbox.ids import TEAM
from bot.slack import Press
from bot.slack.cards.button_value import MENU
from bot.slack.cards.buttons import draw_actions, pressed_now
from bot.slack.cards.card import Card
from tests.factories import BO, CHEN, DIA, EVE, a_ruling, a_stage, a_step
from tests.handlers.slack.house import House
from tests.slack.validating import read_aloud

ANA_ID, BO_ID, CHEN_ID, GUS_ID = "U0ANA0000", "U0BO00000", "U0CHEN000", "U0GUS0000"
ESCALATE = "Escalate now …"
STEPS = (a_step(15, [DIA]), a_step(30, [EVE], channel=None))
LOUDER = a_ruling(stages=[a_stage("qa", 1, [BO, CHEN], escalate=STEPS)])


async def opened(house: House, user: str, ts: str) -> str:
    """Choose to escalate, and return the dialog that makes sure."""
    seen = await house.choose(user, ts, ESCALATE)
    assert seen.view is not None
    return seen.view.id


async def refusals(house: House) -> list[tuple[str, str]]:
    return [(one["attempted"], one["code"]) for one in await house.refused()]


async def test_the_next_people_are_called_once_somebody_has_read_who_they_are(house: House) -> None:
    request = await house.ask(LOUDER)
    ts = await house.card(request)
    view = await opened(house, CHEN_ID, ts)
    shown = house.workspace.view(CHEN_ID)
    assert shown is not None
    assert "**Asks at once: **dia" in read_aloud(list(shown.content["blocks"]))
    assert (await house.now(request)).steps == 0, "opening it calls nobody"
    await house.effects()

    assert (await house.workspace.submit_view(CHEN_ID, view, {})).view is None

    now = await house.now(request)
    assert (now.steps, now.called, now.channels) == (1, (DIA,), ("#approvals", "#incidents"))
    assert (await house.log(request))[-1] == "request.escalated"
    said = [effect.said for effect in await house.effects() if isinstance(effect, TellThread)]
    assert {(one.by.name, one.calls) for one in said} == {("chen", (DIA,))}


async def test_two_who_want_it_in_the_same_moment_call_the_same_people_once(house: House) -> None:
    request = await house.ask(LOUDER)
    ts = await house.card(request)
    views = [(user, await opened(house, user, ts)) for user in (BO_ID, CHEN_ID)]

    answers = await asyncio.gather(*(house.workspace.submit_view(user, view, {}) for user, view in views))

    assert (await house.now(request)).steps == 1
    (late,) = [answer.view for answer in answers if answer.view is not None]
    assert "called already" in str(late.content)
    assert await refusals(house) == [("escalate", "stale")]


async def test_an_old_card_offers_what_is_done_already_and_says_so(house: House) -> None:
    request = await house.ask(LOUDER)
    ts = await house.card(request)
    await house.workspace.submit_view(BO_ID, await opened(house, BO_ID, ts), {})

    assert (await house.choose(CHEN_ID, ts, ESCALATE)).view is None

    (whisper,) = await house.whispers()
    assert whisper.slack_id == CHEN_ID
    assert "called already" in whisper.text
    assert (await house.now(request)).steps == 1


async def test_after_the_last_step_the_card_offers_none(house: House) -> None:
    request = await house.ask(LOUDER)
    for _ in STEPS:
        await house.workspace.submit_view(BO_ID, await opened(house, BO_ID, await house.card(request)), {})

    with pytest.raises(LookupError):
        await house.choose(BO_ID, await house.card(request), ESCALATE)


@pytest.mark.parametrize(("user", "why"), [(ANA_ID, "You asked for this yourself"), (GUS_ID, "Guests")])
async def test_whoever_may_not_is_told_before_the_dialog(house: House, user: str, why: str) -> None:
    request = await house.ask(LOUDER)

    assert (await house.choose(user, await house.card(request), ESCALATE)).view is None

    (whisper,) = await house.whispers()
    assert why in whisper.text
    assert (await house.now(request)).steps == 0


async def test_a_dialog_that_is_sent_when_it_has_ended_escalates_nothing(house: House) -> None:
    request = await house.ask(LOUDER)
    ts = await house.card(request)
    view = await opened(house, CHEN_ID, ts)
    await house.click(BO_ID, ts)

    answer = await house.workspace.submit_view(CHEN_ID, view, {})

    assert answer.view is not None
    assert "no longer open: approved by bo" in str(answer.view.content)
    assert (await house.now(request)).steps == 0


async def test_the_same_message_calls_once(house: House) -> None:
    request = await house.ask(LOUDER)
    view = await opened(house, BO_ID, await house.card(request))
    shown = house.workspace.view(BO_ID)
    assert shown is not None
    sent: dict[str, Any] = {
        "type": "view_submission",
        "user": {"id": BO_ID},
        "team": {"id": TEAM},
        "view": {
            "id": view,
            "callback_id": shown.content["callback_id"],
            "private_metadata": shown.content["private_metadata"],
            "state": {"values": {}},
        },
    }

    for _ in range(2):
        await house.send_signed(sent)

    assert (await house.log(request)).count("request.escalated") == 1


def chosen(action_id: str, **action: object) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "user": {"id": BO_ID},
        "team": {"id": TEAM},
        "container": {"channel_id": "C0APPROVE", "message_ts": "1772625600.000100"},
        "actions": [{"action_id": action_id, **action}],
        "trigger_id": "1.2.3",
    }


def value_of(house: House, request: ApprovalRequest, press: Press) -> str:
    return house.front.seal.draw_value(pressed_now(request, press))


@pytest.mark.parametrize("press", [Press.APPROVE, Press.REJECT, Press.UNDO, Press.ANSWER, Press.SELECT, Press.DETAILS])
async def test_what_is_no_choice_of_the_menu_does_nothing_there(house: House, press: Press) -> None:
    request = await house.ask(LOUDER)
    value = value_of(house, request, press)

    await house.post_signed(chosen(MENU, type="overflow", selected_option={"value": value}))
    await house.post_signed(chosen(MENU, type="overflow", value=value))

    assert [code for _, code in await refusals(house)] == ["stale", "stale"]
    assert await house.now(request) == request


@pytest.mark.parametrize("option", [None, {}, {"value": ""}, {"value": "forged"}, {"value": "1." + "x" * 1998}])
async def test_a_menu_of_which_nothing_of_ours_was_chosen_is_answered_in_words(house: House, option: object) -> None:
    await house.post_signed(chosen(MENU, type="overflow", selected_option=option))

    (refused,) = await house.refused()
    (whisper,) = await house.whispers()
    assert (refused["code"], whisper.text) == ("stale", refused["sentence"])


async def test_a_choice_is_no_value_for_another_button(house: House) -> None:
    request = await house.ask(LOUDER)

    await house.post_signed(chosen("jit_approve", type="button", value=value_of(house, request, Press.CLAIM)))

    assert [code for _, code in await refusals(house)] == ["stale"]
    assert (await house.state(request), (await house.now(request)).claim) == (State.PENDING, None)


async def test_buttons_of_cards_from_before_the_menu_go_on_to_work(house: House) -> None:
    request = await house.ask(LOUDER)
    row = draw_actions(request, [Press.ASK, Press.CLAIM], house.front.seal, others=(7, 8))
    ts = await house.post(Card(text="A card of an earlier version", blocks=[row]))

    await house.click(BO_ID, ts, "jit_claim")
    asking = await house.click(BO_ID, ts, "jit_ask")

    assert (await house.now(request)).claim is not None
    assert asking.view is not None
    await house.workspace.submit_view(BO_ID, asking.view.id, {"reason": "Which customers?"})
    assert await house.state(request) is State.NEEDS_INFO
