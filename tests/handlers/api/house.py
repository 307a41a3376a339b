"""What every test of the API starts from: sources, their secrets, a policy, a served application."""

import base64
import hmac
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any

import aiohttp
from aiohttp import web
from prometheus_client import CollectorRegistry
from standardwebhooks.webhooks import Webhook
from uuid_utils.compat import uuid7

from bot.core.judging.budget import Limit
from bot.core.judging.facts import Facts
from bot.core.judging.freeze_windows import never_frozen
from bot.core.judging.policy import Policy, Rule
from bot.core.judging.source import Source
from bot.core.people.identity import People
from bot.core.request import RequestId
from bot.core.ruling import Handling, Verdict
from bot.store import RequestFilter, Store, StoreWiring
from bot.usecases.desk import Desk
from bot.usecases.past_runs import read_pasts
from bot.usecases.review import Click, review
from handlers.api import ApiWiring, Health, Meters, register
from handlers.door import ConnectionLimits, Credentials, SigningSecret, Token, make_runner
from tests.factories import BO, NOON, PEOPLE, POLICY_HASH, a_ruling, an_actor

PUBLIC_URL = "https://jit.acme.test"
TOKEN = "a token for ci"
OTHER_TOKEN = "a token for cd"
SECRET = "whsec_" + base64.b64encode(b"a secret of ci, thirty-two bytes").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"a secret of somebody else entirely").decode()
BEARER = {"Authorization": f"Bearer {TOKEN}"}
OTHER_BEARER = {"Authorization": f"Bearer {OTHER_TOKEN}"}
MINIMAL: Mapping[str, object] = {"title": "Deploy payments 1.42.0", "action": "deploy"}

FULL: Mapping[str, object] = {
    "title": "Deploy payments 1.42.0",
    "action": "deploy",
    "service": "payments",
    "environment": "production",
    "repository": "acme/payments",
    "ref": "refs/heads/main",
    "commit": "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "lane": "payments/production",
    "requester": {"email": "ana@acme.test", "slack_id": "U0ANA0000", "github": "ana"},
    "authors": [{"email": "bo@acme.test"}, {"github": "a-stranger"}],
    "reason": "hotfix for INC-77",
    "severity": "critical",
    "labels": ["hotfix"],
    "flags": {"manual_intervention": True},
    "parameters": {"version": "1.42.0", "strategy": "canary", "weights": [1, 10.5, None], "deep": {"er": True}},
    "tests": {
        "total": 120,
        "failed": 2,
        "skipped": 1,
        "failures": [
            {
                "id": "tests.api.test_pay::test_refund",
                "message": "expected 200, got 500",
                "detail": "Traceback …",
                "file": "tests/api/test_pay.py",
                "line": 7,
                "owner": "@acme/pay",
            }
        ],
    },
    "links": [{"label": "Pipeline", "url": "https://ci.acme.test/1?a=b#c"}],
    "callback_url": "https://ci.acme.test/hooks/jit",
    "timeout": "30m",
    "metadata": {"run": "1"},
}


@dataclass
class Clock:
    """A clock that stands still until it is moved."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, span: timedelta) -> None:
        self.now += span


def a_policy(**fields: Any) -> Policy:  # noqa: ANN401 - any field by its name
    """Two sources; staging is approved by itself, everything else asks."""
    ci = Source(
        name="ci",
        token_envs=("CI",),
        signing_secret_envs=("CI_SECRET",),
        callback_hosts=frozenset({"ci.acme.test", "127.0.0.1"}),
    )
    staging = Rule(
        name="green staging",
        when=_is_staging,
        terms=a_ruling(handling=Handling.AUTO_APPROVE, rule="green staging", channels=()),
    )
    known: dict[str, Any] = {
        "hash": POLICY_HASH,
        "default": a_ruling(),
        "rules": (staging,),
        "people": People(tuple(PEOPLE.values())),
        "sources": {"ci": ci, "cd": Source(name="cd", token_envs=("CD",))},
    }
    return Policy(**(known | fields))


def known_by(token: str | None = None, signing_secret: str | None = None, name: str = "CI") -> Credentials:
    """The credentials of a source with one secret of a kind, or none; the variables are called after *name*."""
    tokens = () if token is None else (Token(name=f"{name}_TOKEN", value=token),)
    signing = () if signing_secret is None else (SigningSecret(name=f"{name}_SECRET", value=signing_secret),)
    return Credentials(tokens=tokens, signing=signing)


def a_limited_policy(count: int) -> Policy:
    limit = Limit(count=count, per=timedelta(minutes=1))
    return a_policy(sources={"ci": Source(name="ci", token_envs=("CI",), limit=limit)})


def _is_staging(facts: Facts) -> bool:
    return facts.subject.environment == "staging"


def sign(body: bytes, now: datetime, message_id: str = "msg_1", secret: str = SECRET) -> dict[str, str]:
    """Return the headers of a signed call, made by the library that callers use."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(message_id, now, body.decode()),
    }


def sign_bytes(body: bytes, now: datetime, message_id: str = "msg_1") -> dict[str, str]:
    """Return the headers of a signed call whose body is no text, which the library can't sign."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    content = f"{message_id}.{int(now.timestamp())}.".encode() + body
    signature = base64.b64encode(hmac.digest(key, content, "sha256")).decode()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": f"v1,{signature}",
    }


@dataclass
class House:
    """The served API with its insides. ``policy`` and ``probes`` may be changed at any time."""

    store: Store
    desk: Desk
    clock: Clock
    client: aiohttp.ClientSession
    port: int
    runner: web.AppRunner
    policy: Policy
    probes: dict[str, Any] = field(default_factory=dict[str, Any])

    async def ask(self, body: Mapping[str, object] = MINIMAL, status: int = 201, **headers: str) -> dict[str, Any]:
        """Ask as ci; header names are given with underscores."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.post("/v1/requests", json=body, headers=BEARER | named) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json(content_type=None)

    async def post(self, body: bytes, headers: Mapping[str, str], path: str = "/v1/requests") -> "Answer":
        async with self.client.post(path, data=BytesIO(body), headers=headers, skip_auto_headers=_NO_TYPE) as answer:
            return await Answer.of(answer)

    async def get(self, path: str, headers: Mapping[str, str] = BEARER) -> "Answer":
        async with self.client.get(path, headers=headers) as answer:
            return await Answer.of(answer)

    async def review(self, request_id: str, verdict: Verdict = Verdict.APPROVE) -> None:
        """Let bo answer in Slack."""
        click = Click(request_id=RequestId(request_id), verdict=verdict, by=an_actor(BO), reason="seen")
        await self.desk.run(lambda tx, now: review(tx, click, never_frozen, now))

    async def is_empty(self) -> bool:
        """Tell whether nothing was ever written down."""
        head, page = await self.store.read(lambda s: (s.head(), s.requests(_ANY, None, 1)))
        return head.seq == 0 and not page.items


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    text: str

    @staticmethod
    async def of(answer: aiohttp.ClientResponse) -> "Answer":
        return Answer(status=answer.status, headers=answer.headers.copy(), text=await answer.text())

    @property
    def json(self) -> Any:  # noqa: ANN401 - what JSON holds
        return json.loads(self.text)

    @property
    def pointers(self) -> list[str]:
        """Where the problem says something is wrong."""
        return [error["pointer"] for error in self.json.get("errors", [])]

    def is_problem(self, status: int) -> bool:
        """Tell whether this is a well-formed problem document (RFC 9457) with that status."""
        problem = self.json
        return (
            self.status == status == problem["status"]
            and self.headers["Content-Type"].startswith("application/problem+json")
            and bool(problem["type"] and problem["title"] and problem["detail"])
        )


@asynccontextmanager
async def open_house(
    url: str,
    clock: Clock,
    limits: ConnectionLimits | None = None,
    more: Callable[[web.Application, ApiWiring], None] = lambda _app, _api: None,
    **wiring: Any,  # noqa: ANN401 - any field by its name
) -> AsyncGenerator[House]:
    """Serve the API, and *more*, on a free port of 127.0.0.1."""
    store = Store.open(
        url, wiring=StoreWiring(clock=clock, monotonic=lambda: 0.0, new_id=_new_id, replica="test", version="0")
    )
    await store.start()
    desk = Desk(store)
    houses: list[House] = []
    known: dict[str, Any] = {
        "desk": desk,
        "policy": lambda: houses[0].policy,
        "credentials": lambda: _CREDENTIALS,
        "public_url": PUBLIC_URL,
        "clock": clock,
        "new_id": _new_id,
        "version": "1.2.3",
        "meters": Meters(CollectorRegistry()),
        "probes": {},
        "pasts": partial(read_pasts, desk=desk),
    }
    api = ApiWiring(**(known | wiring))
    app = web.Application()
    register(app, api)
    more(app, api)
    runner = make_runner(app, limits or ConnectionLimits(), shutdown_seconds=5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    try:
        async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client:
            house = House(store, desk, clock, client, port, runner, a_policy(), known["probes"])
            houses.append(house)
            yield house
    finally:
        await runner.cleanup()
        await store.close()


async def healthy() -> Health:
    return Health(ok=True, detail="fine")


_ANY = RequestFilter()
_NO_TYPE = ("Content-Type",)
_CREDENTIALS = {"ci": known_by(TOKEN, SECRET), "cd": known_by(OTHER_TOKEN, name="CD")}


def _new_id() -> str:
    return str(uuid7())
