"""The operator's calls, which are no part of the API: reload the policy, and replay what was given up."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

import orjson
from aiohttp import web

from bot.core.errors import Refused
from bot.usecases.desk import Desk
from bot.usecases.replay import OPERATOR, replay, take_pass
from bot.usecases.waive import Revocation, unwaive
from handlers.door.connections import vouch
from handlers.door.raw_body import read_raw_body
from handlers.operator.passes import ANSWER_HEADER, Passes
from handlers.problems import Problem

_LARGEST = 1024
_SECONDS = 3.0

Answer = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorCalls:
    """What the calls need. ``reload`` reads the policy file again, ``repair`` looks after the cards; each says how.

    ``status`` says which version this is, what it goes by, and what time it has.
    """

    passes: Passes
    desk: Desk
    clock: Callable[[], datetime]
    reload: Callable[[], Awaitable[Answer]]
    repair: Callable[[], Awaitable[Answer]]
    status: Callable[[], Answer]

    def register(self, app: web.Application) -> None:
        """Put the calls on their paths."""
        app.router.add_post("/operator/reload", self.reload_policy)
        app.router.add_post("/operator/repair", self.repair_cards)
        app.router.add_post("/operator/status", self.tell_status)
        app.router.add_post("/operator/waivers/{number:[0-9]{1,9}}/revoke", self.revoke_waiver)
        app.router.add_post("/operator/outbox/{row}/replay", self.replay_row)

    async def reload_policy(self, http: web.Request) -> web.Response:
        """Read the policy file again, as SIGHUP does, and wait for what comes of it."""
        nonce = await self._admit(http)
        return self._answer(nonce, await self.reload())

    async def repair_cards(self, http: web.Request) -> web.Response:
        """Look after the cards at once."""
        nonce = await self._admit(http)
        return self._answer(nonce, await self.repair())

    async def tell_status(self, http: web.Request) -> web.Response:
        """Say what runs here, to somebody who wants to be sure that it is we who say so."""
        nonce = await self._admit(http)
        return self._answer(nonce, self.status())

    async def replay_row(self, http: web.Request) -> web.Response:
        """Make what was given up due again."""
        nonce, row = await self._admit(http), http.match_info["row"]
        try:
            found = await self.desk.run(lambda tx, now: replay(tx, row, now))
        except Refused as refused:
            return self._answer(nonce, {"ok": False, "why": refused.sentence})
        return self._answer(nonce, {"ok": True, "id": found.id, "destination": found.destination})

    async def revoke_waiver(self, http: web.Request) -> web.Response:
        """Take a waiver back; the reason stands in the address, which the pass covers."""
        nonce = await self._admit(http)
        number, reason = int(http.match_info["number"]), http.query.get("reason")
        revocation = Revocation(number=number, by=OPERATOR, reason=reason)
        try:
            found = await self.desk.run(lambda tx, now: unwaive(tx, revocation, None, now))
        except Refused as refused:
            return self._answer(nonce, {"ok": False, "why": refused.sentence})
        return self._answer(nonce, {"ok": True, "number": found.number, "test": found.test})

    async def _admit(self, http: web.Request) -> str:
        """Return the nonce of a pass that counts, and has counted now. Raises Problem (401), Refused (REPLAYED)."""
        call = f"{http.method} {http.raw_path}"
        taken = self.passes.read(http.headers.get("Authorization", ""), call, self.clock())
        if taken is None:
            raise Problem(HTTPStatus.UNAUTHORIZED, "unauthorised", "This is for whoever operates the bot.")
        vouch(http)
        await read_raw_body(http, _LARGEST, _SECONDS)
        await self.desk.run(lambda tx, now: take_pass(tx, taken, call, now))
        return taken.key

    def _answer(self, nonce: str, answer: Answer) -> web.Response:
        body = orjson.dumps(answer)
        return web.Response(
            body=body, content_type="application/json", headers={ANSWER_HEADER: self.passes.sign(nonce, body)}
        )
