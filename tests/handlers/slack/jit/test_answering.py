import pytest

from bot.core.request import State
from bot.core.ruling import Category
from bot.sandbox.history import Message
from handlers.slack.jit.answering import read_category
from tests.handlers.slack.house import House

BO = "U0BO00000"


@pytest.mark.parametrize(
    ("words", "category", "reason"),
    [
        ("flaky: passes alone", Category.FLAKY, "passes alone"),
        ("Product bug: the refund is wrong", Category.PRODUCT_BUG, "the refund is wrong"),
        ("test-bug : it waits too short", Category.TEST_BUG, "it waits too short"),
        ("test_bug: “it waits too short”", Category.TEST_BUG, "it waits too short"),
        ("risk:", Category.RISK, ""),
        ("flaky", None, "flaky"),
        ("because: it is red", None, "because: it is red"),
        ("the data: is old", None, "the data: is old"),
        ("", None, ""),
    ],
)
def test_the_category_stands_before_the_colon_and_everything_else_is_the_reason(
    words: str, category: Category | None, reason: str
) -> None:
    assert read_category(words) == (category, reason)


async def test_a_typed_rejection_is_recorded_in_its_category(house: House) -> None:
    request = await house.ask()

    await house.workspace.command(BO, "C0APPROVE", "/jit", f"reject {request.number} product bug: the refund is wrong")

    ended = await house.now(request)
    assert ended.state is State.REJECTED
    assert ended.decision
    assert (ended.decision.category, ended.decision.reason) == ("product_bug", "the refund is wrong")
    assert [entry["detail"]["category"] for entry in (await house.entries(request))[1:]] == ["product_bug"] * 2


async def test_a_category_is_no_reason(house: House) -> None:
    request = await house.ask()

    said = await house.workspace.command(BO, "C0APPROVE", "/jit", f"reject {request.number} flaky:")

    assert isinstance(said.said, Message)
    assert "Like this:" in said.said.text
    assert await house.state(request) is State.PENDING
