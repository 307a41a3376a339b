"""What docs/pipelines.md says can be copied: every command is one, and every "test it" runs against a bot."""

import asyncio
import json
import os
import re
import shlex
from asyncio.subprocess import PIPE, create_subprocess_exec
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest
from jit_gate.cli.flags import parser
from ruamel.yaml import YAML

from tests.journeys.living import TOKEN, Home, at_home
from tests.sdk.running import SDK

PAGE = (SDK.parent / "docs" / "pipelines.md").read_text(encoding="utf-8")
README = (SDK / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
SECTIONS = [section.partition("\n")[::2] for section in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]]
TESTS = [
    (name, found[1]) for name, text in SECTIONS if (found := re.search(r"Test it:\n\n```sh\n(.*?)```", text, re.DOTALL))
]
SYSTEMS = ["GitHub Actions", "GitLab CI", "Jenkins", "Buildkite", "CircleCI", "Azure Pipelines"]


def commands(text: str) -> list[list[str]]:
    """Return the words of every command of ours in *text*, up to the end of each."""
    joined = re.sub(r"\s*\\\n\s*", " ", text)
    joined = re.sub(r"(jit-gate request --wait --dotenv jit\.env)\n((?: +--.*\n)+)", _on_one_line, joined)
    found = re.findall(r"jit-gate ((?:request|report|wait|status|cancel|verify) [^\n;&]*)", joined)
    return [shlex.split(one.partition(" fi")[0]) for one in found]


def _on_one_line(match: re.Match[str]) -> str:
    return match[1] + " " + " ".join(match[2].split()) + "\n"


def test_every_command_on_the_page_is_one() -> None:
    found = [words for kind, text in BLOCKS if kind in {"sh", "yaml", "groovy"} for words in commands(text)]

    assert len(found) >= 14
    for words in found:
        assert parser().parse_args(words).command == words[0]


def test_every_ci_waits_with_a_report_and_a_lane() -> None:
    jobs = [words for kind, text in BLOCKS if kind in {"yaml", "groovy"} for words in commands(text)]
    asked = [parser().parse_args(words) for words in jobs if words[0] == "request"]

    assert len(asked) == len(SYSTEMS)
    for one in asked:
        assert one.wait
        assert one.report == ["build/**/*.xml"]
        assert (one.action, one.environment, one.lane) == ("deploy", "production", "payments/production")


def test_every_pipeline_is_yaml() -> None:
    pipelines: list[Any] = [YAML(typ="safe").load(text) for kind, text in BLOCKS if kind == "yaml"]  # pyright: ignore[reportUnknownMemberType] - ruamel leaves it open

    assert len(pipelines) == 5
    assert all(isinstance(one, dict) for one in pipelines)


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with at_home(tmp_path) as living:
        yield living


async def test_every_test_it_asks_as_its_ci(home: Home, tmp_path: Path) -> None:
    assert [name for name, _ in TESTS] == SYSTEMS
    tool = tmp_path / "bin" / "jit-gate"
    tool.parent.mkdir()
    tool.symlink_to(SDK.parent / ".venv" / "bin" / "jit-gate")
    env = {"PATH": f"{tool.parent}:{os.defpath}", "JIT_URL": home.url, "JIT_TOKEN": TOKEN}

    for name, script in TESTS:
        done = await create_subprocess_exec("sh", "-ec", script, env=env, cwd=tmp_path, stdout=PIPE, stderr=PIPE)
        async with asyncio.timeout(60):
            out, err = await done.communicate()
        assert done.returncode == 0, (name, err)
        asked = json.loads(out)
        assert (asked["repository"], asked["ref"]) == ("acme/payments", "refs/heads/main"), name
        assert asked["triggerer"] is not None, name
        assert asked["requester"] == asked["triggerer"], name
    assert (tmp_path / "jit.env").read_text(encoding="utf-8").startswith("JIT_REQUEST_ID=")


def test_the_readme_names_every_command() -> None:
    for command in ("request", "wait", "status", "cancel", "verify"):
        assert f"`{command}" in README
