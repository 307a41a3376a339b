"""`jit serve` with several workspaces, as a real process: it opens, reads anew, stops, and tells no secret."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from tests.journeys.living import CALLBACK_SECRET, POLICY, free_port

ROOT = Path(__file__).parent.parent.parent
SECRETS = {
    "JIT_SECRET_KEY": "a secret key for several workspaces",
    "SLACK_CLIENT_SECRET": "a-client-secret-for-several-of-them",
    "SLACK_SIGNING_SECRET": "a-signing-secret-for-several-of-them",
}
TOKENS = {"acme": "the-token-of-acmes-pipelines", "beta": "the-token-of-betas-pipelines"}
SLOW = 30.0
"""Seconds to wait for a process on a busy machine."""


def a_folder(folder: Path, port: int) -> Mapping[str, str]:
    """Write what two workspaces need, and return the environment for both."""
    (folder / "workspaces").mkdir()
    for name, token in TOKENS.items():
        (folder / f"{name}.yaml").write_text(POLICY, encoding="utf-8")
        lines = (
            f"SLACK_TEAM_ID=T0{name.upper()}",
            "SLACK_API_URL=http://127.0.0.1:9/api/",  # nobody listens there: the house must open without Slack
            f"JIT_DATABASE_URL=sqlite:///{name}.db",
            f"JIT_POLICY_FILE={name}.yaml",
            f"TEST_CI_TOKEN={token}",
            f"TEST_CI_SECRET={CALLBACK_SECRET}",
        )
        (folder / "workspaces" / f"{name}.env").write_text("\n".join(lines), encoding="utf-8")
    return {
        "PATH": os.defpath,
        "PYTHONPATH": str(ROOT),
        "JIT_PORT": str(port),
        "JIT_WORKSPACES": "workspaces",
        "JIT_LOG_FORMAT": "json",
        "SLACK_CLIENT_ID": "1.2",
        **SECRETS,
    }


@asynccontextmanager
async def served(folder: Path, environment: Mapping[str, str]) -> AsyncGenerator[Process]:
    command = (sys.executable, "-P", "-m", "bot", "serve")
    process = await create_subprocess_exec(*command, cwd=folder, env=environment, stdout=PIPE, stderr=PIPE)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def said(process: Process, *events: str) -> list[dict[str, Any]]:
    """Return what the process logs until all those events were there, in whatever order."""
    assert process.stderr is not None
    lines = list[dict[str, Any]]()
    async with asyncio.timeout(SLOW):
        while not {*events} <= {line["event"] for line in lines}:
            lines.append(json.loads(await process.stderr.readline()))
    return lines


async def test_it_opens_reads_both_policies_anew_and_stops(tmp_path: Path) -> None:
    port = free_port()
    async with served(tmp_path, a_folder(tmp_path, port)) as process:
        opened = await said(process, "house.open")
        async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/readyz") as answer:
            checks = (await answer.json())["checks"]
        (tmp_path / "acme.yaml").write_text(POLICY + "# changed\n", encoding="utf-8")
        (tmp_path / "beta.yaml").write_text("version: 2\n", encoding="utf-8")
        process.send_signal(signal.SIGHUP)
        reloaded = await said(process, "policy.loaded", "policy.refused")
        process.send_signal(signal.SIGTERM)
        closed = await said(process, "house.closed")
        code = await process.wait()

        assert opened[-1]["workspaces"] == ["acme", "beta"]
        assert [one["workspace"] for one in opened if one["event"] == "policy.loaded"] == ["acme", "beta"]
        assert checks["acme.database"]["ok"]
        assert not checks["beta.slack"]["ok"]
        came = {(one["event"], one["workspace"]) for one in reloaded if one["event"].startswith("policy.")}
        assert came == {("policy.loaded", "acme"), ("policy.refused", "beta")}
        assert code == 0
        everything = json.dumps([*opened, *reloaded, *closed])
        assert not any(secret in everything for secret in (*SECRETS.values(), *TOKENS.values(), CALLBACK_SECRET))


async def test_a_policy_that_cannot_be_read_is_said_and_nothing_opens(tmp_path: Path) -> None:
    environment = a_folder(tmp_path, free_port())
    (tmp_path / "beta.yaml").write_text("version: 2\n", encoding="utf-8")
    async with served(tmp_path, environment) as process:
        async with asyncio.timeout(SLOW):
            _, errors = await process.communicate()

        assert process.returncode == 78
        assert "beta.yaml:1:10" in errors.decode()
        assert "house.open" not in errors.decode()
