"""A whole house that lives for one test: the bot, a local Slack, and a pipeline that asks and hears the answer."""

import asyncio
import base64
import random
import socket
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from aiohttp import web
from pydantic import SecretStr
from standardwebhooks.webhooks import Webhook

from bot.app import House, build
from bot.sandbox import Workspace
from bot.sandbox.gestures import Interaction
from bot.sandbox.history import Message
from bot.settings import Settings
from handlers.slack import EVENTS
from tests.fakes import github
from tests.fakes.slack import BOT_TOKEN, CONFIG, SIGNING_SECRET, running_workspace, served

TOKEN = "the-token-of-ci-in-tests"
CALLBACK_SECRET = "whsec_" + base64.b64encode(b"the callback secret of the tests").decode()
SECRETS = {  # as the tests' own policy calls them, and as the example's does
    "TEST_CI_TOKEN": TOKEN,
    "TEST_CI_SECRET": CALLBACK_SECRET,
    "JIT_CI_TOKEN": TOKEN,
    "JIT_CI_SECRET": CALLBACK_SECRET,
    "TEST_GITHUB_SECRET": github.SECRET,
}
SECRET_KEY = "a secret key for tests that is long enough"

ANA, BO, CHEN, DIA = "U0ANA0000", "U0BO00000", "U0CHEN000", "U0DIA0000"
GUS, EVE, OLD = "U0GUS0000", "U0EVE0000", "U0OLD0000"
APPROVALS, PAYMENTS = "C0APPROVE", "C0PAYMENT"

POLICY = """\
version: 1
defaults: {channel: "#approvals", timeout: 1h}
sources:
  ci: {kind: generic, token_env: TEST_CI_TOKEN, signing_secret_env: TEST_CI_SECRET, callback_hosts: [127.0.0.1]}
people:
  ana: {email: ana@acme.test, slack: U0ANA0000, github: ana}
  bo: {email: bo@acme.test, slack: U0BO00000}
  chen: {email: chen@acme.test, slack: U0CHEN000}
groups:
  qa: {users: [ana, bo, chen, gus@acme.test, eve@other.test]}
rules:
  - name: green staging
    when: request.environment == "staging" && tests.total > 0 && tests.failed == 0
    then: auto_approve
  - name: red gate in production
    when: request.environment == "production" && tests.failed > 0
    then: require_approval
    route: {channel: "#payments-releases"}
    stages: [{name: qa, approvers: [qa], quorum: 1}]
    forbid: [requester, authors]
  - name: two for the database
    when: request.action == "migrate"
    then: require_approval
    stages: [{name: qa, approvers: [qa], quorum: 2}]
"""


@dataclass(slots=True)
class Pipeline:
    """The caller: what it heard back. Its receiver verifies every signature, and refuses what is not signed right."""

    url: str = ""
    heard: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    deliveries: list[tuple[str, bytes]] = field(default_factory=list[tuple[str, bytes]])
    bad: list[str] = field(default_factory=list[str])
    failures_first: int = 0
    gone_first: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, count: int, seconds: float = 5) -> None:
        """Return when something was delivered *count* times, successfully or not."""
        async with asyncio.timeout(seconds):
            while len(self.deliveries) < count:
                self.came.clear()
                await self.came.wait()

    def application(self) -> web.Application:
        """Return the receiver."""
        app = web.Application()
        app.router.add_post("/answers", self._hear)
        return app

    async def _hear(self, request: web.Request) -> web.Response:
        body = await request.read()
        try:
            Webhook(CALLBACK_SECRET).verify(body, dict(request.headers))
        except Exception as error:  # noqa: BLE001 - whatever it is, the test shall see it
            self.bad.append(repr(error))
            return web.Response(status=401)
        self.deliveries.append((request.headers["webhook-id"], body))
        self.came.set()
        if self.gone_first > 0:
            self.gone_first -= 1
            return web.Response(status=410)
        if self.failures_first > 0:
            self.failures_first -= 1
            return web.Response(status=503, headers={"Retry-After": "0"})
        self.heard.append(orjson.loads(body))
        return web.Response(status=204)


@dataclass(slots=True, kw_only=True)
class Front:
    """A house as one sees it from outside. ``url`` is the bot's."""

    url: str
    slack: Workspace
    pipeline: Pipeline
    http: aiohttp.ClientSession

    async def ask(self, key: str | None = None, /, **fields: object) -> dict[str, Any]:
        """Ask as the pipeline, for a deploy to production with two failed tests unless *fields* say otherwise."""
        headers = {"Authorization": f"Bearer {TOKEN}"} | ({"Idempotency-Key": key} if key else {})
        async with self.http.post(f"{self.url}/v1/requests", json=a_body(**fields), headers=headers) as answer:
            assert answer.status in {200, 201}, await answer.text()
            return await answer.json()

    async def show(self, request_id: str, wait: int = 0) -> dict[str, Any]:
        """Look as the pipeline, waiting up to *wait* seconds for the end."""
        path = f"{self.url}/v1/requests/{request_id}?wait={wait}"
        async with self.http.get(path, headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def events(self, request_id: str) -> list[str]:
        """Return the names of everything the log holds about a request."""
        path = f"{self.url}/v1/requests/{request_id}/events"
        async with self.http.get(path, headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
            return [entry["event"] for entry in (await answer.json())["items"]]

    async def card(self, channel: str = PAYMENTS) -> Message:
        """Return the newest card in *channel*, as soon as there is one."""
        return (await self.slack.until(lambda: self.slack.messages(channel)))[-1]

    async def choose(self, user: str, card: Message, option: str) -> Interaction:
        """Choose in the menu of a card."""
        return await self.slack.choose(user=user, channel=card.channel, ts=card.ts, action_id="jit_more", option=option)

    async def card_saying(self, text: str, channel: str = PAYMENTS) -> Message:
        """Return the newest card in *channel* as soon as it says *text*."""

        def look() -> Message | None:
            cards = self.slack.messages(channel)
            return cards[-1] if cards and text in words_of(cards[-1]) else None

        found = await self.slack.until(look)
        assert found is not None
        return found

    async def heard(self, count: int = 1) -> list[dict[str, Any]]:
        """Return the pipeline's callbacks as soon as there are *count*."""
        await self.pipeline.until(count)
        return self.pipeline.heard


@dataclass(slots=True, kw_only=True)
class Home(Front):
    """A house in this process: everything a journey touches."""

    house: House
    settings: Settings


def a_body(**fields: object) -> dict[str, object]:
    """Return what the pipeline asks; a field that is None is left out."""
    failures = [
        {"id": "tests.api.test_pay::test_refund", "message": "expected 201, got 500"},
        {"id": "tests.api.test_pay::test_capture", "message": "timed out"},
    ]
    body: dict[str, object] = {
        "title": "Deploy payments 1.42.0",
        "action": "deploy",
        "service": "payments",
        "environment": "production",
        "commit": "9fceb02d0ae598e95dc970b74767f19372d61af8",
        "requester": {"email": "ana@acme.test"},
        "tests": {"total": 120, "failed": 2, "failures": failures},
    }
    return {name: value for name, value in (body | fields).items() if value is not None}


def words_of(message: Message) -> str:
    """Return everything a message says, as one text to look into."""
    return message.text + orjson.dumps(list(message.blocks)).decode()


def free_port() -> int:
    """Return a port nobody listens on, below those that a system gives to whoever connects somewhere."""
    for port in random.sample(range(20_000, 32_000), 100):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("a hundred ports are taken")


def settings_for(folder: Path, port: int, slack: Workspace, database_url: str | None = None) -> Settings:
    """Return the settings of a house in *folder* that talks with *slack*."""
    policy = folder / "policy.yaml"
    if not policy.exists():
        policy.write_text(POLICY, encoding="utf-8")
    return Settings(
        host="127.0.0.1",
        port=port,
        public_url=f"http://127.0.0.1:{port}",
        database_url=database_url or f"sqlite:///{folder / 'jit.db'}",
        policy_file=policy,
        secret_key=SecretStr(SECRET_KEY),
        slack_bot_token=SecretStr(BOT_TOKEN),
        slack_signing_secret=SecretStr(SIGNING_SECRET),
        slack_api_url=f"{slack.config.base_url}/api/",
        slack_pace=50,
        calendar_copies=folder / "calendars",
    ).with_secrets(SECRETS)


@asynccontextmanager
async def at_home(
    folder: Path, env: Mapping[str, str] | None = None, *, pace: float | None = None
) -> AsyncGenerator[Home]:
    """Start everything, and stop it at the end. ``env`` may name a ``database_url``.

    With a *pace* that many messages a second go into a channel, and the workspace takes no more.
    """
    async with AsyncExitStack() as stack:
        port = free_port()
        config = replace(CONFIG, messages_per_second=pace)
        slack = await stack.enter_async_context(
            running_workspace(config, request_url=f"http://127.0.0.1:{port}/slack/events")
        )
        pipeline = Pipeline()
        pipeline.url = f"{await stack.enter_async_context(served(pipeline.application()))}/answers"
        settings = settings_for(folder, port, slack, (env or {}).get("database_url"))
        settings = settings.model_copy(update={"slack_pace": pace or settings.slack_pace})
        house = await stack.enter_async_context(lived_in(settings))
        http = await stack.enter_async_context(aiohttp.ClientSession())
        yield Home(url=settings.public_url, house=house, settings=settings, slack=slack, pipeline=pipeline, http=http)


@asynccontextmanager
async def listening(home: Home) -> AsyncGenerator[None]:
    """Let the house hear of everything that its manifest subscribes to, and of nothing more once it is to stop."""
    home.slack.state.config = replace(home.slack.config, events=EVENTS)
    try:
        yield
    finally:
        home.slack.state.config = replace(home.slack.config, events=frozenset())
        await home.slack.quiet()


@asynccontextmanager
async def lived_in(settings: Settings) -> AsyncGenerator[House]:
    """Start the bot alone, and stop it at the end."""
    house = build(settings)
    await house.start()
    try:
        yield house
    finally:
        await house.stop()
