"""Errors as RFC 9457 problem documents: the one shape of every answer that is not a yes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

import orjson
from aiohttp import web

CONTENT_TYPE = "application/problem+json"

_UNREAD = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.REQUEST_ENTITY_TOO_LARGE})
"""The rest of the body is still on its way, so the connection is of no further use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with the input.

    ``pointer`` is a JSON pointer into the body (RFC 6901); a query parameter is ``/query/<name>``, a header
    ``/headers/<name>``, a part of a form ``/parts/<name>``.
    """

    pointer: str
    detail: str


class Problem(Exception):
    """A call that gets an error for an answer. The sentence says what to change."""

    def __init__(
        self,
        status: HTTPStatus,
        code: str,
        detail: str,
        *,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = headers or {}


def invalid(faults: Sequence[Fault]) -> Problem:
    """Return the 422 for input that is well-formed but not allowed."""
    first, more = faults[0], len(faults) - 1
    place = f"{first.pointer}: " if first.pointer else ""
    rest = f" (and {more} more)" if more else ""
    return Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid_input", f"{place}{first.detail}{rest}", faults=faults)


def draw_problem(problem: Problem) -> web.Response:
    """Return the answer that says what is wrong."""
    document: dict[str, object] = {
        "type": f"urn:jit:problem:{problem.code}",
        "title": problem.status.phrase,
        "status": problem.status.value,
        "detail": problem.detail,
    }
    if problem.faults:
        document["errors"] = [{"pointer": fault.pointer, "detail": fault.detail} for fault in problem.faults]
    answer = web.Response(
        status=problem.status.value, body=orjson.dumps(document), content_type=CONTENT_TYPE, headers=problem.headers
    )
    if problem.status in _UNREAD:
        answer.force_close()
    return answer
