"""The ID token that a CI signs for its job, in place of a token: found, asked for, and renewed in time."""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
import time
from collections.abc import Callable, Mapping
from typing import Any, cast
from urllib.parse import quote, urlsplit

from jit_gate.errors import Astray, BadInput, GateError, NoAnswer
from jit_gate.wire.address import read_address
from jit_gate.wire.exchange import Call, Road, exchange
from jit_gate.wire.proxies import find_proxy
from jit_gate.wire.strict_json import read_object

GetToken = Callable[[], str]

RENEW_BEFORE = 60.0
"""Seconds before its end from which on a token is not shown any more."""

_FETCH_SECONDS = 15.0
_GITHUB = ("ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN")
_BUILDKITE = ("buildkite-agent", "oidc", "request-token", "--lifetime", "300", "--audience")


def find_id_token(env: Mapping[str, str], audience: str, clock: Callable[[], float] = time.time) -> GetToken | None:
    """Return what hands out this job's ID token for *audience*; None where its CI gives none. It asks nobody yet."""
    given = env.get("JIT_ID_TOKEN", "").strip()
    if given:
        return lambda: given
    url, secret = (env.get(name, "") for name in _GITHUB)
    if url and secret:
        return Renewed(lambda: _from_github(url, secret, audience), clock)
    if env.get("BUILDKITE_AGENT_ACCESS_TOKEN"):
        return Renewed(lambda: _from_buildkite(audience), clock)
    circle = env.get("CIRCLE_OIDC_TOKEN_V2", "").strip()
    return (lambda: circle) if circle else None


class Renewed:
    """Fetches a token when there is none, or the one there is will soon be over."""

    def __init__(self, fetch: GetToken, clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._token = ""
        self._ends = 0.0

    def __call__(self) -> str:
        """Return a token that is good for a while. Raises GateError."""
        if not self._token or self._clock() >= self._ends - RENEW_BEFORE:
            self._token = self._fetch()
            self._ends = _end_of(self._token)
        return self._token


def _from_github(url: str, secret: str, audience: str) -> str:
    """Ask GitHub's runner (https://docs.github.com/actions/reference/security/oidc)."""
    parts = urlsplit(url)
    address = read_address(f"{parts.scheme}://{parts.netloc}{parts.path}", allow_http=False)
    road = Road(address, ssl.create_default_context() if address.secure else None, find_proxy(address))
    query = f"{parts.query}&audience={quote(audience, safe='')}".lstrip("&")
    headers = {"Authorization": f"Bearer {secret}", "Accept": "application/json", "Connection": "close"}
    try:
        reply = exchange(road, Call("GET", f"{address.path}?{query}", headers), _FETCH_SECONDS)
    except GateError as error:
        raise NoAnswer(f"GitHub gave no ID token: {error}") from error
    if reply.status in {401, 403, 404}:
        raise BadInput(f"GitHub gave no ID token ({reply.status}): does the job have `permissions: id-token: write`?")
    if reply.status != 200:  # noqa: PLR2004 - the one status that comes with a token
        raise NoAnswer(f"GitHub gave no ID token ({reply.status}).")
    return _checked(read_object(reply.body).get("value"))


def _from_buildkite(audience: str) -> str:
    """Ask Buildkite's agent (https://buildkite.com/docs/agent/cli/reference/oidc)."""
    try:
        said = subprocess.run(  # noqa: S603 - a command of the CI, without a shell
            [*_BUILDKITE, audience], capture_output=True, text=True, check=True, timeout=_FETCH_SECONDS
        )
    except FileNotFoundError as error:
        raise BadInput("buildkite-agent is not on the PATH, and it alone gives this job an ID token.") from error
    except (OSError, subprocess.SubprocessError) as error:
        raise NoAnswer(f"buildkite-agent gave no ID token ({type(error).__name__}).") from None
    return _checked(said.stdout.strip())


def _checked(token: object) -> str:
    if not isinstance(token, str) or token.count(".") != 2 or not token.isascii() or not token.isprintable():  # noqa: PLR2004 - a JWT has three parts
        raise Astray("What the CI gave is no ID token.")
    return token


def _end_of(token: str) -> float:
    """Return when it expires, in seconds since 1970; nothing is believed by that but when to ask again."""
    body = token.split(".")[1]
    try:
        claims: object = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
        return float(cast("Mapping[str, Any]", claims)["exp"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return 0.0
