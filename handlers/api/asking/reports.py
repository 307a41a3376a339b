"""Reading test reports without stopping the house: off the event loop, and not for long."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from aiohttp import web

from bot.core.evidence import merged, together
from bot.reports import Report, ReportUnreadable
from handlers.api.wiring import ReadReport
from handlers.problems import Fault, invalid

SECONDS = 10.0
"""How long the reports of one request may take to read, waiting for a reader included."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFile:
    """One report as it came; ``pointer`` is where, for the answer when it can't be read."""

    name: str
    format: str | None
    content: bytes
    pointer: str


class ReportReader:
    """A few threads that read reports, for *seconds* a request.

    A thread that takes too long can't be stopped, only not be waited for. It ends, as what a report holds is limited.
    """

    def __init__(self, read: ReadReport, seconds: float = SECONDS) -> None:
        self._read = read
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(max_workers=2, thread_name_prefix="report")

    async def read(self, files: Sequence[ReportFile]) -> Report:
        """Return what all *files* say together. Raises Problem (422) for the first that can't be read."""
        loop = asyncio.get_running_loop()
        found: list[Report] = []
        try:
            async with asyncio.timeout(self._seconds):
                for file in files:
                    found.append(await loop.run_in_executor(self._threads, self._read_one, file))  # noqa: PERF401 - one after the other, on purpose: reading is bounded
        except TimeoutError:
            fault = Fault(
                pointer=files[len(found)].pointer, detail=f"took longer than {self._seconds:g} seconds to read"
            )
            raise invalid([fault]) from None
        return Report(
            tests=merged(report.tests for report in found), outcomes=together(report.outcomes for report in found)
        )

    async def close(self, _: web.Application) -> None:
        """Let the threads go; whoever still reads is not waited for."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _read_one(self, file: ReportFile) -> Report:
        try:
            return self._read(file.content, file.name, file.format)
        except ReportUnreadable as error:
            raise invalid([Fault(pointer=file.pointer, detail=str(error))]) from error
