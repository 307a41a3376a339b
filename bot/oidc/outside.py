"""The way to issuers: https, no redirects, not much, not for long, and never into our own network unless allowed."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from ipaddress import ip_address
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot import __version__
from bot.delivery import Names, TargetRefused, is_named, open_public_socket, read_target

MAX_BYTES = 256 * 1024
_TIMEOUT = aiohttp.ClientTimeout(total=5, sock_connect=3)
_MAX_AGE = re.compile(r"(?:^|[,\s])max-age=([0-9]{1,9})(?:$|[,\s])")


class Unreachable(Exception):
    """It could not be read; the text says why, for whoever operates the house."""


@dataclass(frozen=True, slots=True)
class Document:
    """What was read, and how long it may be kept by its own account."""

    content: bytes
    good_for: timedelta | None


class Outside:
    """Reads documents. An async context manager: inside it the connections are open."""

    def __init__(
        self, names: Callable[[], AbstractResolver] = Names, timeout: aiohttp.ClientTimeout = _TIMEOUT
    ) -> None:
        self._names = names
        self._timeout = timeout
        self._resolver: AbstractResolver | None = None
        self._out: aiohttp.ClientSession | None = None
        self._anywhere: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the two ways out: to the world, and to hosts that the policy names."""
        self._resolver = names = self._names()
        guarded = aiohttp.TCPConnector(resolver=names, socket_factory=open_public_socket, force_close=True)
        self._out = self._session(guarded)
        self._anywhere = self._session(aiohttp.TCPConnector(resolver=names, force_close=True))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        for session in (self._out, self._anywhere):
            if session is not None:
                await session.close()
        if self._resolver is not None:
            await self._resolver.close()

    async def read(self, address: str, hosts: Collection[str]) -> Document:
        """Return what stands at *address*; *hosts* may be inside the network. Raises Unreachable."""
        try:
            target = read_target(address, hosts)
        except TargetRefused:
            raise Unreachable("its address is no https address that can be asked") from None
        if target.scheme != "https" and not _is_this_machine(target):
            raise Unreachable("its keys are not at an https address: anybody on the way could answer with others")
        session = self._anywhere if is_named(target, hosts) else self._out
        if session is None:
            raise RuntimeError("the way out is not open")
        try:
            return await _read(session, target)
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.__cause__, TargetRefused):
                raise Unreachable("it is inside the network: name its host in hosts, if that is meant") from None
            raise Unreachable(f"could not be connected to ({type(error.__cause__ or error).__name__})") from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Unreachable(f"did not answer ({type(error).__name__})") from error

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            headers={
                "accept": "application/json",
                "accept-encoding": "identity",
                "user-agent": f"jit-approvals/{__version__}",
            },
        )


def _is_this_machine(target: URL) -> bool:
    try:
        return ip_address(target.raw_host or "").is_loopback
    except ValueError:
        return target.raw_host == "localhost"


async def _read(session: aiohttp.ClientSession, target: URL) -> Document:
    async with session.get(target, allow_redirects=False) as answer:
        if answer.status != HTTPStatus.OK:
            raise Unreachable(f"answered with status {answer.status}")
        content = bytearray()
        async for chunk in answer.content.iter_chunked(64 * 1024):
            content += chunk
            if len(content) > MAX_BYTES:
                raise Unreachable(f"is larger than {MAX_BYTES // 1024} KiB")
        age = _MAX_AGE.search(answer.headers.get("Cache-Control", "").lower())
        return Document(bytes(content), timedelta(seconds=int(age[1])) if age else None)
