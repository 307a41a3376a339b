"""`jit sandbox`: what its page in the documentation says to type works as it stands there, and wrong files are told."""

import asyncio
import re
import socket
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from bot.cli.door import run
from tests.published.node import NODE
from tests.published.schemas import MADE, require_published

ROOT = Path(__file__).parent.parent.parent
DOCUMENT = (ROOT / "docs" / "sandbox.md").read_text(encoding="utf-8")
BO = "U0BO00000"
APPROVALS = "C0APPROVE"
PATIENCE = 60.0
"""Seconds; the machine may be busy."""


def shown(language: str, containing: str = "") -> str:
    """The first example in that language that holds these words."""
    return next(code for code in re.findall(rf"```{language}\n(.*?)```", DOCUMENT, re.DOTALL) if containing in code)


def free_port() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return str(taken.getsockname()[1])


@asynccontextmanager
async def running(*command: str | Path, cwd: Path, until: str = "") -> AsyncGenerator[asyncio.subprocess.Process]:
    """Run a program until the block ends; with *until*, the block begins when it has said that."""
    program = await asyncio.create_subprocess_exec(
        *command,
        cwd=cwd,
        env={"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    assert program.stdout is not None
    try:
        async with asyncio.timeout(PATIENCE):
            said = ""
            while until not in said:
                line = await program.stdout.readline()
                assert line, said
                said += line.decode()
        yield program
    finally:
        if program.returncode is None:
            program.terminate()
        await program.communicate()


def jit(typed: str) -> list[str]:
    """What a shell makes of a command of the documentation."""
    word, *arguments = typed.split()
    assert word == "jit"
    return [sys.executable, "-m", "bot", *arguments]


async def eventually(look: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            if await look():
                return
            await asyncio.sleep(0.1)


@asynccontextmanager
async def example(tmp_path: Path, command: str, port: str) -> AsyncGenerator[aiohttp.ClientSession]:
    """The workspace of one example, with its manifest beside it, and somebody who sits before its page."""
    (tmp_path / "manifest.yaml").write_text(shown("yaml"), encoding="utf-8")
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(running(*jit(command), cwd=tmp_path, until="Ctrl-C stops it"))
        page = aiohttp.ClientSession(f"http://127.0.0.1:{port}", headers={"X-Sandbox-User": BO})
        yield await stack.enter_async_context(page)


async def typed(page: aiohttp.ClientSession, text: str) -> bool:
    """Type something into #approvals, and say whether the app took it."""
    async with page.post("/page/say", json={"channel": APPROVALS, "text": text}) as answer:
        return (await answer.json())["complaint"] is None


async def reads(page: aiohttp.ClientSession, text: str) -> bool:
    async with page.get("/page/part/timeline", params={"channel": APPROVALS}) as answer:
        return text in await answer.text()


async def test_the_app_in_python_works_as_it_is_shown(tmp_path: Path) -> None:
    port = free_port()
    app = tmp_path / "app.py"
    app.write_text(shown("python").replace("8090", port), encoding="utf-8")
    async with (
        example(tmp_path, shown("sh").replace("8090", port), port) as page,
        running(sys.executable, app, cwd=tmp_path),
    ):
        await eventually(lambda: typed(page, "/echo hi there"))
        await eventually(lambda: reads(page, "You said hi there"))
        assert await typed(page, "@echo good morning")
        await eventually(lambda: reads(page, 'Hello <span class="mention">@bo</span>'))


async def test_the_app_in_javascript_works_as_it_is_shown(tmp_path: Path) -> None:
    require_published()
    port, own = free_port(), free_port()
    app = shown("js").replace("8090", port).replace("3000", own)
    command = shown("sh", "--app").replace("8090", port).replace("3000", own)
    async with (
        example(tmp_path, command, port) as page,
        running(NODE, "--input-type=module", "--eval", app, cwd=MADE),
    ):
        await eventually(lambda: typed(page, "/echo hi there"))
        await eventually(lambda: reads(page, "You said hi there"))


async def test_the_people_of_a_file_are_there_instead(tmp_path: Path) -> None:
    port = free_port()
    (tmp_path / "people.yaml").write_text(shown("yaml", "people:"), encoding="utf-8")
    async with (
        running(*jit(f"jit sandbox --workspace people.yaml --port {port}"), cwd=tmp_path, until="Ctrl-C stops it"),
        aiohttp.ClientSession(f"http://127.0.0.1:{port}") as client,
    ):
        headers = {"Authorization": "Bearer xoxb-of-my-own"}
        async with client.get("/api/users.list", headers=headers) as answer:
            people = {person["name"]: person for person in (await answer.json())["members"]}
        async with client.get("/api/conversations.list", headers=headers) as answer:
            channels = (await answer.json())["channels"]
        async with client.get("/") as answer:
            page = await answer.text()

    assert set(people) == {"kim", "lou", "pat", "your-app"}
    assert (people["lou"]["id"], people["lou"]["is_restricted"], people["pat"]["deleted"]) == ("U0LOU1234", True, True)
    assert [(channel["id"], channel["is_member"]) for channel in channels] == [
        ("C0RELEASES", True),
        ("C0PARTNERS", True),
    ]
    assert "Kim Kowalski" in page


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--manifest", "features: {}", "file.yaml: display_information: Field required"),
        ("--manifest", "- one", "file.yaml: not a mapping"),
        ("--manifest", "a: [", "file.yaml: neither YAML nor JSON"),
        ("--workspace", "people: [{name: kim}]", "people and channels are described together"),
        ("--workspace", "people: [{name: kim}]\nchannels: [{name: a, members: [lou]}]", "there is nobody called 'lou'"),
        ("--workspace", "persons: []", "file.yaml: persons: Extra inputs are not permitted"),
        ("--workspace", "people: [{name: kim, deactivated: true}]\nchannels: [{name: a}]", "nobody is left to be"),
    ],
)
def test_a_file_that_cannot_be_used_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], option: str, text: str, said: str
) -> None:
    path = tmp_path / "file.yaml"
    path.write_text(text, encoding="utf-8")

    code = run(["sandbox", option, str(path)])

    line = capsys.readouterr().err
    assert (said in line, line.count("\n"), code) == (True, 1, 1), line


def test_an_app_is_an_address_or_the_socket(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["sandbox", "--app", "localhost:3000"]) == 2
    assert "--app is an address" in capsys.readouterr().err
