"""``/v1/requests``: asking, looking, waiting, listing and taking back."""

import time

import orjson
from aiohttp import web

from bot.core.judging.keyless import is_of
from bot.core.representation import draw_request
from bot.core.request import ApprovalRequest, RequestId
from bot.core.view import RequestView
from bot.usecases import look_up
from bot.usecases.ask_back import Answer, answer
from bot.usecases.submit import Ask, Submission, submit
from bot.usecases.withdraw import Withdrawal, withdraw
from handlers.api.asking.asks import AskReader
from handlers.api.asking.cancellations import read_answer, read_cancellation
from handlers.api.asking.payload import size_limit
from handlers.api.queries import ListQuery, ShowQuery, read_id, read_query
from handlers.api.waiting import WaitingRoom
from handlers.api.wiring import ApiWiring
from handlers.door.admission import Door
from handlers.door.authentication import Caller, unauthorised
from handlers.door.raw_body import MAX_JSON_BYTES

JSON = "application/json"


class Requests:
    """The calls about requests: each translates, brings one use case to the desk, and answers."""

    def __init__(self, api: ApiWiring, door: Door, room: WaitingRoom, reader: AskReader) -> None:
        self._api = api
        self._door = door
        self._room = room
        self._reader = reader

    def register(self, app: web.Application) -> None:
        """Put the calls on their paths."""
        app.router.add_post("/v1/requests", self.submit)
        app.router.add_get("/v1/requests", self.list)
        app.router.add_get("/v1/requests/{id}", self.show)
        app.router.add_post("/v1/requests/{id}/cancel", self.cancel)
        app.router.add_post("/v1/requests/{id}/answer", self.answer)

    async def submit(self, http: web.Request) -> web.Response:
        """Ask: 201 with the new request, 200 with the one that the same call made before."""
        admitted = await self._door.admit_asker(http, size_limit(http.headers))
        policy = self._api.policy()
        ask = await self._reader.read(http, admitted, policy)
        submission = await self._api.desk.run(lambda tx, now: submit(tx, ask, policy, now))
        return await self._answer_submission(submission, ask)

    async def show(self, http: web.Request) -> web.Response:
        """Return the request; with ``?wait=`` as soon as it has ended, or at the end of the wait."""
        caller = await self._door.admit_reader(http)
        seconds = read_query(ShowQuery, http.query).wait
        return self._answer(await self._ended_or_after(http, caller, seconds), 200)

    async def list(self, http: web.Request) -> web.Response:
        """Return the caller's requests, newest first."""
        caller = await self._door.admit_reader(http)
        query = read_query(ListQuery, http.query)
        if query.source not in {None, caller.source.name}:
            return _json({"items": [], "next_cursor": None})
        wanted = _filter(query, caller)
        page = await self._api.desk.read(lambda snapshot: look_up.page(snapshot, wanted, query.cursor, query.limit))
        return _json(
            {
                "items": [
                    self._line(RequestView(request=item, tests=item.tests))
                    for item in page.items
                    if is_of(item.subject, caller.proof)
                ],
                "next_cursor": page.next_cursor,
            }
        )

    async def cancel(self, http: web.Request) -> web.Response:
        """Take a request back."""
        admitted = await self._door.admit(http, MAX_JSON_BYTES)
        caller = admitted.caller
        withdrawal = Withdrawal(
            request_id=read_id(http.match_info["id"]),
            source=caller.source.name,
            by=caller.actor(http.remote),
            reason=read_cancellation(http.headers, admitted),
            signed=caller.signed,
        )
        await self._require_theirs(withdrawal.request_id, caller)
        await self._api.desk.run(lambda tx, now: withdraw(tx, withdrawal, now))
        return self._answer(await self._view(withdrawal.request_id, caller), 200)

    async def answer(self, http: web.Request) -> web.Response:
        """Answer the question that is open."""
        admitted = await self._door.admit(http, MAX_JSON_BYTES)
        caller = admitted.caller
        said = Answer(
            request_id=read_id(http.match_info["id"]),
            by=caller.actor(http.remote),
            text=read_answer(http.headers, admitted),
            source=caller.source.name,
            signed=caller.signed,
        )
        await self._require_theirs(said.request_id, caller)
        await self._api.desk.run(lambda tx, now: answer(tx, said, now))
        return self._answer(await self._view(said.request_id, caller), 200)

    async def _answer_submission(self, submission: Submission, ask: Ask) -> web.Response:
        request = submission.request
        if submission.is_new and request.leader is None:
            # What stands beside a request that was made just now needs no look.
            return self._answer(RequestView(request=request, tests=submission.tests), 201, self._location(request))
        view = await self._api.desk.read(lambda snapshot: look_up.view(snapshot, request.id, ask.source))
        return self._answer(view, 201, self._location(request)) if submission.is_new else self._answer(view, 200)

    def _location(self, request: ApprovalRequest) -> dict[str, str]:
        return {"Location": f"{self._api.public_url}/v1/requests/{request.id}"}

    async def _ended_or_after(self, http: web.Request, caller: Caller, seconds: float) -> RequestView:
        """Return the request once it has ended, at the latest after *seconds*, or at closing time.

        Raises Problem (401) when the caller is no longer known by then.
        """
        request_id, ends = read_id(http.match_info["id"]), time.monotonic() + seconds
        with self._room.watching(request_id) as watch:
            view = await self._view(request_id, caller)
            while view.request.state.is_open and not self._room.closing:
                if not await watch.changed(ends - time.monotonic()):
                    break
                view = await self._view(request_id, caller)
        if not self._door.still_knows(http, caller):
            raise unauthorised()
        return view

    async def _view(self, request_id: RequestId, caller: Caller) -> RequestView:
        source, proof = caller.source.name, caller.proof
        return await self._api.desk.read(lambda snapshot: look_up.view(snapshot, request_id, source, proof))

    async def _require_theirs(self, request_id: RequestId, caller: Caller) -> None:
        """Refuse whose ID token is about another repository, which a request never changes. Raises Refused."""
        if caller.proof is not None:
            await self._view(request_id, caller)

    def _answer(self, view: RequestView, status: int, headers: dict[str, str] | None = None) -> web.Response:
        return _json(draw_request(view, self._api.public_url), status, headers)

    def _line(self, view: RequestView) -> dict[str, object]:
        """Return a request for a list: with the failures a card shows, and without its cards and who shares them."""
        drawn = draw_request(view, self._api.public_url)
        del drawn["slack"], drawn["grouped_with"]
        return drawn


def _filter(query: ListQuery, caller: Caller) -> look_up.RequestFilter:
    return look_up.RequestFilter(
        state=query.state,
        source=caller.source.name,
        lane=query.lane,
        service=query.service,
        environment=query.environment,
    )


def _json(document: object, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=orjson.dumps(document), status=status, content_type=JSON, headers=headers)
