"""A house that can't write anything down: no tick, and the truth about whether it counted."""

import pytest

from bot.core.request import State
from bot.store import CommitUnknown, Store
from tests.handlers.slack.house import House

BO = "U0BO00000"


def store_of(house: House) -> Store:
    return house.desk._store  # pyright: ignore[reportPrivateUsage] - to break what stands behind the desk


def break_after_commit(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    link = store_of(house)._tools.link  # pyright: ignore[reportPrivateUsage] - to break it at the worst moment
    commit = link.commit

    def commit_and_break() -> None:
        commit()
        raise CommitUnknown("the database connection broke during a commit")

    monkeypatch.setattr(link, "commit", commit_and_break)


async def test_a_click_into_a_closed_store_gets_no_tick_and_hears_that_it_did_not_count(house: House) -> None:
    ts = await house.card(await house.ask())
    await store_of(house).close()

    clicked = await house.workspace.click(user=BO, channel="C0APPROVE", ts=ts, action_id="jit_approve")

    assert clicked.ack is not None
    assert clicked.ack.status == 503
    assert clicked.complaint is not None
    (said,) = house.workspace.ephemerals(BO)
    assert "did not count" in said.text


async def test_a_click_whose_end_is_unknown_gets_no_tick_and_counts_once_when_it_comes_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await house.ask()
    ts = await house.card(request)
    with monkeypatch.context() as patch:
        break_after_commit(house, patch)
        clicked = await house.workspace.click(user=BO, channel="C0APPROVE", ts=ts, action_id="jit_approve")
    await house.click(BO, ts)

    assert clicked.complaint is not None
    (said,) = house.workspace.ephemerals(BO)
    assert "isn't known" in said.text
    assert await house.state(request) is State.APPROVED
    assert (await house.log(request)).count("request.decided") == 1


async def test_a_dialog_into_a_closed_store_stays_open_with_what_was_typed(house: House) -> None:
    request = await house.ask()
    await house.click(BO, await house.card(request), "jit_reject")
    view = house.workspace.view(BO)
    assert view is not None
    await store_of(house).close()

    answer = await house.workspace.submit_view(BO, view.id, {"reason": "a long story"})

    assert "did not count" in answer.errors["reason"]
    assert answer.view is not None
    assert answer.view.id == view.id


@pytest.mark.parametrize("text", ["list", "show 1", "approve 1", "reject 1 because"])
async def test_a_command_into_a_closed_store_says_that_it_did_not_count(house: House, text: str) -> None:
    await house.ask()
    await store_of(house).close()

    answer = await house.workspace.command(BO, "C0APPROVE", "/jit", text)

    assert answer.said is not None
    assert "did not count" in answer.said.text
