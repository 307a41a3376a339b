"""The bytes of a call: not too many, not too slowly."""

import asyncio
from collections.abc import Callable
from http import HTTPStatus

from aiohttp import StreamReader, web

from handlers.problems import Problem

MAX_JSON_BYTES = 1024 * 1024
MAX_FORM_BYTES = 10 * 1024 * 1024


async def read_raw_body(
    request: web.Request, limit: int, seconds: float, growing: Callable[[int], None] = lambda _: None
) -> bytes:
    """Return the body; *growing* is told its length so far, and may raise.

    Raises Problem: 413 for more than *limit* bytes, 408 after *seconds*, 415 when compressed.
    """
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "encoded", "Send the body without a Content-Encoding.")
    if (request.content_length or 0) > limit:
        raise too_large(limit)
    if request.content.is_eof():  # it came together with its head, as most do
        body = request.content.read_nowait()
        if len(body) > limit:
            raise too_large(limit)
        growing(len(body))
        return body
    try:
        async with asyncio.timeout(seconds):
            return await _gathered(request.content, limit, growing)
    except TimeoutError:
        detail = f"The body did not arrive within {seconds:g} seconds."
        raise Problem(HTTPStatus.REQUEST_TIMEOUT, "too_slow", detail) from None
    except web.RequestPayloadError:
        detail = "The body ended early, or is not framed as its headers say."
        raise Problem(HTTPStatus.BAD_REQUEST, "bad_body", detail) from None


async def _gathered(content: StreamReader, limit: int, growing: Callable[[int], None]) -> bytes:
    body = bytearray()
    while chunk := await content.readany():
        body += chunk
        if len(body) > limit:
            raise too_large(limit)
        growing(len(body))
    return bytes(body)


def too_large(limit: int) -> Problem:
    """Return the 413 for a body, or its JSON, of more than *limit* bytes."""
    detail = f"The body may have {limit} bytes. Send reports as files (multipart/form-data, up to {MAX_FORM_BYTES})."
    return Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail)
