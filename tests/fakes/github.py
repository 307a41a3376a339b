"""A GitHub for tests: real HTTP, real signatures. It answers as GitHub does, and fails the test that misuses it."""

import hashlib
import hmac
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import uuid4

import aiohttp
import jwt
import orjson
from aiohttp import web
from aiohttp.typedefs import Handler
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fakes.slack import served

APP_ID = 12345
INSTALLATION = 42
SECRET = "the webhook secret of the app in tests"
REPOSITORY = "acme/payments"
SHA = "9fceb02d0ae598e95dc970b74767f19372d61af8"
RUN = 7001
DEPLOYMENT = 9001

_MOST_REPORTS = 10
_MOST_OF_A_COMMENT = 1024
_LONGEST_JWT = timedelta(minutes=10)
_SHAS = re.compile(r"[0-9a-f]{40}")
_CONCLUSIONS = frozenset(
    {"action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out"}
)


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@cache
def private_key() -> str:
    """The App's private key as GitHub gives it out."""
    pem = serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    return _key().private_bytes(*pem).decode()


@dataclass(slots=True)
class Waiting:
    """A deployment that waits for a protection rule."""

    environment: str
    attempt: int = 1
    reports: list[str] = field(default_factory=list[str])
    decisions: list[Mapping[str, Any]] = field(default_factory=list[Mapping[str, Any]])


@dataclass(slots=True)
class Run:
    """A run of a workflow: its newest attempt, and when that began."""

    attempt: int = 1
    began: str = "2026-03-04T11:58:00Z"
    sha: str = SHA
    status: str = "waiting"


@dataclass(slots=True)
class GitHub:
    """What it knows, and what it was told. ``misuse`` fails the test at the end.

    ``troubles`` are what the next calls of the API that do something get instead: a status (answered before anything
    happens), or ``"after"``, when it happens and the connection breaks before anybody hears of it.
    """

    url: str = ""
    waiting: dict[tuple[int, str], Waiting] = field(default_factory=dict[tuple[int, str], Waiting])
    runs: dict[int, Run] = field(default_factory=dict[int, Run])
    checks: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    misuse: list[str] = field(default_factory=list[str])
    tokens: dict[str, datetime] = field(default_factory=dict[str, datetime])
    troubles: list[int | str] = field(default_factory=list[int | str])
    permissions: dict[str, str] = field(
        default_factory=lambda: {"actions": "read", "checks": "write", "deployments": "write"}
    )

    def begin(self, run: int = RUN, environment: str = "production") -> Waiting:
        """Let a deployment wait."""
        self.runs.setdefault(run, Run())
        waits = self.waiting[run, environment] = Waiting(environment=environment)
        return waits

    def try_again(self, run: int = RUN, began: str = "2026-03-04T12:20:00Z") -> Waiting:
        """Let somebody run it again: by the same id, another deployment waits in the same environment."""
        self.runs[run] = Run(attempt=self.runs[run].attempt + 1, began=began)
        return self.begin(run)

    def application(self) -> web.Application:
        """Return the API."""
        app = web.Application(middlewares=[self._in_trouble])
        app.router.add_post("/app/installations/{id}/access_tokens", self._token)
        app.router.add_get("/app", self._app)
        app.router.add_get("/app/installations", self._installations)
        app.router.add_post("/repos/{owner}/{repo}/actions/runs/{run}/deployment_protection_rule", self._review)
        app.router.add_get("/repos/{owner}/{repo}/actions/runs/{run}", self._run)
        app.router.add_get("/repos/{owner}/{repo}/actions/runs/{run}/pending_deployments", self._pending)
        app.router.add_post("/repos/{owner}/{repo}/check-runs", self._make_check)
        app.router.add_patch("/repos/{owner}/{repo}/check-runs/{id}", self._change_check)
        return app

    @web.middleware
    async def _in_trouble(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if not request.headers.get("User-Agent"):
            self.misuse.append("a call without User-Agent")
        does = request.method != "GET" and "access_tokens" not in request.path
        trouble = self.troubles.pop(0) if self.troubles and does else None
        if isinstance(trouble, int):
            return _no(trouble, "We are sorry", {"Retry-After": "0"})
        answer = await handler(request)
        # Packed for whoever says that they can unpack it, as the real one does.
        answer.enable_compression()
        if trouble == "after" and request.transport is not None:
            request.transport.abort()
        return answer

    async def _token(self, request: web.Request) -> web.Response:
        if not self._is_app(request) or int(request.match_info["id"]) != INSTALLATION:
            return _no(404, "Not Found")
        token, ends = f"ghs_{uuid4().hex}", datetime.now(UTC) + timedelta(hours=1)
        self.tokens[token] = ends
        return web.json_response({"token": token, "expires_at": f"{ends:%Y-%m-%dT%H:%M:%SZ}"}, status=201)

    async def _app(self, request: web.Request) -> web.Response:
        if not self._is_app(request):
            return _no(401, "A JSON web token could not be decoded")
        events = ["deployment_protection_rule", "workflow_run"]
        return web.json_response({"slug": "jit", "permissions": self.permissions, "events": events})

    async def _installations(self, request: web.Request) -> web.Response:
        return web.json_response([{"id": INSTALLATION}]) if self._is_app(request) else _no(401, "Bad credentials")

    async def _run(self, request: web.Request) -> web.Response:
        run, number = self._seen(request), int(request.match_info["run"])
        if isinstance(run, web.Response):
            return run
        attempt = {"run_attempt": run.attempt, "run_started_at": run.began, "head_sha": run.sha, "status": run.status}
        return web.json_response({"id": number, "event": "push", "conclusion": None, **attempt})

    async def _pending(self, request: web.Request) -> web.Response:
        run, number = self._seen(request), int(request.match_info["run"])
        if isinstance(run, web.Response):
            return run
        waiting = [one.environment for (of, _), one in self.waiting.items() if of == number and not one.decisions]
        shown = [{"environment": {"id": 1, "name": name}, "wait_timer": 0} for name in waiting]
        return web.json_response([] if run.status == "completed" else shown)

    def _seen(self, request: web.Request) -> Run | web.Response:
        """Return the run that is looked at."""
        if not self._is_installation(request):
            return _no(401, "Bad credentials")
        if self.permissions.get("actions") not in {"read", "write"}:
            return _no(403, "Resource not accessible by integration")
        is_ours = f"{request.match_info['owner']}/{request.match_info['repo']}" == REPOSITORY
        return (
            self.runs.get(int(request.match_info["run"]), _no(404, "Not Found")) if is_ours else _no(404, "Not Found")
        )

    async def _review(self, request: web.Request) -> web.Response:
        if not self._is_installation(request):
            return _no(401, "Bad credentials")
        body: dict[str, Any] = orjson.loads(await request.read())
        environment, state, comment = (body.get(name) for name in ("environment_name", "state", "comment"))
        if not body.keys() <= {"environment_name", "state", "comment"} or state not in {None, "approved", "rejected"}:
            return self._bad("a review with other fields than GitHub has")
        if not comment or len(comment) > _MOST_OF_A_COMMENT:
            return self._bad(f"a comment of {len(comment or '')} characters")
        return self._decided(request, str(environment), body)

    def _decided(self, request: web.Request, environment: str, body: dict[str, Any]) -> web.Response:
        waits = self.waiting.get((int(request.match_info["run"]), environment))
        if waits is None or f"{request.match_info['owner']}/{request.match_info['repo']}" != REPOSITORY:
            return _no(404, "Not Found")
        if waits.decisions:
            return _no(422, "The deployment protection rule has already been reviewed")
        if "state" in body:
            waits.decisions.append(body)
        elif len(waits.reports) >= _MOST_REPORTS:
            return self._bad("an eleventh status report")
        else:
            waits.reports.append(body["comment"])
        return web.Response(status=204)

    async def _make_check(self, request: web.Request) -> web.Response:
        return await self._checked(request, max(self.checks, default=0) + 1, 201)

    async def _change_check(self, request: web.Request) -> web.Response:
        check = int(request.match_info["id"])
        return await self._checked(request, check, 200) if check in self.checks else _no(404, "Not Found")

    async def _checked(self, request: web.Request, check: int, status: int) -> web.Response:
        if not self._is_installation(request):
            return _no(401, "Bad credentials")
        if self.permissions.get("checks") != "write":
            return _no(403, "Resource not accessible by integration")
        body: dict[str, Any] = orjson.loads(await request.read())
        if not body.get("name") or not _SHAS.fullmatch(body.get("head_sha", "")):
            return self._bad("a check run without a name or a commit")
        if body.get("status") == "completed" and body.get("conclusion") not in _CONCLUSIONS:
            return self._bad(f"a check run that ends as {body.get('conclusion')}")
        self.checks[check] = {**self.checks.get(check, {}), **body}
        return web.json_response({"id": check}, status=status)

    def _is_app(self, request: web.Request) -> bool:
        """Check the App's JWT as GitHub does: RS256, ours, at most ten minutes."""
        try:
            told = jwt.decode(
                _bearer(request), _key().public_key(), algorithms=["RS256"], options={"require": ["iat", "exp", "iss"]}
            )
        except jwt.InvalidTokenError as error:
            self.misuse.append(f"a JWT that is none: {error}")
            return False
        lasts = datetime.fromtimestamp(told["exp"], UTC) - datetime.now(UTC)
        if told["iss"] != str(APP_ID) or lasts > _LONGEST_JWT:
            self.misuse.append(f"a JWT of {told['iss']} for {lasts}")
            return False
        return True

    def _is_installation(self, request: web.Request) -> bool:
        ends = self.tokens.get(_bearer(request))
        return ends is not None and ends > datetime.now(UTC)

    def _bad(self, why: str) -> web.Response:
        self.misuse.append(why)
        return _no(422, "Validation Failed")


@asynccontextmanager
async def a_github() -> AsyncGenerator[GitHub]:
    """Serve a GitHub until the block ends; then it must not have been misused."""
    github = GitHub()
    async with served(github.application()) as url:
        github.url = url
        yield github
    assert github.misuse == []


def a_rule(url: str, run: int = RUN, deployment: int = DEPLOYMENT, **fields: object) -> dict[str, Any]:
    """Return the payload of ``deployment_protection_rule``, in the shape of GitHub's published schema for it."""
    user = {"login": "eve", "id": 7, "type": "User"}
    payload: dict[str, Any] = {
        "action": "requested",
        "environment": "production",
        "event": "push",
        "deployment_callback_url": f"{url}/repos/{REPOSITORY}/actions/runs/{run}/deployment_protection_rule",
        "deployment": {
            "url": f"{url}/repos/{REPOSITORY}/deployments/{deployment}",
            "id": deployment,
            "node_id": "DE_1",
            "task": "deploy",
            "original_environment": "production",
            "environment": "production",
            "description": None,
            "created_at": "2026-03-04T11:59:00Z",
            "updated_at": "2026-03-04T11:59:00Z",
            "statuses_url": f"{url}/repos/{REPOSITORY}/deployments/{deployment}/statuses",
            "repository_url": f"{url}/repos/{REPOSITORY}",
            "creator": user,
            "sha": SHA,
            "ref": "main",
            "payload": {},
            "transient_environment": False,
            "production_environment": False,
            "performed_via_github_app": None,
        },
        "pull_requests": [{"number": 12, "title": "Refund twice", "user": {"login": "ana"}, "id": 1}],
        "repository": {
            "id": 1,
            "name": "payments",
            "full_name": REPOSITORY,
            "html_url": f"https://github.com/{REPOSITORY}",
            "private": True,
        },
        "organization": {"login": "acme", "id": 3},
        "installation": {"id": INSTALLATION, "node_id": "MDIz"},
        "sender": user,
    }
    return payload | fields


def a_run_that_ended(run: int = RUN, conclusion: str = "cancelled", at: str = "2026-03-04T12:30:00Z") -> dict[str, Any]:
    """Return the payload of ``workflow_run``."""
    return {
        "action": "completed",
        "workflow_run": {"id": run, "status": "completed", "conclusion": conclusion, "updated_at": at},
        "repository": {"name": "payments", "full_name": REPOSITORY, "html_url": f"https://github.com/{REPOSITORY}"},
        "sender": {"login": "eve"},
    }


def signed(event: str, body: bytes, secret: str = SECRET, delivery: str | None = None) -> dict[str, str]:
    """Return the headers that GitHub sends with *body*."""
    mac = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/044aadd",
        "X-GitHub-Event": event,
        "X-GitHub-Delivery": delivery or str(uuid4()),
        "X-Hub-Signature-256": f"sha256={mac}",
    }


async def deliver(
    http: aiohttp.ClientSession, url: str, event: str, payload: object, **signing: str
) -> tuple[int, dict[str, Any]]:
    """Deliver *payload* to the hook at *url*, and return what was answered."""
    body = orjson.dumps(payload)
    async with http.post(url, data=body, headers=signed(event, body, **signing)) as answer:
        return answer.status, await answer.json(content_type=None)


def _bearer(request: web.Request) -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _no(status: int, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    return web.json_response(
        {"message": message, "documentation_url": "https://docs.github.com/rest"}, status=status, headers=headers
    )
