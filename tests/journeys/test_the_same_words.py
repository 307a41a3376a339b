"""Why a request is asked, and who may answer it: the command line, the API, the card's Details and the log agree."""

import sys
from asyncio import create_subprocess_exec
from asyncio.subprocess import PIPE
from collections.abc import AsyncGenerator
from pathlib import Path

import orjson
import pytest

from tests.journeys.living import BO, PAYMENTS, TOKEN, Home, a_body, at_home
from tests.slack.validating import read_aloud


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with at_home(tmp_path) as living:
        yield living


async def explained(home: Home, tmp_path: Path) -> list[str]:
    """Return what ``jit policy explain`` says, run as its users do."""
    body = tmp_path / "request.json"
    body.write_bytes(orjson.dumps(a_body()))
    words = ("policy", "explain", str(body), "--json", "--file", str(home.settings.policy_file))
    process = await create_subprocess_exec(sys.executable, "-m", "bot", *words, stdout=PIPE, stderr=PIPE)
    out, err = await process.communicate()
    assert (process.returncode, err) == (0, b"")
    return orjson.loads(out)["explanation"]


async def test_why_and_who_may_are_said_in_the_same_words_wherever_one_looks(home: Home, tmp_path: Path) -> None:
    said = await explained(home, tmp_path)
    asked = await home.ask()

    assert any("bo, chen" in line for line in said)
    assert any("may not answer: ana (asked" in line for line in said)
    assert (await home.show(asked["id"]))["policy"]["explanation"] == said
    card = await home.card()
    await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_details")
    view = home.slack.view(BO)
    assert view is not None
    details = read_aloud(view.blocks)
    assert [line for line in said if " ".join(line.split()) not in details] == []
    path = f"{home.url}/v1/requests/{asked['id']}/events"
    async with home.http.get(path, headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
        first = (await answer.json())["items"][0]
    assert first["detail"]["ruling"]["explanation"] == said
