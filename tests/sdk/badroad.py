"""The network between a pipeline and the bot: a small TCP proxy that cuts, swallows, and is not there."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field


@dataclass(slots=True)
class BadRoad:
    """Passes bytes on. ``cut_before`` calls never reach the bot; of ``cut_after`` calls the answer is lost."""

    port: int
    url: str = ""
    cut_before: int = 0
    cut_after: int = 0
    passed: int = 0
    came: asyncio.Event = field(default_factory=asyncio.Event)
    writers: set[asyncio.StreamWriter] = field(default_factory=set[asyncio.StreamWriter])
    server: asyncio.Server | None = None

    async def open(self, port: int = 0) -> None:
        """Be there; again at the same port after ``close``."""
        self.server = await asyncio.start_server(self._pass, "127.0.0.1", port)
        self.url = f"http://127.0.0.1:{self.server.sockets[0].getsockname()[1]}"

    async def close(self) -> None:
        """Be gone, and everything on the way with it."""
        assert self.server is not None
        self.server.close()
        self.cut()

    async def reopen(self) -> None:
        """Be there again where it was."""
        await self.open(int(self.url.rpartition(":")[2]))

    def cut(self) -> None:
        """Cut everything that is on its way, without a word."""
        for writer in self.writers:
            writer.transport.abort()

    async def until_passed(self, count: int) -> None:
        """Return when so many calls are or were on their way."""
        async with asyncio.timeout(20):
            while self.passed < count:
                self.came.clear()
                await self.came.wait()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.cut_before > 0:
            self.cut_before -= 1
            writer.transport.abort()
            return
        to_bot, from_bot = await asyncio.open_connection("127.0.0.1", self.port)
        ways = {writer, from_bot}
        self.writers |= ways
        self.passed += 1
        self.came.set()
        try:
            is_lost, self.cut_after = self.cut_after > 0, max(0, self.cut_after - 1)
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(_pour(reader, from_bot))
                tasks.create_task(_lose(to_bot, writer) if is_lost else _pour(to_bot, writer))
        finally:
            self.writers -= ways
            for one in ways:
                one.transport.abort()


async def _pour(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while some := await source.read(65536):
            target.write(some)
            await target.drain()
        await target.drain()
        target.close()


async def _lose(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    """Let the bot answer, and nobody hear it."""
    await source.read(65536)
    target.transport.abort()


@asynccontextmanager
async def bad_road(bot_url: str) -> AsyncGenerator[BadRoad]:
    """Open a road to the bot."""
    road = BadRoad(int(bot_url.rpartition(":")[2]))
    await road.open()
    try:
        yield road
    finally:
        await road.close()
