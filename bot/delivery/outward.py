"""A call out of the house, made once, and what came of it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot.core.attempts import GiveUp, TryLater, Unknown
from bot.delivery.guard import TargetRefused, read_target
from bot.delivery.names import Names
from bot.delivery.ways import Ways

TIMEOUT = aiohttp.ClientTimeout(total=20, sock_connect=10)
MOST_READ = 256 * 1024
"""Bytes of an answer that are looked at; what we ask for is answered in far fewer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One HTTP call as it goes out. Headers may hold secrets; nothing here is ever logged."""

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came back. ``body`` is cut at :data:`MOST_READ`, and empty where nobody wanted to read it."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(default=b"", repr=False)


Unanswered = GiveUp | TryLater | Unknown
"""Why nothing came back; the relay decides what follows."""


class Outward:
    """Makes calls. An async context manager: inside it its ways out are open."""

    def __init__(self, timeout: aiohttp.ClientTimeout = TIMEOUT, names: Callable[[], AbstractResolver] = Names) -> None:
        self._ways = Ways(timeout, names, {"content-type": "application/json"})

    async def __aenter__(self) -> Self:
        """Open the ways out."""
        await self._ways.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        await self._ways.__aexit__(kind, error, trace)

    async def send(self, call: Call, hosts: Collection[str], *, reads: bool = True) -> Answered | Unanswered:
        """Make *call* once; *hosts* are those that it may reach by http, or inside the network.

        With *reads* its answer's body is wanted. Never raises for what the other side does.
        """
        try:
            target = read_target(call.url, hosts)
        except TargetRefused as error:
            return GiveUp(why=str(error))
        return await _made(self._ways.to(target, hosts), target, call, reads=reads)


async def _made(session: aiohttp.ClientSession, target: URL, call: Call, *, reads: bool) -> Answered | Unanswered:
    try:
        async with session.request(
            call.method, target, data=call.body or None, headers=call.headers, allow_redirects=False
        ) as answer:
            body = await _read(answer.content) if reads else b""
            return Answered(status=answer.status, headers=answer.headers, body=body)
    except aiohttp.InvalidURL:
        return GiveUp(why="callback_url names a host that can't exist.")
    except aiohttp.ClientConnectorError as error:
        cause = error.__cause__
        if isinstance(cause, TargetRefused):
            return GiveUp(why=str(cause))
        return TryLater(why=f"could not connect: {type(cause or error).__name__}")
    except (TimeoutError, aiohttp.ClientError, OSError) as error:
        return Unknown(why=f"no answer: {type(error).__name__}")


async def _read(content: aiohttp.StreamReader) -> bytes:
    body = bytearray()
    async for chunk in content.iter_any():
        body += chunk
        if len(body) >= MOST_READ:
            break
    return bytes(body[:MOST_READ])
