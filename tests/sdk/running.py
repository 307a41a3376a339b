"""``jit-gate`` as a pipeline runs it: a process of its own, with nothing in its environment but what a job has."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.journeys.living import TOKEN

SDK = Path(__file__).parent.parent.parent / "sdk"

DEPLOY = (
    "--title=Deploy payments 1.42.0",
    "--action=deploy",
    "--service=payments",
    "--environment=production",
    "--requester=ana@acme.test",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run ended: its exit code, and what it wrote."""

    code: int
    out: str
    err: str


@dataclass(slots=True)
class Run:
    """One run, while it lasts."""

    process: Process
    err: list[str] = field(default_factory=list[str])

    async def until(self, text: str, seconds: float = 20) -> str:
        """Return the first line on standard error that holds *text*, as soon as it is there."""
        assert self.process.stderr is not None
        async with asyncio.timeout(seconds):
            while line := (await self.process.stderr.readline()).decode():
                self.err.append(line)
                if text in line:
                    return line
        raise AssertionError(f"it ended and never said {text!r}: {self.err}")

    async def end(self, seconds: float = 60) -> Ended:
        """Return how it ended, once it has."""
        async with asyncio.timeout(seconds):
            out, err = await self.process.communicate()
        assert self.process.returncode is not None
        return Ended(code=self.process.returncode, out=out.decode(), err="".join(self.err) + (err or b"").decode())


async def start(
    *words: str, url: str, env: Mapping[str, str] | None = None, cwd: Path | None = None, err: int = PIPE
) -> Run:
    """Start ``jit-gate`` with *words*; its standard error may be a terminal."""
    job = {"PATH": os.defpath, "PYTHONPATH": str(SDK), "JIT_URL": url, "JIT_TOKEN": TOKEN} | dict(env or {})
    command = (sys.executable, "-P", "-W", "error", "-m", "jit_gate", *words)
    # A shell that runs the tests behind it lets them ignore interrupts, and what they start would, too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return Run(await create_subprocess_exec(*command, env=job, cwd=cwd, stdout=PIPE, stderr=err))
    finally:
        signal.signal(signal.SIGINT, before)


async def run(*words: str, url: str, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> Ended:
    """Run ``jit-gate`` to its end."""
    return await (await start(*words, url=url, env=env, cwd=cwd)).end()
