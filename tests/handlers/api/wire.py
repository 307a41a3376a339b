"""A caller with bare hands: says exactly what it wants to the house's socket, and hears exactly what comes back."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import orjson

from tests.handlers.api.house import TOKEN

HOST = b"Host: jit\r\n"
KNOWN = HOST + f"Authorization: Bearer {TOKEN}\r\n".encode()
PATIENCE = 30.0
"""Generous: how long is no question of these tests, only that it ends."""


@dataclass(frozen=True)
class Reply:
    """One answer as it came: nothing of it is interpreted but its frame."""

    status: int
    headers: dict[str, str]
    body: bytes

    def is_problem(self, status: int) -> bool:
        """Tell whether this is a problem document with that status."""
        return (
            self.status == status == orjson.loads(self.body)["status"]
            and self.headers["content-type"].startswith("application/problem+json")
            and bool(orjson.loads(self.body)["detail"])
        )


@dataclass
class Wire:
    """One connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    heard: bytearray = field(default_factory=bytearray)

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def until(self, mark: bytes) -> bytes:
        """Return what comes up to *mark*, and *mark*. Raises IncompleteReadError when it never comes."""
        async with asyncio.timeout(PATIENCE):
            return await self.reader.readuntil(mark)

    async def reply(self) -> Reply:
        """Return the next answer."""
        head = (await self.until(b"\r\n\r\n")).decode().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:-2])}
        async with asyncio.timeout(PATIENCE):
            body = await self.reader.readexactly(int(headers["content-length"]))
        return Reply(int(head[0].split(" ")[1]), headers, body)

    async def ended(self) -> bytes:
        """Return what still comes until the house closes the connection, in whatever way."""
        async with asyncio.timeout(PATIENCE):
            try:
                return await self.reader.read()
            except ConnectionError:
                return b""


@asynccontextmanager
async def connected(port: int) -> AsyncGenerator[Wire]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.transport.abort()
