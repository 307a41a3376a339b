"""multipart/form-data: one part named ``request`` with the JSON, every other part a report file."""

import asyncio
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from aiohttp import BodyPartReader, MultipartReader, StreamReader
from aiohttp.base_protocol import BaseProtocol
from aiohttp.helpers import parse_mimetype
from aiohttp.http_exceptions import HttpProcessingError

from handlers.door.raw_body import MAX_JSON_BYTES, too_large
from handlers.problems import Fault, Problem, invalid

MAX_PARTS = 101
REQUEST_PART = "request"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part of a form."""

    name: str
    filename: str | None
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A form as it came: the JSON of the request, and the files in their order."""

    request: bytes
    files: tuple[Part, ...]

    def hashed(self) -> str:
        """Return a hash of what the form says; its boundary is another one at every attempt of the same call."""
        whole = hashlib.sha256()
        for name, content in ((REQUEST_PART, self.request), *((f.filename or f.name, f.content) for f in self.files)):
            whole.update(b"%d:%b%d:" % (len(name), name.encode("utf-8", "surrogateescape"), len(content)))
            whole.update(content)
        return whole.hexdigest()


async def read_form(headers: Mapping[str, str], body: bytes) -> Form:
    """Return the form in *body*.

    Raises Problem: 400 when it is none, 413 when its JSON is larger than JSON may be, 422 when a part is missing or of
    no use.
    """
    try:
        parts = await _read_parts(headers, body)
    except (HttpProcessingError, ValueError, LookupError, AssertionError, RuntimeError) as error:
        detail = "The body is not multipart/form-data as its Content-Type says."
        raise Problem(HTTPStatus.BAD_REQUEST, "not_a_form", detail) from error
    asked = [part for part in parts if part.name == REQUEST_PART]
    if len(asked) != 1:
        raise invalid(
            [Fault(pointer=f"/parts/{REQUEST_PART}", detail="must be there once, with the JSON of the request")]
        )
    if len(asked[0].content) > MAX_JSON_BYTES:
        raise too_large(MAX_JSON_BYTES)
    for part in parts:
        if part.name != REQUEST_PART and part.filename is None:
            detail = "is neither the request nor a file; send reports as files (curl: -F report=@junit.xml)"
            raise invalid([Fault(pointer=f"/parts/{part.name}", detail=detail)])
    return Form(request=asked[0].content, files=tuple(part for part in parts if part.name != REQUEST_PART))


async def _read_parts(headers: Mapping[str, str], body: bytes) -> Sequence[Part]:
    """Read all parts. The bytes are here already, so nothing is waited for but everybody else's turn."""
    _require_boundary_first(headers["Content-Type"], body)
    loop = asyncio.get_running_loop()
    content = StreamReader(BaseProtocol(loop), limit=len(body) + 1, loop=loop)
    content.feed_data(body)
    content.feed_eof()
    parts: list[Part] = []
    reader = MultipartReader({"Content-Type": headers["Content-Type"]}, content)
    while (part := await reader.next()) is not None:
        if not isinstance(part, BodyPartReader) or part.name is None or len(parts) >= MAX_PARTS:
            raise ValueError("a nested, nameless or superfluous part")
        parts.append(Part(name=part.name, filename=part.filename, content=bytes(await part.read())))
        await asyncio.sleep(0)
    return parts


def _require_boundary_first(content_type: str, body: bytes) -> None:
    """Refuse a preamble (RFC 2046, 5.1.1): nobody sends one, and the reader would look through it line by line."""
    boundary = b"--" + parse_mimetype(content_type).parameters["boundary"].encode()
    if body[: len(boundary) + 2].rstrip() not in {boundary, boundary + b"--"}:
        raise ValueError("it does not begin with its boundary")
