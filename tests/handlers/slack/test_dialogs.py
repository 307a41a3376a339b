from typing import Any, cast

import pytest

from bot.core.effects import TellRequester, TellThread
from bot.core.request import State
from bot.core.ruling import Demands, RequireReason
from bot.sandbox.gestures import Interaction
from bot.slack import Press
from bot.slack.cards.buttons import pressed_now
from bot.slack.cards.card import Card, draw_card
from tests.factories import HOUR, a_ruling
from tests.handlers.slack.house import House
from tests.slack.validating import read_aloud

BO, CHEN = "U0BO00000", "U0CHEN000"


async def sent(house: House, user: str, reason: str, **more: str) -> Interaction:
    """Somebody fills in the dialog before them and sends it."""
    view = house.workspace.view(user)
    assert view is not None
    return await house.workspace.submit_view(user, view.id, {"reason": reason, **more})


async def test_a_rejection_counts_with_its_reason_and_the_dialog_closes(house: House) -> None:
    request = await house.ask()
    await house.click(BO, await house.card(request), "jit_reject")

    answer = await sent(house, BO, "The refund\x00 test is red.")

    assert answer.view is None
    settled = await house.now(request)
    assert settled.state is State.REJECTED
    assert settled.decision
    assert settled.decision.reason == "The refund test is red."
    assert settled.decision.by.channel == "C0APPROVE"


async def test_a_rejection_is_recorded_in_the_category_that_was_chosen(house: House) -> None:
    request = await house.ask()
    await house.click(BO, await house.card(request), "jit_reject")

    await sent(house, BO, "passes alone", category="flaky")

    settled = await house.now(request)
    assert settled.decision
    assert settled.decision.category == "flaky"
    assert [review.category for review in settled.reviews] == ["flaky"]


async def test_a_category_that_there_is_not_counts_nothing_and_says_so(house: House) -> None:
    request = await house.ask()
    await house.click(BO, await house.card(request), "jit_reject")
    view = house.workspace.view(BO)
    assert view is not None
    (asked,) = [block for block in view.content["blocks"] if block.get("block_id") == "category"]
    asked["element"]["options"][0]["value"] = "hotfix"

    answer = await sent(house, BO, "red", category="hotfix")

    assert answer.view
    assert "category" in str(answer.view.blocks)
    assert await house.state(request) is State.PENDING


def elements_of_rows(card: Card) -> list[list[dict[str, object]]]:
    """The rows of buttons of a card."""
    return [cast("Any", block["elements"]) for block in card.blocks if block["type"] == "actions"]


DEMANDS = Demands(category=RequireReason.ON_APPROVE, condition=True, environment=True)


async def test_an_approval_holds_what_its_rule_wants_and_everybody_is_told_its_condition(house: House) -> None:
    request = await house.ask(a_ruling(demands=DEMANDS))
    await house.click(BO, await house.card(request), "jit_approve_reason")

    answer = await sent(house, BO, "only one tenant", category="risk", condition="max\n10 %", confirm="production")

    assert answer.view is None
    settled = await house.now(request)
    assert settled.decision
    assert (settled.decision.category, settled.decision.conditions) == ("risk", ("max 10 %",))
    card = draw_card(await house.view(request), house.front.seal)
    assert "**On condition: **max 10 %" in read_aloud(card.blocks)
    said = [effect.said for effect in await house.effects() if isinstance(effect, TellThread | TellRequester)]
    assert {one.conditions for one in said} == {("max 10 %",)}


@pytest.mark.parametrize("wrong", ["Production", "prod", "staging"])
async def test_another_environment_is_said_beside_the_field_and_stands_in_the_log(house: House, wrong: str) -> None:
    request = await house.ask(a_ruling(demands=Demands(environment=True)))
    await house.click(BO, await house.card(request), "jit_approve_reason")

    answer = await sent(house, BO, "", confirm=wrong)

    assert "Type production" in answer.errors["confirm"]
    assert await house.state(request) is State.PENDING
    last = (await house.entries(request))[-1]
    assert (last["event"], last["detail"]["code"]) == ("request.refused", "unconfirmed")


async def test_a_forged_click_in_place_of_the_dialog_approves_nothing(house: House) -> None:
    request = await house.ask(a_ruling(demands=Demands(environment=True)))
    card = draw_card(await house.view(request), house.front.seal)
    (row,) = elements_of_rows(card)
    row[0] |= {
        "action_id": Press.APPROVE.action_id,
        "value": house.front.seal.draw_value(pressed_now(request, Press.APPROVE)),
    }

    await house.click(BO, await house.post(card), Press.APPROVE.action_id)

    assert await house.state(request) is State.PENDING
    assert ["Type production" in whisper.text for whisper in await house.whispers()] == [True]


async def test_an_approval_counts_with_its_reason(house: House) -> None:
    request = await house.ask(a_ruling(require_reason=RequireReason.ALWAYS))
    await house.click(BO, await house.card(request), "jit_approve_reason")

    await sent(house, BO, "looks right")

    assert await house.state(request) is State.APPROVED


async def test_nothing_but_spaces_is_no_reason_and_the_field_says_so(house: House) -> None:
    request = await house.ask()
    await house.click(BO, await house.card(request), "jit_reject")

    answer = await sent(house, BO, "  \u200b ")

    assert "reason" in answer.errors
    assert await house.state(request) is State.PENDING
    assert await house.whispers() == []


async def test_where_no_reason_is_needed_none_counts_too(house: House) -> None:
    request = await house.ask(a_ruling(require_reason=RequireReason.NEVER))
    await house.click(BO, await house.card(request), "jit_reject")

    await sent(house, BO, "")

    assert await house.state(request) is State.REJECTED


async def test_whoever_is_overtaken_while_writing_reads_why_and_what_is_true_now(house: House) -> None:
    request = await house.ask()
    ts = await house.card(request)
    await house.click(BO, ts, "jit_reject")
    await house.click(CHEN, ts)

    answer = await sent(house, BO, "red")

    assert answer.view
    assert "no longer open: approved by chen" in str(answer.view.blocks)
    assert "✅ Approved" in str(answer.view.blocks)
    assert (await house.log(request))[-1] == "request.refused"


async def test_at_the_deadline_the_dialog_is_too_late(house: House) -> None:
    request = await house.ask()
    await house.click(BO, await house.card(request), "jit_reject")
    house.clock.now += HOUR

    answer = await sent(house, BO, "red")

    assert answer.view
    assert "is over" in str(answer.view.blocks)


@pytest.mark.parametrize("note", ["", "{}", '{"value": "1.forged"}'])
async def test_a_dialog_that_is_not_ours_counts_nothing_and_says_so(house: House, note: str) -> None:
    request = await house.ask()
    await house.click(BO, await house.card(request), "jit_reject")
    view = house.workspace.view(BO)
    assert view is not None
    view.content["private_metadata"] = note

    answer = await sent(house, BO, "red")

    assert answer.view
    assert answer.view.content["title"]["text"] == "Not counted"
    assert await house.state(request) is State.PENDING
