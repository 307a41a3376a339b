"""What everybody may see, when somebody asks for that: what lasts, and nothing that is only one person's."""

import pytest

from bot.core.ruling import Ruling
from tests.factories import BO, a_ruling, a_stage
from tests.handlers.slack.house import House
from tests.handlers.slack.jit.test_command import BO_ID, EVE_ID, GUS_ID, typed
from tests.handlers.slack.test_shared_channels import share
from tests.slack.validating import read_aloud

HERE = "C0APPROVE"


async def everybody_reads(house: House, text: str, user: str = BO_ID) -> str:
    """Type /jit, and return what then stands in the channel."""
    before = len(house.workspace.messages(HERE))
    answer = await house.workspace.command(user, HERE, "/jit", text)
    assert answer.complaint is None, answer
    (said,) = house.workspace.messages(HERE)[before:]
    assert said.only_for is None
    return read_aloud(list(said.blocks))


def for_bo() -> Ruling:
    return a_ruling(stages=[a_stage("qa", approvers=[BO])])


async def test_a_list_in_public_stands_in_the_channel_and_speaks_to_nobody(house: House) -> None:
    request = await house.ask(for_bo())

    alone, public = await typed(house, "list"), await everybody_reads(house, "list in public")

    assert "you can answer" in alone
    assert "you" not in public
    assert f"#{request.number}" in public


@pytest.mark.parametrize("text", ["list channel", "on-call", "stats", "stats 12h"])
async def test_what_else_can_be_public_says_the_same(house: House, text: str) -> None:
    await house.ask()

    assert await everybody_reads(house, f"{text} in public") == await typed(house, text)


@pytest.mark.parametrize("text", ["show 1 in public", "audit 1 in public", "whoami in public", "list mine in public"])
async def test_everything_else_stays_with_whoever_asked(house: House, text: str) -> None:
    await house.ask()

    await typed(house, text)

    assert house.workspace.messages(HERE) == ()


@pytest.mark.parametrize("user", [GUS_ID, EVE_ID])
@pytest.mark.parametrize("text", ["list in public", "stats in public", "on-call in public", "stats soon in public"])
async def test_a_refusal_is_nobody_else_s_business(house: House, text: str, user: str) -> None:
    await typed(house, text, user)

    assert house.workspace.messages(HERE) == ()


@pytest.mark.parametrize("text", ["list in public", "list channel in public", "on-call in public", "stats in public"])
async def test_nothing_is_shown_where_people_of_other_workspaces_read(house: House, text: str) -> None:
    request = await house.ask()
    share(house)

    said = await typed(house, text)

    assert "Without “in public” only you see the answer" in said
    assert f"#{request.number}" not in said
    assert house.workspace.messages(HERE) == ()
    assert [one["by"] for one in await house.refused()] == ["bo"]
