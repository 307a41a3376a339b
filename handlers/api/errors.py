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
from handlers.api.meters import Meters
from handlers.problems import Problem, draw_problem
from handlers.refusals import as_problem, look_first, try_again

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_ASK = ("POST", "/v1/requests")

_NOT_TAKEN = "This address does not take that method; see Allow."

_log = structlog.get_logger("http")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every call is answered within: where it is counted, how faults are named, what is said of no address."""

    meters: Meters
    new_id: Callable[[], str]
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
        frame.meters.count_call(_method(request), _route(request), answer.status, time.perf_counter() - started)
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
        return draw_problem(_of_unavailable(error, http))
    except web.HTTPException as error:
        return draw_problem(_of_aiohttp(error, frame.nowhere)) if error.status >= HTTPStatus.BAD_REQUEST else error
    except (ConnectionError, asyncio.CancelledError):
        raise  # nobody is there any more to be answered
    except Exception as error:  # noqa: BLE001 - the last door: nothing of it goes out, all of it is written down
        return draw_problem(_of_fault(error, http, frame.new_id()))


def _of_unavailable(error: Unavailable, http: web.Request) -> Problem:
    _log.warning("http.unavailable", method=_method(http), route=_route(http), error=type(error).__name__)
    if isinstance(error, PerhapsWritten) and not _counts_once(http):
        return look_first(error)
    return try_again(error)


def _counts_once(http: web.Request) -> bool:
    """Tell whether sending it again can't do it twice: only an ask without an idempotency key could."""
    is_signed = "webhook-id" in http.headers and "Authorization" not in http.headers  # its id is its key
    return "Idempotency-Key" in http.headers or is_signed or (http.method, _route(http)) != _ASK


def _of_fault(error: Exception, http: web.Request, fault_id: str) -> Problem:
    _log.error("http.fault", id=fault_id, method=_method(http), route=_route(http), exc_info=error)
    detail = f"Something went wrong here, and nothing was decided. Whoever runs this finds it in the log as {fault_id}."
    return Problem(HTTPStatus.INTERNAL_SERVER_ERROR, "fault", detail)


def _of_aiohttp(error: web.HTTPException, nowhere: str) -> Problem:
    status = HTTPStatus(error.status)
    sentences = {HTTPStatus.NOT_FOUND: nowhere, HTTPStatus.METHOD_NOT_ALLOWED: _NOT_TAKEN}
    headers = {name: error.headers[name] for name in ("Allow",) if name in error.headers}
    return Problem(status, status.name.lower(), sentences.get(status, status.description), headers=headers)


def _method(http: web.Request) -> str:
    return http.method if http.method in _METHODS else "other"


def _route(http: web.Request) -> str:
    resource = http.match_info.route.resource
    return resource.canonical if resource is not None else "none"
