"""Something that answers in the bot's place: it sends exactly the bytes it was told to, and keeps what came."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

ID = "01890000-0000-7000-8000-000000000001"
OTHER_ID = "01890000-0000-7000-8000-000000000002"
DIGEST = "sha256:" + "a" * 64

WHO = {"name": "slack", "person": "bo", "slack_id": "U0BO00000", "email": "bo@acme.test"}

Act = Callable[[asyncio.StreamWriter], Awaitable[None]]


def a_request(**fields: object) -> dict[str, Any]:
    """Return a pending request as the bot answers it."""
    whole: dict[str, Any] = {
        "id": ID,
        "number": 1,
        "state": "pending",
        "revision": 1,
        "digest": DIGEST,
        "url": f"https://jit.test/v1/requests/{ID}",
        "title": "t",
        "action": "deploy",
        "stage": "qa",
        "expires_at": "2026-11-27T12:00:00.000000Z",
        "superseded_by": None,
        "decision": None,
        "reviews": [],
        "slack": [],
    }
    return whole | fields


def a_yes(**fields: object) -> dict[str, Any]:
    """Return an approved request."""
    return a_request(state="approved", decision=a_decision(), **fields)


def a_decision(**fields: object) -> dict[str, Any]:
    """Return what a yes ends with."""
    at = "2026-11-27T11:00:00.000000Z"
    whole: dict[str, Any] = {"verdict": "approve", "by": WHO, "at": at, "reason": None, "conditions": []}
    return whole | fields


def http(body: object, status: str = "200 OK", kind: str = "application/json", headers: Sequence[str] = ()) -> bytes:
    """Return an answer whose framing is right."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", f"Content-Length: {len(content)}", *headers]
    return "\r\n".join((*head, "", "")).encode() + content


def problem(status: str, code: str, detail: str = "No.", headers: Sequence[str] = ()) -> bytes:
    """Return an error of the bot's own."""
    body = {"type": f"urn:jit:problem:{code}", "title": "-", "status": int(status[:3]), "detail": detail}
    return http(body, status, "application/problem+json", headers)


@dataclass(slots=True)
class Impostor:
    """Answers each connection with the next of ``says``; the last is said again and again."""

    says: list[bytes | Act]
    url: str = ""
    heard: list[bytes] = field(default_factory=list[bytes])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Hear one call, and say what is next."""
        try:
            self.heard.append(await _hear(reader))
            say = self.says.pop(0) if len(self.says) > 1 else self.says[0]
            if isinstance(say, bytes):
                writer.write(say)
                await writer.drain()
            else:
                await say(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            return  # whoever called has heard enough
        finally:
            writer.close()

    @property
    def keys(self) -> list[str]:
        """The idempotency keys that came."""
        return [_header(call, "idempotency-key") for call in self.heard]


@asynccontextmanager
async def impostor(*says: bytes | Act) -> AsyncGenerator[Impostor]:
    """Serve one on a free port of this machine."""
    it = Impostor(list(says))
    server = await asyncio.start_server(it.serve, "127.0.0.1", 0)
    it.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield it
    finally:
        server.close()


async def _hear(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    length = _header(head, "content-length") or "0"
    return head + await reader.readexactly(int(length))


def _header(call: bytes, name: str) -> str:
    lines = call.partition(b"\r\n\r\n")[0].decode().split("\r\n")[1:]
    headers: Mapping[str, str] = {
        key.lower(): value.strip() for key, _, value in (line.partition(":") for line in lines)
    }
    return headers.get(name, "")
