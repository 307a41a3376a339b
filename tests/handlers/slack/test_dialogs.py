import pytest

from bot.core.request import State
from bot.core.ruling import RequireReason
from bot.sandbox.gestures import Interaction
from tests.factories import HOUR, a_ruling
from tests.handlers.slack.house import House

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
