"""The Home tab, from Slack's payload to what is published: what is seen, turned, taken back, and answered at once."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.effects import ShowHome
from bot.core.people.identity import Via
from bot.core.request import ApprovalRequest, RequestId, State
from bot.core.ruling import Demands, RequireReason, Verdict
from bot.relay.books import Books
from bot.relay.home_tabs import HomeTabs
from bot.sandbox.gestures import Interaction
from bot.slack import Place, Press, SlackCourier
from bot.slack.cards.buttons import pressed_now
from bot.slack.home import tab
from bot.usecases.review import Click
from handlers.slack.counting import count
from tests.factories import ANA, BO, DIA, a_ruling, a_stage, a_subject
from tests.handlers.slack.house import House

ANA_ID, BO_ID, CHEN_ID, DIA_ID = "U0ANA0000", "U0BO00000", "U0CHEN000", "U0DIA0000"
GUEST, STRANGER, GONE = "U0GUS0000", "U0EVE0000", "U0OLD0000"


def place() -> Place:
    return Place(via=Via.SLACK_COMMAND, team_id="T0ACME000")


async def deliver(house: House) -> list[str]:
    """Draw and publish every Home tab that is out of date, as the relay does; return whose they were."""
    homes = HomeTabs(Books(house.store), house.front.directory, house.front.memberships, house.front.seal)
    courier = SlackCourier(house.front.client, house.front.directory, house.front.channels, house.front.seal)
    house.clock.now += timedelta(seconds=2)
    owners = [effect.slack_id for effect in await house.effects() if isinstance(effect, ShowHome)]
    for owner in dict.fromkeys(owners):
        view = await homes.draw(owner)
        if isinstance(view, dict):
            await courier.show_home(owner, view)
    return owners


async def opened(house: House, user: str) -> str:
    """Open the tab, and return all that stands on it."""
    house.workspace.open_home(user)
    await house.workspace.quiet()
    await deliver(house)
    return said(house, user)


def said(house: House, user: str) -> str:
    home = house.workspace.home(user)
    return json.dumps(home.blocks, ensure_ascii=False) if home else ""


async def press(house: House, user: str, action_id: str, value: str | None = None, **typed: Any) -> Interaction:  # noqa: ANN401 - what is ticked
    done = await house.workspace.press_home(user, action_id, typed, value)
    assert done.complaint is None
    return done


def ticked(house: House, user: str, *numbers: int) -> dict[str, dict[str, str]]:
    """What is typed when the boxes of these requests are ticked."""
    home = house.workspace.home(user)
    assert home is not None
    found: dict[str, dict[str, str]] = {}
    for block in home.blocks:
        for element in block.get("elements", []):
            if element.get("action_id") != tab.PICK:
                continue
            option: dict[str, Any] = element["options"][0]
            if int(str(option["text"]["text"]).removeprefix("Select #")) in numbers:
                found[block["block_id"]] = {tab.PICK: json.dumps([option["value"]])}
    assert len(found) == len(numbers)
    return found


async def decide(
    house: House,
    user: str,
    requests: Sequence[ApprovalRequest],
    verdict: str = "approve",
    reason: str = "",
    **more: str,
) -> str:
    """Tick *requests*, send the dialog, and return what it says then."""
    await house.workspace.press_home(user, tab.DECIDE, ticked(house, user, *(one.number for one in requests)))
    dialog = house.workspace.view(user)
    assert dialog is not None, said(house, user)
    values = {"verdict": verdict, **more} | ({"reason": reason} if reason else {})
    done = await house.workspace.submit_view(user, dialog.id, values)
    if done.errors:
        return json.dumps(dict(done.errors), ensure_ascii=False)
    assert done.view is not None
    return json.dumps(done.view.content, ensure_ascii=False)


async def test_it_shows_what_waits_for_whoever_opens_it_and_nothing_of_others(house: House) -> None:
    mine = await house.ask(a_ruling(stages=[a_stage("qa", 1, [BO])]), a_subject(title="For Bo alone"))
    await house.ask(a_ruling(stages=[a_stage("qa", 1, [DIA])]), a_subject(title="For Dia alone"))

    text = await opened(house, BO_ID)

    assert "For Bo alone" in text
    assert "For Dia alone" not in text
    assert f"Select #{mine.number}" in text


async def test_it_shows_what_they_asked_and_what_was_decided(house: House) -> None:
    request = await house.ask(a_ruling(), a_subject(title="Asked by Ana", requester=ANA))
    await house.click(BO_ID, await house.card(request))

    text = await opened(house, ANA_ID)

    assert text.count("Asked by Ana") == 2
    assert "✅ Approved" in text


@pytest.mark.parametrize("user", [GUEST, STRANGER])
async def test_guests_and_strangers_are_told_why_they_see_nothing(house: House, user: str) -> None:
    await house.ask(a_ruling(), a_subject(title="Not for guests"))

    text = await opened(house, user)

    assert "Requests are shown to" in text
    assert "Not for guests" not in text
    assert await deliver(house) == []


async def test_who_has_left_gets_no_tab(house: House) -> None:
    homes = HomeTabs(Books(house.store), house.front.directory, house.front.memberships, house.front.seal)

    assert await homes.draw(GONE) is None


async def test_a_guest_who_forges_a_click_is_refused_and_sees_no_more(house: House) -> None:
    request = await house.ask(a_ruling(), a_subject(title="Not for guests"))
    await opened(house, GUEST)
    view = {"type": "home", "id": "V1", "private_metadata": "", "callback_id": tab.HOME_CALLBACK}
    value = house.front.seal.draw_value(pressed_now(request, Press.SELECT))
    boxes = {"selected_options": [{"value": value}]}
    payload = {
        "type": "block_actions",
        "user": {"id": GUEST},
        "team": {"id": "T0ACME000"},
        "trigger_id": "1",
        "view": view | {"state": {"values": {"b": {tab.PICK: boxes}}}},
        "actions": [{"action_id": tab.DECIDE, "value": ""}],
    }
    await house.post_signed(payload)
    await deliver(house)

    assert "Not for guests" not in said(house, GUEST)
    assert await house.state(request) is State.PENDING


async def test_it_follows_every_step_of_what_concerns_those_who_have_opened_it(house: House) -> None:
    await opened(house, BO_ID)
    await opened(house, DIA_ID)

    request = await house.ask(a_ruling(stages=[a_stage("qa", 1, [BO])]), a_subject(title="New for Bo"))

    assert await deliver(house) == [BO_ID]
    assert "New for Bo" in said(house, BO_ID)
    await house.click(BO_ID, await house.card(request))
    assert await deliver(house) == [BO_ID]
    assert "Nothing waits for you." in said(house, BO_ID)


async def test_several_steps_at_once_are_one_drawing(house: House) -> None:
    await opened(house, BO_ID)
    for _ in range(5):
        await house.ask(a_ruling(stages=[a_stage("qa", 1, [BO])]))

    assert await deliver(house) == [BO_ID]


async def test_whoever_has_not_opened_theirs_costs_nothing(house: House) -> None:
    await house.ask(a_ruling())

    assert await deliver(house) == []


async def test_what_was_answered_already_no_longer_waits_for_them(house: House) -> None:
    request = await house.ask(a_ruling(quorum=2), a_subject(title="Needs two"))
    assert f"Select #{request.number}" in await opened(house, BO_ID)

    await house.click(BO_ID, await house.card(request))
    await deliver(house)

    assert f"Select #{request.number}" not in said(house, BO_ID)


async def test_parts_and_pages_are_turned_and_stay_turned(house: House) -> None:
    for number in range(13):
        await house.ask(a_ruling(), a_subject(title=f"Deploy {number:02}"))
    await opened(house, BO_ID)

    await press(house, BO_ID, tab.MORE)
    await deliver(house)
    assert "Deploy 09" in said(house, BO_ID)
    await press(house, BO_ID, tab.NEXT)
    await deliver(house)
    assert ("Deploy 12" in said(house, BO_ID), "Deploy 09" in said(house, BO_ID)) == (True, False)

    await house.ask(a_ruling(), a_subject(title="Deploy 13"))
    await deliver(house)
    assert "Deploy 13" in said(house, BO_ID)


async def test_an_environment_is_chosen(house: House) -> None:
    await house.ask(a_ruling(), a_subject(title="In staging", environment="staging"))
    await house.ask(a_ruling(), a_subject(title="In production", environment="production"))
    await opened(house, BO_ID)

    await press(house, BO_ID, tab.ENVIRONMENT, "staging")
    await deliver(house)

    assert ("In staging" in said(house, BO_ID), "In production" in said(house, BO_ID)) == (True, False)


async def test_many_are_answered_at_once_and_each_is_counted_by_itself(house: House) -> None:
    requests = [await house.ask(a_ruling()) for _ in range(3)]
    await opened(house, BO_ID)

    text = await decide(house, BO_ID, requests, "reject", "the gate is red", category="data")

    assert "All were counted." in text
    for request in requests:
        ended = await house.now(request)
        assert ended.state is State.REJECTED
        assert ended.decision is not None
        assert (ended.decision.reason, ended.decision.category) == ("the gate is red", "data")
        assert (await house.log(request)).count("request.reviewed") == 1


async def test_what_can_not_be_counted_is_told_line_by_line_and_harms_no_other(house: House) -> None:
    first, second, third = [await house.ask(a_ruling()) for _ in range(3)]
    await opened(house, BO_ID)
    await house.workspace.press_home(BO_ID, tab.DECIDE, ticked(house, BO_ID, first.number, second.number, third.number))
    dialog = house.workspace.view(BO_ID)
    assert dialog is not None
    by = await house.front.directory.actor(CHEN_ID, place())
    await count(house.front, Click(request_id=second.id, verdict=Verdict.APPROVE, by=by))

    done = await house.workspace.submit_view(BO_ID, dialog.id, {"verdict": "approve"})

    assert done.view is not None
    text = json.dumps(done.view.content, ensure_ascii=False)
    assert "2 of 3 were counted." in text
    assert f"⛔ #{second.number}" in text
    assert [await house.state(one) for one in (first, third)] == [State.APPROVED, State.APPROVED]


async def test_what_was_ticked_in_an_older_revision_is_refused(house: House) -> None:
    request = await house.ask(a_ruling())
    await opened(house, BO_ID)
    old = pressed_now(replace(request, revision=7), Press.SELECT)
    typed = ticked(house, BO_ID, request.number)
    (block,) = typed
    home = house.workspace.home(BO_ID)
    assert home is not None
    option = next(b for b in home.blocks if b["block_id"] == block)["elements"][0]["options"][0]
    option["value"] = house.front.seal.draw_value(old)
    await house.workspace.press_home(BO_ID, tab.DECIDE, {block: {tab.PICK: json.dumps([option["value"]])}})
    dialog = house.workspace.view(BO_ID)
    assert dialog is not None

    done = await house.workspace.submit_view(BO_ID, dialog.id, {"verdict": "approve"})

    assert done.view is not None
    assert "This changed since" in json.dumps(done.view.content)
    assert await house.state(request) is State.PENDING


async def test_a_forged_box_opens_nothing_and_is_refused_on_the_tab(house: House) -> None:
    request = await house.ask(a_ruling())
    await opened(house, BO_ID)
    home = house.workspace.home(BO_ID)
    assert home is not None
    (block,) = ticked(house, BO_ID, request.number)
    option = next(b for b in home.blocks if b["block_id"] == block)["elements"][0]["options"][0]
    option["value"] = option["value"][:-1] + ("A" if option["value"][-1] != "A" else "B")

    await house.workspace.press_home(BO_ID, tab.DECIDE, {block: {tab.PICK: json.dumps([option["value"]])}})
    await deliver(house)

    assert house.workspace.view(BO_ID) is None
    assert "isn't valid any more" in said(house, BO_ID)


async def test_nothing_ticked_is_said_on_the_tab(house: House) -> None:
    await house.ask(a_ruling())
    await opened(house, BO_ID)

    await press(house, BO_ID, tab.DECIDE)
    await deliver(house)

    assert "Tick the requests that you want to answer first." in said(house, BO_ID)


async def test_a_reason_that_one_of_them_needs_is_asked_for_before_anything_is_counted(house: House) -> None:
    one = await house.ask(a_ruling())
    other = await house.ask(a_ruling(require_reason=RequireReason.ALWAYS))
    await opened(house, BO_ID)

    text = await decide(house, BO_ID, [one, other], "approve")

    assert f"a reason is needed for #{other.number}." in text
    assert [await house.state(each) for each in (one, other)] == [State.PENDING, State.PENDING]


async def test_what_some_of_many_need_is_asked_for_and_another_environment_is_told_of_each(house: House) -> None:
    one = await house.ask(a_ruling(demands=Demands(condition=True, environment=True)))
    other = await house.ask(a_ruling(demands=Demands(environment=True)), a_subject(environment="staging"))
    await opened(house, BO_ID)

    text = await decide(house, BO_ID, [one, other], "approve", condition="max 10 %")
    assert f"the environment is needed for #{one.number}, #{other.number}." in text
    dialog = house.workspace.view(BO_ID)
    assert dialog is not None
    done = await house.workspace.submit_view(
        BO_ID, dialog.id, {"verdict": "approve", "condition": "max 10 %", "confirm": "production"}
    )

    assert done.view is not None
    assert "1 of 2 were counted." in json.dumps(done.view.content)
    assert [await house.state(each) for each in (one, other)] == [State.APPROVED, State.PENDING]


async def test_a_dialog_that_is_sent_twice_counts_once(house: House) -> None:
    request = await house.ask(a_ruling(quorum=2))
    await opened(house, BO_ID)
    await house.workspace.press_home(BO_ID, tab.DECIDE, ticked(house, BO_ID, request.number))
    dialog = house.workspace.view(BO_ID)
    assert dialog is not None
    values = {"verdict": {"chosen": {"selected_option": {"value": "approve"}}}}
    payload = {
        "type": "view_submission",
        "user": {"id": BO_ID},
        "team": {"id": "T0ACME000"},
        "view": {
            "id": dialog.id,
            "callback_id": dialog.content["callback_id"],
            "private_metadata": dialog.content["private_metadata"],
            "state": {"values": values},
        },
    }

    first = await house.post_signed(payload)
    house.clock.now += timedelta(seconds=1)
    second = await house.post_signed(payload)

    assert "All were counted." in first
    assert "0 of 1 were counted." in second
    now = await house.now(request)
    assert len(now.reviews) == 1
    assert now.state is State.PENDING


async def test_a_delegation_is_shown_to_both_and_taken_back_on_the_tab(house: House) -> None:
    await house.workspace.command(BO_ID, "C0APPROVE", "/jit", "delegate @dia for 3d")
    assert "may answer in your name until" in await opened(house, BO_ID)
    assert "You may answer in the name of" in await opened(house, DIA_ID)

    await press(house, BO_ID, tab.REVOKE)

    assert set(await deliver(house)) == {BO_ID, DIA_ID}
    assert "no longer answers in your name" in said(house, BO_ID)
    assert "nobody has delegated to you" in said(house, DIA_ID)


async def test_what_waits_for_whoever_lends_waits_for_whom_they_lend_to(house: House) -> None:
    await house.workspace.command(BO_ID, "C0APPROVE", "/jit", "delegate @dia for 3d")
    await opened(house, DIA_ID)

    await house.ask(a_ruling(stages=[a_stage("qa", 1, [BO])]), a_subject(title="Lent to Dia"))

    assert await deliver(house) == [DIA_ID]
    assert "Lent to Dia" in said(house, DIA_ID)


async def test_details_open_from_the_tab(house: House) -> None:
    request = await house.ask(a_ruling())
    await opened(house, BO_ID)

    await press(house, BO_ID, Press.DETAILS.action_id)

    dialog = house.workspace.view(BO_ID)
    assert dialog is not None
    assert dialog.content["title"]["text"] == f"Request #{request.number}"


async def test_a_request_that_is_gone_is_said_on_the_tab(house: House) -> None:
    request = await house.ask(a_ruling())
    await opened(house, BO_ID)
    home = house.workspace.home(BO_ID)
    assert home is not None
    gone = pressed_now(replace(request, id=RequestId("019a0000-0000-7000-8000-00000000dead")), Press.DETAILS)
    row = next(b for b in home.blocks if any(e.get("action_id") == "jit_details" for e in b.get("elements", [])))
    row["elements"][-1]["value"] = house.front.seal.draw_value(gone)

    await press(house, BO_ID, Press.DETAILS.action_id)
    await deliver(house)

    assert "There is no such request." in said(house, BO_ID)
