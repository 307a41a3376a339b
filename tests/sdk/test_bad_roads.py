"""Through cuts of the network and deaths of the bot it is one request, and the answer that people gave."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from bot.sandbox import Workspace, create_app
from tests.fakes.slack import CONFIG, served
from tests.journeys.living import BO, PAYMENTS, TOKEN, Front, Home, Pipeline, at_home, free_port, settings_for
from tests.journeys.test_killed import Life
from tests.sdk.badroad import bad_road
from tests.sdk.running import DEPLOY, run, start

RED = ("request", "--wait", *DEPLOY, "--report=red.xml")


@pytest.fixture
def build(tmp_path: Path) -> Path:
    folder = tmp_path / "job"
    folder.mkdir()
    report = (
        '<testsuite name="a" tests="1" failures="1"><testcase name="b"><failure message="c"/></testcase></testsuite>'
    )
    (folder / "red.xml").write_text(report, encoding="utf-8")
    return folder


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with at_home(tmp_path) as living:
        yield living


async def approved(front: Front) -> None:
    card = await front.card_saying("jit_approve")
    assert (await front.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")).complaint is None


async def how_many(front: Front) -> int:
    path, headers = f"{front.url}/v1/requests", {"Authorization": f"Bearer {TOKEN}"}
    async with front.http.get(path, headers=headers) as answer:
        return len((await answer.json())["items"])


async def test_an_ask_whose_answers_are_lost_is_asked_once(home: Home, build: Path) -> None:
    async with bad_road(home.url) as road:
        road.cut_before, road.cut_after = 1, 2
        gate = await start(*RED, url=road.url, cwd=build)
        await gate.until("waits for an answer")
        await approved(home)
        ended = await gate.end()

    assert (ended.code, ended.out) == (0, "approved\n")
    assert ended.err.count("Trying again") >= 3
    assert road.passed >= 4
    assert await how_many(home) == 1
    assert len(home.slack.messages(PAYMENTS)) == 1


async def test_a_wait_that_is_cut_goes_on_and_hears_what_was_answered_meanwhile(home: Home, build: Path) -> None:
    async with bad_road(home.url) as road:
        gate = await start(*RED, url=road.url, cwd=build)
        await gate.until("waits for an answer")
        await road.until_passed(3)  # the ask, the first look, and the one that waits
        road.cut()
        await gate.until("Trying again")
        await road.close()
        await approved(home)
        await gate.until("Trying again")
        await road.reopen()
        ended = await gate.end()

    assert (ended.code, ended.out) == (0, "approved\n")


async def test_a_network_that_stays_away_is_exit_3_and_the_time_for_it_begins_anew_each_time(
    home: Home, build: Path
) -> None:
    async with bad_road(home.url) as road:
        gate = await start(*RED, "--retry-for=3s", url=road.url, cwd=build)
        await gate.until("waits for an answer")
        await road.close()
        ended = await gate.end(seconds=30)

    assert (ended.code, ended.out) == (3, "")
    assert "can't be reached" in ended.err.splitlines()[-1]


async def test_a_cancellation_whose_answer_is_lost_is_one(home: Home) -> None:
    asked = await run("request", *DEPLOY, url=home.url)
    async with bad_road(home.url) as road:
        road.cut_after = 1
        ended = await run("cancel", asked.out.strip(), url=road.url)

    assert (ended.code, ended.out) == (0, "cancelled\n")


@pytest.mark.slow
async def test_a_bot_that_is_killed_while_it_waits_and_started_again_is_heard(tmp_path: Path, build: Path) -> None:
    async with AsyncExitStack() as stack:
        port, life = free_port(), Life()
        slack = Workspace(CONFIG, lambda: datetime.now(UTC))
        slack.served_at(await stack.enter_async_context(served(create_app(slack))))
        slack.point_at(f"http://127.0.0.1:{port}/slack/events")
        life.settings = settings_for(tmp_path, port, slack)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        front = Front(url=life.settings.public_url, slack=slack, pipeline=Pipeline(), http=http)
        await life.begin(front)
        stack.callback(life.end, "the test is over")
        gate = await start(*RED, url=front.url, cwd=build)
        await gate.until("waits for an answer")
        await front.card_saying("jit_approve")

        life.end("it waits")
        await gate.until("Trying again")
        assert life.process is not None
        await life.process.wait()
        await asyncio.sleep(0.5)
        await life.begin(front)
        await approved(front)

        ended = await gate.end()
        assert (ended.code, ended.out) == (0, "approved\n")
        assert await how_many(front) == 1
        life.end("the test is over")
        await life.process.wait()
