"""Answers to calls that the application never sees: too many, too slow, too long, or not HTTP."""

from http import HTTPStatus
from typing import cast

from aiohttp.http_exceptions import BadHttpMessage, LineTooLong

from handlers.problems import CONTENT_TYPE, Problem, draw_problem

TOO_SLOW = Problem(HTTPStatus.REQUEST_TIMEOUT, "too_slow", "The head of the call did not arrive in time.")
TOO_MANY = Problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "too_many_connections",
    "There are too many connections. Nothing was read; come again.",
    headers={"Retry-After": "1"},
)


def unreadable(status: int, error: BaseException | None, line_bytes: int) -> Problem:
    """Return what is said of a call that could not be read; *line_bytes* is the limit of its first line."""
    if isinstance(error, LineTooLong):
        if error.args[1] == line_bytes:
            return Problem(HTTPStatus.REQUEST_URI_TOO_LONG, "address_too_long", "The address is too long.")
        return _head_too_large("A header is too long.")
    if isinstance(error, BadHttpMessage) and "Too many headers" in error.message:
        return _head_too_large("There are too many headers.")
    if status == HTTPStatus.BAD_REQUEST:
        return Problem(HTTPStatus.BAD_REQUEST, "not_http", "This is not an HTTP request that can be read.")
    return Problem(HTTPStatus(status), "fault", "Something went wrong here, and nothing was decided.")


def _head_too_large(detail: str) -> Problem:
    return Problem(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "head_too_large", detail)


def draw_raw(problem: Problem) -> bytes:
    """Return the whole answer as bytes, the last of its connection."""
    body = cast("bytes", draw_problem(problem).body)
    headers = {
        "Content-Type": CONTENT_TYPE,
        "Content-Length": str(len(body)),
        "Connection": "close",
        **problem.headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {problem.status.value} {problem.status.phrase}\r\n{head}\r\n".encode() + body
