"""`jit doctor --repair`: the running bot puts its cards right; without one it is written down, and goes out later."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr

from bot.app import House
from bot.cli.doctor.case import Case
from bot.cli.doctor.finding import Status
from bot.cli.doctor.repairing import Repair, repair
from bot.sandbox import Workspace
from bot.settings import Settings
from tests.cli.patient import utc_now
from tests.fakes.slack import running_workspace
from tests.journeys.living import PAYMENTS, Front, Pipeline, at_home, free_port, lived_in, settings_for


@pytest.fixture
async def slack() -> AsyncGenerator[Workspace]:
    async with running_workspace(request_url="http://127.0.0.1:9/slack/events") as slack:
        yield slack


@pytest.fixture
def settings(tmp_path: Path, database_url: str, slack: Workspace) -> Settings:
    return settings_for(tmp_path, free_port(), slack, database_url)


async def repaired(settings: Settings) -> Repair:
    return await asyncio.to_thread(repair, Case(settings=settings, clock=utc_now))


async def asked_once(settings: Settings, slack: Workspace) -> None:
    """Live in the house until a card stands in the channel and nothing else is on its way."""
    async with lived_in(settings) as house, ClientSession() as http:
        await Front(url=settings.public_url, slack=slack, pipeline=Pipeline(), http=http).ask()
        await slack.until(lambda: slack.messages(PAYMENTS))
        await delivered(house)


async def delivered(house: House) -> None:
    async with asyncio.timeout(10):
        while await house.store.read(lambda snapshot: snapshot.outbox_depth()):  # noqa: ASYNC110 - a state, not an event
            await asyncio.sleep(0.02)


def cards(slack: Workspace) -> int:
    return len([one for one in slack.messages(PAYMENTS) if not one.is_reply])


async def test_the_running_bot_does_it_and_says_what_it_found(tmp_path: Path, database_url: str) -> None:
    async with at_home(tmp_path, {"database_url": database_url}) as home:
        await home.ask()
        card = await home.card()
        await delivered(home.house)
        home.slack.state.remove(card)
        came = await repaired(home.settings)
        again = await home.card()
        healthy = await repaired(home.settings)

    assert came.finding.status is Status.OK
    assert came.done is not None
    assert (came.done["looked"], came.done["broken"]) == (1, {"deleted": 1})
    assert healthy.done is not None
    assert healthy.done["broken"] == {}
    assert again.ts != card.ts


async def test_without_a_bot_it_is_written_down_and_goes_out_when_one_starts(
    settings: Settings, slack: Workspace
) -> None:
    await asked_once(settings, slack)
    slack.state.remove(slack.messages(PAYMENTS)[-1])
    came, twice = await repaired(settings), await repaired(settings)
    before = cards(slack)
    async with lived_in(settings):
        await slack.until(lambda: cards(slack))

    assert came.finding.status is Status.WARN
    assert "jit serve" in (came.finding.remedy or "")
    assert "1 deleted" in came.finding.says
    assert came.done is not None
    assert twice.done is not None
    assert (came.done["broken"], twice.done["broken"]) == ({"deleted": 1}, {})
    assert (before, cards(slack)) == (0, 1)


async def test_a_bot_that_could_not_be_found_keeps_its_file_to_itself(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        came = await repaired(home.settings.model_copy(update={"port": 9}))

    assert came.finding.status is Status.FAIL
    assert "another bot is running on this database" in came.finding.says


async def test_nothing_is_made_or_upgraded_for_a_repair(settings: Settings) -> None:
    keyless = await repaired(settings.model_copy(update={"slack_bot_token": None}))
    missing = await repaired(settings)
    stranger = await repaired(settings.model_copy(update={"port": 9, "secret_key": SecretStr("k" * 40)}))

    for came in (keyless, missing, stranger):
        assert came.done is None
        assert came.finding.status is Status.FAIL
