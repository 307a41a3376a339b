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

from bot.delivery import Names, TargetRefused, Ways, read_target

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
        self._ways = Ways(timeout, names, {"accept": "application/json"})

    async def __aenter__(self) -> Self:
        """Open the ways out."""
        await self._ways.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close them."""
        await self._ways.__aexit__(kind, error, trace)

    async def read(self, address: str, hosts: Collection[str]) -> Document:
        """Return what stands at *address*; *hosts* may be inside the network. Raises Unreachable."""
        try:
            target = read_target(address, hosts)
        except TargetRefused:
            raise Unreachable("its address is no https address that can be asked") from None
        if target.scheme != "https" and not _is_this_machine(target):
            raise Unreachable("its keys are not at an https address: anybody on the way could answer with others")
        try:
            return await _read(self._ways.to(target, hosts), target)
        except aiohttp.ClientConnectorError as error:
            if isinstance(error.__cause__, TargetRefused):
                raise Unreachable("it is inside the network: name its host in hosts, if that is meant") from None
            raise Unreachable(f"could not be connected to ({type(error.__cause__ or error).__name__})") from error
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Unreachable(f"did not answer ({type(error).__name__})") from error


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
