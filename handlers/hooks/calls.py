"""``POST /hooks/{source}``: a native source delivers; a few lines between what that means and the use case."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import assert_never

import orjson
from aiohttp import web

from bot.core.judging.policy import Policy
from bot.core.judging.source import Source
from bot.core.people.identity import Actor, Via
from bot.core.request import ApprovalRequest
from bot.usecases.desk import Desk
from bot.usecases.hooked import MatterEnded, end_matter
from bot.usecases.submit import submit
from handlers.door.connections import vouch
from handlers.door.credentials import Credentials
from handlers.door.rates import Rates
from handlers.door.raw_body import read_raw_body
from handlers.door.unproven import Unproven
from handlers.hooks.asking import Asking, Seal, read_ask
from handlers.hooks.delivery import Delivery
from handlers.hooks.kinds import Kind, forged
from handlers.hooks.meanings import Asked, Ended, Nothing, Ping
from handlers.problems import Problem

MAX_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class HookWiring:
    """What the hooks are given. ``policy`` and ``credentials`` are asked anew for every call."""

    desk: Desk
    policy: Callable[[], Policy]
    credentials: Callable[[], Mapping[str, Credentials]]
    seal: Seal
    body_seconds: float = 30.0
    unproven_bytes: int = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proven:
    kind: Kind
    source: Source
    delivery: Delivery
    by: Actor


class Hooks:
    """The calls of native sources, by the kinds there are."""

    def __init__(self, wiring: HookWiring, kinds: Mapping[str, Kind]) -> None:
        self._wiring = wiring
        self._kinds = kinds
        self._rates = Rates()
        self._unproven = Unproven(wiring.unproven_bytes)

    def register(self, app: web.Application) -> None:
        """Put the calls on their paths; some sources look, and some name more than themselves."""
        for path in ("/hooks/{source}", "/hooks/{source}/{tail:.+}"):
            app.router.add_post(path, self.take)
            app.router.add_get(path, self.take)

    async def take(self, http: web.Request) -> web.Response:
        """Do what the delivery means. Raises Problem: 401, 404 and whatever is wrong with a call."""
        proven = await self._prove(http)
        meaning = proven.kind.read(proven.delivery, proven.source)
        match meaning:
            case Asked():
                return await self._ask(meaning, proven)
            case Ended():
                return await self._end(meaning, proven)
            case Nothing():
                return _json({"ignored": meaning.why}, HTTPStatus.ACCEPTED)
            case Ping():
                return _json({"pong": proven.source.name}, HTTPStatus.OK)
            case _:
                assert_never(meaning)

    async def _ask(self, asked: Asked, proven: _Proven) -> web.Response:
        await self._rates.require_allowed(proven.source)
        policy = self._wiring.policy()
        ask = read_ask(asked, Asking(source=proven.source, policy=policy, by=proven.by, seal=self._wiring.seal))
        came = await self._wiring.desk.run(lambda tx, now: submit(tx, ask, policy, now))
        if proven.kind.show is not None:
            return proven.kind.show(came.request)
        return _json(_line(came.request), HTTPStatus.CREATED if came.is_new else HTTPStatus.OK)

    async def _end(self, ended: Ended, proven: _Proven) -> web.Response:
        matter = MatterEnded(
            source=proven.source.name, matter=ended.matter, at=ended.at, by=proven.by, reason=ended.reason
        )
        cancelled = await self._wiring.desk.run(lambda tx, now: end_matter(tx, matter, now))
        return _json({"cancelled": [_line(request) for request in cancelled]}, HTTPStatus.OK)

    async def _prove(self, http: web.Request) -> _Proven:
        """Return the delivery once it has proven where it is from; until then it is held on a stranger's account."""
        source = self._wiring.policy().sources.get(http.match_info["source"])
        kind = None if source is None else self._kinds.get(source.kind)
        if source is None or kind is None:
            raise _nobody()
        with self._unproven.account(http.remote) as growing:
            body = await read_raw_body(http, MAX_BYTES, self._wiring.body_seconds, growing)
            delivery = _delivery(http, body)
            known = self._wiring.credentials().get(source.name)
            if known is None:
                raise forged()
            kind.prove(delivery, {what: one.value for what, one in known.native.items()})
        vouch(http)
        by = Actor(name=source.name, via=Via.API, address=http.remote)
        return _Proven(kind=kind, source=source, delivery=delivery, by=by)


def _delivery(http: web.Request, body: bytes) -> Delivery:
    return Delivery(headers=http.headers, body=body, query=http.query, tail=http.match_info.get("tail", ""))


def _nobody() -> Problem:
    detail = "The policy names no source with this name that delivers webhooks; see `sources` there."
    return Problem(HTTPStatus.NOT_FOUND, "no_such_source", detail)


def _line(request: ApprovalRequest) -> Mapping[str, object]:
    return {"id": request.id, "number": request.number, "state": request.state.value}


def _json(document: Mapping[str, object], status: HTTPStatus) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(document), content_type="application/json")
