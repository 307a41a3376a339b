"""The outermost layer: whatever goes wrong below becomes a problem document, and every call is counted."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

from bot.core.errors import PerhapsWritten, Refused, Unavailable
from handlers.api.meters import CallMeters
from handlers.problems import Problem, draw_problem
from handlers.refusals import as_problem, look_first, try_again

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_ASK = ("POST", "/v1/requests")

_NOT_TAKEN = "This address does not take that method; see Allow."

_log = structlog.get_logger("http")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every call is answered within: where it is counted, how faults are named, what is said of no address.

    A call is called by its path below *mount*, wherever its house is mounted.
    """

    meters: CallMeters
    new_id: Callable[[], str]
    mount: str = ""
    nowhere: str = "There is nothing at this address; see /docs."


def register(app: web.Application, frame: Frame) -> None:
    """Wrap every call of *app*; those of an application mounted in it are wrapped by that one."""

    @web.middleware
    async def answered(request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.match_info.apps[-1] is not app:
            return await handler(request)
        started = time.perf_counter()
        answer = await _answer(request, handler, frame)
        if request.writer.output_size > 0 and not answer.prepared:
            # A stream broke in its middle: a problem there would be taken for a part of it, so it is cut off instead.
            raise ConnectionAbortedError("the answer had begun")
        frame.meters.count_call(_method(request), _route(request, frame), answer.status, time.perf_counter() - started)
        return answer

    app.middlewares.append(answered)


async def _answer(http: web.Request, handler: Handler, frame: Frame) -> web.StreamResponse:
    try:
        return await handler(http)
    except Problem as problem:
        return draw_problem(problem)
    except Refused as refused:
        return draw_problem(as_problem(refused))
    except Unavailable as error:
        return draw_problem(_of_unavailable(error, http, frame))
    except web.HTTPException as error:
        return draw_problem(_of_aiohttp(error, frame.nowhere)) if error.status >= HTTPStatus.BAD_REQUEST else error
    except (ConnectionError, asyncio.CancelledError):
        raise  # nobody is there any more to be answered
    except Exception as error:  # noqa: BLE001 - the last door: nothing of it goes out, all of it is written down
        return draw_problem(_of_fault(error, http, frame))


def _of_unavailable(error: Unavailable, http: web.Request, frame: Frame) -> Problem:
    call = (_method(http), _route(http, frame))
    _log.warning("http.unavailable", method=call[0], route=call[1], error=type(error).__name__)
    if isinstance(error, PerhapsWritten) and call == _ASK and not _counts_once(http):
        return look_first(error)
    return try_again(error)


def _counts_once(http: web.Request) -> bool:
    """Tell whether sending an ask again can't make a second request."""
    is_signed = "webhook-id" in http.headers and "Authorization" not in http.headers  # its id is its key
    return "Idempotency-Key" in http.headers or is_signed


def _of_fault(error: Exception, http: web.Request, frame: Frame) -> Problem:
    fault_id = frame.new_id()
    _log.error("http.fault", id=fault_id, method=_method(http), route=_route(http, frame), exc_info=error)
    detail = f"Something went wrong here, and nothing was decided. Whoever runs this finds it in the log as {fault_id}."
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", detail)


def _of_aiohttp(error: web.HTTPException, nowhere: str) -> Problem:
    status = HTTPStatus(error.status)
    sentences = {HTTPStatus.NOT_FOUND: nowhere, HTTPStatus.METHOD_NOT_ALLOWED: _NOT_TAKEN}
    headers = {name: error.headers[name] for name in ("Allow",) if name in error.headers}
    return Problem(status, status.name.lower(), sentences.get(status, status.description), headers=headers)


def _method(http: web.Request) -> str:
    return http.method if http.method in _METHODS else "other"


def _route(http: web.Request, frame: Frame) -> str:
    resource = http.match_info.route.resource
    return resource.canonical.removeprefix(frame.mount) if resource is not None else "none"
