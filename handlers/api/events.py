"""``/v1/requests/{id}/events``: the history of a request, as JSON or as a live stream of server-sent events."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import orjson
from aiohttp import web

from bot.core.request import RequestId
from bot.usecases import look_up
from bot.usecases.desk import Snapshot, Watch
from handlers.api.queries import EventsQuery, read_id, read_query
from handlers.api.waiting import WaitingRoom
from handlers.api.wiring import ApiWiring
from handlers.door.admission import Door
from handlers.door.authentication import Caller
from handlers.problems import Fault, invalid

STREAM = "text/event-stream"

_SEQUENCE = re.compile(r"[0-9]{1,15}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A stretch of a request's history; ``is_over`` when it had ended (what was delivered then may still follow)."""

    rows: Sequence[look_up.AuditRow]
    is_over: bool


class Events:
    """The calls about a request's history."""

    def __init__(self, api: ApiWiring, door: Door, room: WaitingRoom) -> None:
        self._api = api
        self._door = door
        self._room = room

    def register(self, app: web.Application) -> None:
        """Put the call on its path."""
        app.router.add_get("/v1/requests/{id}/events", self.show)

    async def show(self, http: web.Request) -> web.StreamResponse:
        """Return the history so far, or stream it until the request has ended."""
        caller = await self._door.admit_reader(http)
        request_id = read_id(http.match_info["id"])
        after = _last_seen(http)
        if STREAM in http.headers.get("Accept", ""):
            return await self._stream(http, request_id, caller, after)
        chapter = await self._read(request_id, caller, after)
        body = orjson.dumps({"items": [draw_event(row) for row in chapter.rows]})
        return web.Response(body=body, content_type="application/json")

    async def _stream(self, http: web.Request, request_id: RequestId, caller: Caller, after: int) -> web.StreamResponse:
        with self._room.watching(request_id) as watch:
            chapter = await self._read(request_id, caller, after)
            if chapter.is_over and not chapter.rows:
                # A browser's EventSource connects again whenever a stream ends; this answer alone tells it to stop.
                return web.Response(status=204)
            stream = web.StreamResponse(headers={"Content-Type": STREAM, "Cache-Control": "no-store"})
            await stream.prepare(http)
            if http.method == "HEAD":  # events behind a head that has no body would be taken for the next answer
                return stream
            after = await _write(stream, chapter, after)
            while not chapter.is_over and not self._room.closing:
                await self._next_commit(stream, watch)
                chapter = await self._read(request_id, caller, after)
                if not self._door.still_knows(http, caller):
                    break
                after = await _write(stream, chapter, after)
            await stream.write_eof()
            return stream

    async def _read(self, request_id: RequestId, caller: Caller, after: int) -> Chapter:
        return await self._api.desk.read(lambda snapshot: _read_chapter(snapshot, request_id, caller, after))

    async def _next_commit(self, stream: web.StreamResponse, watch: Watch) -> None:
        """Wait until something happens to the request, but not for ever.

        A heartbeat finds out who has gone, keeps proxies quiet, and lets us look whether the source is still known.
        """
        if not await watch.changed(self._api.heartbeat_seconds):
            await stream.write(b": still waiting\n\n")


def draw_event(row: look_up.AuditRow) -> dict[str, object]:
    """Return what a caller sees of a log entry: what happened, when, by whom; not from where."""
    entry = row.entry
    actor = entry["actor"]
    return {
        "seq": row.seq,
        "event": entry["event"],
        "at": entry["at"],
        "state": entry["state"],
        "revision": entry["revision"],
        "by": {name: actor[name] for name in ("name", "person", "slack_id", "email")},
        "detail": entry["detail"],
    }


def _read_chapter(snapshot: Snapshot, request_id: RequestId, caller: Caller, after: int) -> Chapter:
    view = look_up.view(snapshot, request_id, caller.source.name, caller.proof)
    return Chapter(rows=look_up.history(snapshot, request_id, after), is_over=not view.request.state.is_open)


async def _write(stream: web.StreamResponse, chapter: Chapter, after: int) -> int:
    """Send what happened, and return the number of the last entry that was sent."""
    for row in chapter.rows:
        drawn = draw_event(row)
        await stream.write(
            b"id: %d\nevent: %b\ndata: %b\n\n" % (row.seq, str(drawn["event"]).encode(), orjson.dumps(drawn))
        )
        after = row.seq
    return after


def _last_seen(http: web.Request) -> int:
    """Return the last entry the caller has; what a browser sends when it connects again goes before the address.

    Raises Problem (422).
    """
    after, last = read_query(EventsQuery, http.query).after, http.headers.get("Last-Event-ID", "")
    if not last:
        return after
    if not _SEQUENCE.fullmatch(last):
        raise invalid([Fault(pointer="/headers/Last-Event-ID", detail="must be the id of an event of this stream")])
    return int(last)
