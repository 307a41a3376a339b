import pytest

from bot.core.request import State
from bot.core.ruling import Category, Demands, RequireReason, Verdict
from bot.sandbox.history import Message
from handlers.slack.jit.answering import Words, read_words
from tests.factories import a_ruling
from tests.handlers.slack.house import House

BO = "U0BO00000"


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("flaky: passes alone", Words(category=Category.FLAKY, reason="passes alone")),
        ("Product bug: the refund is wrong", Words(category=Category.PRODUCT_BUG, reason="the refund is wrong")),
        ("test-bug : it waits too short", Words(category=Category.TEST_BUG, reason="it waits too short")),
        ("test_bug: “it waits too short”", Words(category=Category.TEST_BUG, reason="it waits too short")),
        ("risk:", Words(category=Category.RISK)),
        ("flaky", Words(reason="flaky")),
        ("because: it is red", Words(reason="because: it is red")),
        ("the data: is old", Words(reason="the data: is old")),
        ("red if: it is monday", Words(reason="red if: it is monday")),
        ("", Words()),
    ],
)
def test_the_category_stands_before_the_colon_and_everything_else_is_the_reason(typed: str, words: Words) -> None:
    assert read_words(typed, Verdict.REJECT) == words


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("if: max 10 %", Words(condition="max 10 %")),
        ("In: production", Words(environment="production")),
        ("fine if: “max  10 %”   in:production", Words(reason="fine", condition="max 10 %", environment="production")),
        (
            "risk: one tenant in: eu if: it stays",
            Words(category=Category.RISK, reason="one tenant", condition="it stays", environment="eu"),
        ),
        ("“looks fine” in: production", Words(reason="looks fine", environment="production")),
        ("what if it breaks", Words(reason="what if it breaks")),
        ("if:", Words()),
    ],
)
def test_a_yes_may_name_a_condition_and_the_environment(typed: str, words: Words) -> None:
    assert read_words(typed, Verdict.APPROVE) == words


async def test_what_a_typed_yes_lacks_is_said_until_nothing_does(house: House) -> None:
    demands = Demands(category=RequireReason.ON_APPROVE, condition=True, environment=True)
    request = await house.ask(a_ruling(demands=demands))

    async def typed(words: str) -> str:
        said = await house.workspace.command(BO, "C0APPROVE", "/jit", f"approve {request.number} {words}")
        assert isinstance(said.said, Message)
        return said.said.text

    assert "flaky: …" in await typed("")
    assert "if: max 10 %" in await typed("risk: fine")
    assert "in: the environment" in await typed("risk: fine if: max 10 %")
    assert "in: the environment" in await typed("risk: fine if: max 10 % in: staging")
    assert await house.state(request) is State.PENDING
    assert "with that it is approved" in await typed("risk: fine if: max 10 % in: production")
    settled = await house.now(request)
    assert settled.decision
    assert settled.decision.conditions == ("max 10 %",)


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
