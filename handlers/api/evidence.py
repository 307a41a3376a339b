"""``/v1/requests/{id}/evidence``: what a request that is open is to ask instead."""

import orjson
from aiohttp import web

from bot.core.errors import Refusal, Refused
from bot.core.judging.policy import Policy
from bot.core.representation import draw_request
from bot.usecases import look_up
from bot.usecases.revise import Overtaken, revise
from handlers.api.asking.payload import JSON, size_limit
from handlers.api.asking.revisions import Brought, RevisionReader
from handlers.api.wiring import ApiWiring
from handlers.door.admission import Door

TRIES = 3
"""How often it is made anew because another revision came in between."""


class Evidence:
    """The call that revises: it looks, compares outside of any transaction, and brings the use case to the desk."""

    def __init__(self, api: ApiWiring, door: Door, reader: RevisionReader) -> None:
        self._api = api
        self._door = door
        self._reader = reader

    def register(self, app: web.Application) -> None:
        """Put the call on its path."""
        app.router.add_put("/v1/requests/{id}/evidence", self.replace)

    async def replace(self, http: web.Request) -> web.Response:
        """Replace the evidence: 200 with the request as it stands then, changed or as it was."""
        admitted = await self._door.admit_asker(http, size_limit(http.headers))
        policy = self._api.policy()
        brought = await self._reader.read(http, admitted, policy)
        await self._revised(brought, policy)
        source = brought.caller.source.name
        view = await self._api.desk.read(lambda snapshot: look_up.view(snapshot, brought.request_id, source))
        return web.Response(body=orjson.dumps(draw_request(view, self._api.public_url)), content_type=JSON)

    async def _revised(self, brought: Brought, policy: Policy) -> None:
        """Raise Refused when the source may not, or when others come faster than this can be compared with them."""
        desk, source, proof = self._api.desk, brought.caller.source.name, brought.caller.proof
        for _ in range(TRIES):
            request, whole = await desk.read(
                lambda snapshot: look_up.asked(snapshot, brought.request_id, source, proof)
            )
            revision = await brought.against(request, whole, policy)
            done = await desk.run(lambda tx, now, made=revision: revise(tx, made, policy, now))
            if not isinstance(done, Overtaken):
                return
        raise Refused(Refusal.STALE, "Other revisions keep coming in. Look what is asked by now, and send yours again.")
