"""jit-gate without a token: it finds the CI's ID token, asks for it, renews it, and shows it to the bot alone."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from jit_gate.cli.command import run
from jit_gate.cli.surroundings import Access, read_access
from jit_gate.errors import Astray, BadInput, NoAnswer
from jit_gate.id_tokens import RENEW_BEFORE, find_id_token

from tests.fakes.issuer import encoded

JIT = "https://jit.test"


def a_token(ends: float, name: str = "one") -> str:
    body = json.dumps({"exp": ends}).encode()
    return f"{encoded(name.encode())}.{encoded(body)}.c2ln"


@dataclass
class Runner:
    """GitHub's end: hands out a token to whoever has the job's secret."""

    url: str = ""
    status: int = 200
    value: object = None
    asked: list[tuple[str | None, str | None]] = field(default_factory=list[tuple[str | None, str | None]])

    async def answer(self, http: web.Request) -> web.Response:
        assert http.query["api-version"] == "2.0"
        self.asked.append((http.query.get("audience"), http.headers.get("Authorization")))
        return web.json_response({"value": self.value}, status=self.status)


@pytest.fixture
async def github() -> AsyncGenerator[Runner]:
    runner, app = Runner(value=a_token(2_000)), web.Application()
    app.router.add_get("/token", runner.answer)
    server = web.AppRunner(app)
    await server.setup()
    await web.TCPSite(server, "127.0.0.1", 0).start()
    runner.url = f"http://127.0.0.1:{server.addresses[0][1]}/token?api-version=2.0"
    yield runner
    await server.cleanup()


def on_github(runner: Runner) -> dict[str, str]:
    return {"ACTIONS_ID_TOKEN_REQUEST_URL": runner.url, "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "the job's"}


async def test_github_is_asked_once_and_again_before_the_token_ends(github: Runner) -> None:
    now = 1_000.0
    get = find_id_token(on_github(github), "https://jit.test/a b", lambda: now)
    assert get is not None

    assert [await asyncio.to_thread(get), await asyncio.to_thread(get)] == [github.value] * 2
    now = 2_000 - RENEW_BEFORE
    github.value = a_token(3_000, "two")
    assert await asyncio.to_thread(get) == github.value
    assert github.asked == [("https://jit.test/a b", "Bearer the job's")] * 2


@pytest.mark.parametrize(("status", "error"), [(403, BadInput), (500, NoAnswer)])
async def test_what_github_does_not_give_is_said(github: Runner, status: int, error: type[Exception]) -> None:
    github.status = status
    get = find_id_token(on_github(github), JIT)
    assert get is not None

    with pytest.raises(error, match="GitHub gave no ID token"):
        await asyncio.to_thread(get)


@pytest.mark.parametrize("value", [None, 7, "", "a.b", "a.b.c\n"])
async def test_what_is_no_token_is_not_shown_to_anybody(github: Runner, value: object) -> None:
    github.value = value
    get = find_id_token(on_github(github), JIT)
    assert get is not None

    with pytest.raises(Astray):
        await asyncio.to_thread(get)


def test_the_agent_of_buildkite_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    agent = tmp_path / "buildkite-agent"
    agent.write_text(f'#!/bin/sh\n[ "$*" = "oidc request-token --lifetime 300 --audience {JIT}" ] && echo a.b.c\n')
    agent.chmod(0o755)
    get = find_id_token({"BUILDKITE_AGENT_ACCESS_TOKEN": "x"}, JIT)
    assert get is not None
    with monkeypatch.context() as patch:
        patch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        assert get() == "a.b.c"
        patch.setenv("PATH", "/nowhere")
        with pytest.raises(BadInput, match="not on the PATH"):
            get()


@pytest.mark.parametrize("name", ["JIT_ID_TOKEN", "CIRCLE_OIDC_TOKEN_V2"])
def test_a_token_in_a_variable_is_taken(name: str) -> None:
    get = find_id_token({name: " a.b.c\n"}, JIT)

    assert get is not None
    assert get() == "a.b.c"


def test_a_token_of_the_source_goes_first_and_nothing_is_an_error_that_says_what_to_do() -> None:
    both = {"JIT_URL": JIT, "JIT_TOKEN": "secret", "JIT_ID_TOKEN": "a.b.c"}

    assert read_access(both, None, None) == Access(JIT, "secret")
    with pytest.raises(BadInput, match="id-token: write"):
        read_access({"JIT_URL": JIT}, None, None)


def test_an_id_token_is_in_no_text(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("JIT_TOKEN", "JIT_TOKEN_FILE", *on_github(Runner())):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("JIT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("JIT_ID_TOKEN", "a-token-of.the.job")

    assert run(["status", "01890000-0000-7000-8000-000000000000", "--retry-for", "1s"]) == 3
    said = capsys.readouterr()
    assert "a-token-of.the.job" not in said.out + said.err
