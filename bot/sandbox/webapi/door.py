"""The one way into the Web API: token, faults on purpose, method, and Slack's form of answers."""

import asyncio
import hmac
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.sandbox.faults import CutAfter, CutBefore, Fault, Faults, RateLimit, Refusal, ServerError, Slow
from bot.sandbox.naming import under_its_id
from bot.sandbox.refusal import Outage, RateLimited, SlackRefusal
from bot.sandbox.state import State
from bot.sandbox.traffic import Answered, Traffic
from bot.sandbox.webapi.arguments import Arguments, read_arguments
from bot.sandbox.webapi.methods import METHODS, Method, Token

Json = dict[str, Any]

_SECRETS = frozenset({"token", "client_secret", "code"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A call as it came in, and the error it was answered with (None: it was done)."""

    method: str
    arguments: Mapping[str, Any]
    at: datetime
    error: str | None


class WebApi:
    """Answers calls, and remembers the last thousands of them for whoever tests."""

    def __init__(self, state: State, faults: Faults, traffic: Traffic) -> None:
        self.calls: deque[Call] = deque(maxlen=10_000)
        self._state = state
        self._faults = faults
        self._traffic = traffic

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Answer one call. Slack says 200 to everything but limits and its own faults."""
        name = request.match_info["method"]
        fault = self._faults.take(name)
        if isinstance(fault, Slow):
            await asyncio.sleep(fault.seconds)
        if isinstance(fault, CutBefore):
            return _cut(request)
        answer = await self._answer(request, name, fault)
        return _cut(request) if isinstance(fault, CutAfter) else answer

    async def _answer(self, request: web.Request, name: str, fault: Fault | None) -> web.Response:
        given = Arguments({})
        error: str | None = None
        try:
            given = await read_arguments(request)
            _fail_on_purpose(fault)
            return self._draw(name, {"ok": True, **self._run(request, name, given)})
        except SlackRefusal as refusal:
            error = refusal.code
            return self._draw(name, draw_refusal(refusal) | ({"req_method": name} if error == "unknown_method" else {}))
        except RateLimited as limit:
            error = "ratelimited"
            headers = {"Retry-After": str(limit.retry_after)}
            return web.json_response({"ok": False, "error": error}, status=429, headers=headers)
        except Outage as outage:
            error = f"http_{outage.status}"
            return web.Response(status=outage.status, text="Something went wrong on purpose.")
        finally:
            self.calls.append(Call(method=name, arguments=_without_token(given), at=self._state.now, error=error))

    def _draw(self, name: str, document: Json) -> web.Response:
        document = under_its_id(document, self._state.config.team)
        self._traffic.tell(Answered(method=name, document=document))
        scopes = {"X-OAuth-Scopes": ",".join(self._state.config.scopes)}
        return web.json_response(document, headers=scopes if document["ok"] else {})

    def _run(self, request: web.Request, name: str, given: Arguments) -> Json:
        method = METHODS.get(name)
        if method is None:
            raise SlackRefusal("unknown_method")
        if method.token is not Token.NONE:
            given = Arguments({**given.values, "token": self._checked_token(request, method, given)})
        return method.run(self._state, given)

    def _checked_token(self, request: web.Request, method: Method, given: Arguments) -> str:
        scheme, _, header = request.headers.get("Authorization", "").partition(" ")
        token = header if scheme == "Bearer" else given.text("token")
        if not token:
            raise SlackRefusal("not_authed")
        config = self._state.config
        known = [Token.APP] if hmac.compare_digest(config.app_token.encode(), token.encode()) else []
        known += [Token.USER] if token in self._state.grants.signed_in else []
        if not known:
            trouble = self._state.installs.trouble(token, config, self._state.now)
            if trouble is not None:
                raise SlackRefusal(trouble)
            known = [Token.BOT]
        if known[0] is not method.token:
            raise SlackRefusal("not_allowed_token_type")
        return token


def draw_refusal(refusal: SlackRefusal) -> Json:
    """Draw an error with its messages where Slack puts them."""
    drawn: Json = {"ok": False, "error": refusal.code}
    if refusal.messages:
        drawn["response_metadata"] = {"messages": list(refusal.messages)}
    if refusal.details:
        drawn["errors"] = list(refusal.details)
    elif refusal.code == "invalid_blocks":
        drawn["errors"] = [message.removeprefix("[ERROR] ") for message in refusal.messages]
    return drawn


def _fail_on_purpose(fault: Fault | None) -> None:
    match fault:
        case RateLimit():
            raise RateLimited(fault.retry_after)
        case ServerError():
            raise Outage(fault.status)
        case Refusal():
            raise SlackRefusal(fault.error)
        case _:
            return


def _cut(request: web.Request) -> web.Response:
    """Drop the connection; whatever is returned is never sent."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


def _without_token(given: Arguments) -> Mapping[str, Any]:
    return {name: value for name, value in given.values.items() if name not in _SECRETS}
