import pytest

from bot.core.request import State
from bot.core.ruling import RequireReason
from bot.sandbox.history import Message
from tests.factories import BO, a_ruling, a_stage, a_subject
from tests.handlers.slack.house import House
from tests.slack.validating import read_aloud

ANA_ID, BO_ID, GUS_ID, EVE_ID = "U0ANA0000", "U0BO00000", "U0GUS0000", "U0EVE0000"


async def typed(house: House, text: str, user: str = BO_ID) -> str:
    """Somebody types /jit, and reads the answer that only they see."""
    answer = await house.workspace.command(user, "C0APPROVE", "/jit", text)
    assert answer.complaint is None, answer
    assert isinstance(answer.said, Message)
    assert answer.said.only_for == user
    return read_aloud(list(answer.said.blocks))


async def test_help_lists_what_there_is(house: House) -> None:
    help_text = await typed(house, "")

    assert all(word in help_text for word in ("list", "show", "approve", "reject"))


async def test_list_shows_open_requests_and_which_are_mine_to_answer(house: House) -> None:
    mine = await house.ask(a_ruling(stages=[a_stage("qa", approvers=[BO])]))
    await house.ask(subject=a_subject(title="Drop <a> table", requester=BO))

    listed = await typed(house, "list")

    assert f"#{mine.number}" in listed
    assert "Drop <a> table" in listed
    assert listed.count("you can answer") == 1


async def test_show_draws_the_card_by_number_and_id(house: House) -> None:
    request = await house.ask()

    for which in (f"{request.number}", f"#{request.number}", request.id):
        assert "[Approve] [Reject …] [Details] [⋯ Ask a question … | I'm looking]" in await typed(
            house, f"show {which}"
        )


async def test_approve_counts(house: House) -> None:
    request = await house.ask()

    said = await typed(house, f'approve #{request.number} "looks right"')

    assert "with that it is approved" in said
    (review,) = (await house.now(request)).reviews
    assert review.reason == "looks right"


async def test_reject_counts_with_a_reason_and_asks_for_one_without(house: House) -> None:
    request = await house.ask()

    without = await typed(house, f"reject {request.number}")
    assert await house.state(request) is State.PENDING
    said = await typed(house, f"reject {request.number} the refund test is red")

    assert "Like this:" in without
    assert "You rejected" in said
    assert await house.state(request) is State.REJECTED


async def test_one_of_two_rejections_says_that_it_stays_open_and_not_that_anybody_was_told(house: House) -> None:
    request = await house.ask(a_ruling(stages=[a_stage("qa", reject_quorum=2)]))

    said = await typed(house, f"reject {request.number} the refund test is red")

    assert "stays open until somebody else answers too" in said
    assert "told why" not in said
    assert await house.state(request) is State.PENDING


async def test_one_of_two_approvals_says_that_it_waits_for_somebody_else(house: House) -> None:
    request = await house.ask(a_ruling(2, require_reason=RequireReason.NEVER))

    assert "waits for somebody else" in await typed(house, f"approve {request.number}")


@pytest.mark.parametrize(
    ("user", "why"), [(ANA_ID, "asked for this yourself"), (GUS_ID, "Guests"), (EVE_ID, "other workspaces")]
)
async def test_whoever_may_not_reads_why_and_is_not_whispered_to_as_well(house: House, user: str, why: str) -> None:
    request = await house.ask()

    said = await typed(house, f"approve {request.number}", user)

    assert why in said
    assert await house.state(request) is State.PENDING
    assert await house.whispers() == []
    assert (await house.log(request))[-1] == "request.refused"


@pytest.mark.parametrize("text", ["list", "show 1"])
@pytest.mark.parametrize("user", [GUS_ID, EVE_ID])
async def test_only_members_may_look_around(house: House, text: str, user: str) -> None:
    await house.ask(subject=a_subject(title="Secret launch"))

    assert "Secret launch" not in await typed(house, text, user)


@pytest.mark.parametrize(
    ("text", "hint"), [("aprove 1", "Did you mean"), ("show 99", "There is no request 99"), ("show", "Which request?")]
)
async def test_what_is_not_understood_is_answered_with_what_would_be(house: House, text: str, hint: str) -> None:
    assert hint in await typed(house, text)
