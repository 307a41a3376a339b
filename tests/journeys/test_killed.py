"""The whole house as a real process, killed where it hurts: what was answered is there, and nothing happens twice."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, Process, create_subprocess_exec
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from bot.sandbox import Workspace, create_app
from bot.settings import Settings
from tests.fakes.slack import BOT_TOKEN, CONFIG, SIGNING_SECRET, served
from tests.journeys.living import (
    APPROVALS,
    BO,
    CALLBACK_SECRET,
    PAYMENTS,
    POLICY,
    SECRET_KEY,
    TOKEN,
    Front,
    Pipeline,
    free_port,
    settings_for,
    words_of,
)

ROOT = Path(__file__).parent.parent.parent

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def environment_of(settings: Settings) -> Mapping[str, str]:
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "JIT_PORT": str(settings.port),
        "JIT_PUBLIC_URL": settings.public_url,
        "JIT_DATABASE_URL": settings.database_url,
        "JIT_POLICY_FILE": str(settings.policy_file),
        "JIT_SECRET_KEY": SECRET_KEY,
        "JIT_SLACK_PACE": str(settings.slack_pace),
        "SLACK_API_URL": settings.slack_api_url,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "TEST_CI_TOKEN": TOKEN,
        "TEST_CI_SECRET": CALLBACK_SECRET,
    }


@dataclass(slots=True)
class Life:
    """The bot's process, ended by SIGKILL alone; ``deadly`` are the calls after which it dies, unanswered."""

    settings: Settings | None = None
    process: Process | None = None
    deadly: set[str] = field(default_factory=set[str])
    deaths: list[str] = field(default_factory=list[str])

    async def jit(self, *words: str) -> Process:
        """Start a command in the folder of the house."""
        assert self.settings is not None
        command = (sys.executable, "-P", "-m", "bot", *words)
        folder, environment = self.settings.policy_file.parent, environment_of(self.settings)
        return await create_subprocess_exec(*command, cwd=folder, env=environment, stdout=DEVNULL, stderr=DEVNULL)

    async def begin(self, front: Front) -> None:
        """Start the bot, and return as soon as it is open, or killed before that."""
        self.process = await self.jit("serve")
        while self.process.returncode is None:
            try:
                async with front.http.get(f"{front.url}/healthz") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientConnectionError:
                await asyncio.sleep(0.02)
        assert self.process.returncode == -signal.SIGKILL, "it ended by itself"

    def end(self, why: str) -> None:
        """Kill it, where it stands."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
            self.deaths.append(why)

    async def again_and_again_until(self, front: Front, done: Callable[[], Awaitable[bool]]) -> None:
        """Start it whenever it is dead, until something has happened."""
        while True:
            if self.process is None or self.process.returncode is not None:
                await self.begin(front)
            with suppress(aiohttp.ClientConnectionError):
                if await done():
                    return
            await asyncio.sleep(0.02)

    async def died_of(self, call: str) -> bool:
        """Tell whether this call has been its death."""
        return call in self.deaths

    def killing(self, app: web.Application) -> web.Application:
        """Have each deadly call carried out, once, with nobody left to hear the answer."""

        @web.middleware
        async def kill_after(request: web.Request, handler: Handler) -> web.StreamResponse:
            answer = await handler(request)
            call = request.path.rpartition("/")[2]
            good = isinstance(answer, web.Response) and '"ok":true' in (answer.text or "").replace(" ", "")
            for death in self.deadly & {call, f"{call} that worked" if good else call}:
                self.deadly.remove(death)
                self.end(death)
            return answer

        app.middlewares.append(kill_after)
        return app


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str | None:
    return None if request.param == "sqlite" else request.getfixturevalue("postgres_url")


@pytest.fixture
async def house(tmp_path: Path, database_url: str | None) -> AsyncGenerator[tuple[Front, Life]]:
    async with AsyncExitStack() as stack:
        port, life = free_port(), Life()
        slack = Workspace(CONFIG, lambda: datetime.now(UTC))
        slack.served_at(await stack.enter_async_context(served(life.killing(create_app(slack)))))
        slack.point_at(f"http://127.0.0.1:{port}/slack/events")
        pipeline = Pipeline()
        pipeline.url = f"{await stack.enter_async_context(served(life.killing(pipeline.application())))}/answers"
        life.settings = settings_for(tmp_path, port, slack, database_url)
        http = await stack.enter_async_context(aiohttp.ClientSession())
        front = Front(url=life.settings.public_url, slack=slack, pipeline=pipeline, http=http)
        await life.begin(front)
        yield front, life
        life.end("the test is over")
        assert life.process is not None
        await life.process.wait()


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_killed_at_every_step_it_is_one_request_one_card_one_answer(house: tuple[Front, Life]) -> None:
    front, life = house
    life.deadly = {"chat.postMessage", "answers"}

    asked = await front.ask("run-1", callback_url=front.pipeline.url)
    life.end("asked")
    # The card comes to Slack, and nobody hears Slack's answer.
    await life.again_and_again_until(front, partial(life.died_of, "chat.postMessage"))
    await life.again_and_again_until(front, partial(_is_posted, front, asked["id"]))
    (card,) = front.slack.messages(PAYMENTS)
    clicked = await front.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")
    life.end("clicked")
    # The pipeline hears the answer, and nobody hears that it did.
    await life.again_and_again_until(front, partial(life.died_of, "answers"))
    await life.again_and_again_until(front, partial(_is_heard, front, asked["id"]))

    assert clicked.complaint is None
    ended = await front.show(asked["id"])
    assert (ended["state"], ended["decision"]["by"]["person"]) == ("approved", "bo")
    assert (await front.ask("run-1", callback_url=front.pipeline.url))["id"] == asked["id"]
    await front.card_saying("pproved")
    events = await front.events(asked["id"])
    assert [events.count(f"request.{what}") for what in ("submitted", "reviewed", "decided")] == [1, 1, 1]
    assert events.count("card.posted") == 1
    assert [one for one in front.slack.messages(PAYMENTS) if "jit_approve" in words_of(one)] == []
    assert len(front.slack.messages(PAYMENTS)) == 1
    assert len(front.pipeline.deliveries) > len(set(front.pipeline.deliveries)) == 1
    assert front.pipeline.bad == []
    assert {"asked", "chat.postMessage", "answers"} <= set(life.deaths)
    assert await (await life.jit("audit", "verify")).wait() == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_killed_on_its_way_round_a_closed_channel_it_is_one_card_all_the_same(house: tuple[Front, Life]) -> None:
    front, life = house
    roster = front.slack.state.roster
    roster.put_channel(replace(roster.channel(PAYMENTS), is_archived=True))
    life.deadly = {"chat.postMessage", "chat.postMessage that worked"}

    asked = await front.ask("run-1")
    # First nobody hears that the channel is archived, then nobody hears that the card stands elsewhere.
    await life.again_and_again_until(front, partial(life.died_of, "chat.postMessage that worked"))
    await life.again_and_again_until(front, partial(_is_posted, front, asked["id"]))

    (card,) = front.slack.messages(APPROVALS)
    assert "can't be used" in words_of(card)
    assert {"chat.postMessage", "chat.postMessage that worked"} <= set(life.deaths)
    assert (await front.events(asked["id"])).count("card.posted") == 1
    assert await (await life.jit("audit", "verify")).wait() == 0


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_killed_in_the_middle_of_a_repair_it_is_one_card_all_the_same(house: tuple[Front, Life]) -> None:
    front, life = house
    asked = await front.ask("run-1")
    await life.again_and_again_until(front, partial(_is_posted, front, asked["id"]))
    (card,) = front.slack.messages(PAYMENTS)
    front.slack.state.remove(card)
    # First nobody hears that the card is not there, then nobody hears that it stands there again.
    life.deadly = {"conversations.history", "chat.postMessage that worked"}

    await life.again_and_again_until(front, partial(_is_repaired, front, life, asked["id"]))

    events = await front.events(asked["id"])
    assert {"conversations.history", "chat.postMessage that worked"} <= set(life.deaths)
    assert (events.count("card.posted"), events.count("card.deleted")) == (2, 1)
    assert len(front.slack.messages(PAYMENTS)) == 1
    assert await (await life.jit("audit", "verify")).wait() == 0


async def _is_repaired(front: Front, life: Life, request_id: str) -> bool:
    """Ask for a repair, and tell whether one has come to its end."""
    if life.deadly:
        await (await life.jit("doctor", "--repair")).wait()
    return not life.deadly and (await front.events(request_id)).count("card.posted") > 1


async def _is_posted(front: Front, request_id: str) -> bool:
    return "card.posted" in await front.events(request_id)


async def _is_heard(front: Front, request_id: str) -> bool:
    return "callback.delivered" in await front.events(request_id)


WINDOW = 4


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_killed_while_an_answer_could_be_taken_back_it_is_released_once_and_after_that(
    house: tuple[Front, Life],
) -> None:
    front, life = house
    assert life.settings is not None
    held = POLICY.replace("forbid: [requester, authors]", f"undo_within: {WINDOW}s", 1)
    life.settings.policy_file.write_text(held, encoding="utf-8")
    life.end("it gets a window")
    await life.begin(front)
    asked = await front.ask(callback_url=front.pipeline.url)
    await front.card_saying("jit_approve")
    (card,) = front.slack.messages(PAYMENTS)
    await front.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")
    life.end("settled")
    assert life.process is not None
    await life.process.wait()
    await asyncio.sleep(WINDOW)
    assert front.pipeline.deliveries == []

    await life.begin(front)

    ended = await front.show(asked["id"], wait=10)
    assert ended["state"] == "approved"
    await front.pipeline.until(1)
    assert ended["decision"]["at"] > ended["reviews"][0]["at"]
    events = await front.events(asked["id"])
    assert [events.count(f"request.{what}") for what in ("submitted", "reviewed", "decided")] == [1, 1, 1]
    assert await (await life.jit("audit", "verify")).wait() == 0
    assert len(front.pipeline.deliveries) == 1
