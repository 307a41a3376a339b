"""The two ways out of the house over HTTP: to public addresses alone, and to the hosts that the policy names."""

from collections.abc import Callable, Collection, Mapping
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from bot import __version__
from bot.delivery.guard import is_named, open_public_socket
from bot.delivery.names import Names


class Ways:
    """Two sessions, one of which reaches public addresses only. An async context manager: inside it they are open.

    Nothing that comes back is unpacked, so that what is small on the wire stays small here; so nothing packed is asked
    for.
    """

    def __init__(
        self,
        timeout: aiohttp.ClientTimeout,
        names: Callable[[], AbstractResolver] = Names,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        self._timeout = timeout
        self._names = names
        self._headers = {
            "accept-encoding": "identity",
            "user-agent": f"jit-approvals/{__version__}",
            **(headers or {}),
        }
        self._resolver: AbstractResolver | None = None
        self._out: aiohttp.ClientSession | None = None
        self._anywhere: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        """Open the two ways out."""
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

    def to(self, target: URL, hosts: Collection[str]) -> aiohttp.ClientSession:
        """Return the way to *target*; *hosts* may be inside the network."""
        session = self._anywhere if is_named(target, hosts) else self._out
        if session is None:
            raise RuntimeError("the ways out are not open")
        return session

    def _session(self, connector: aiohttp.TCPConnector) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=connector,
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            headers=self._headers,
        )
