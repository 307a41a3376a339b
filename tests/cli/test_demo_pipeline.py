import json
import stat
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from standardwebhooks import Webhook
from yarl import URL

from bot.cli.demo.pipeline import draw_ask, send_ask, waiting_pipeline
from bot.cli.demo.state import DemoState, only_demo_in, open_state
from bot.cli.demo.words import draw_welcome
from bot.settings import SettingsInvalid
from tests.fakes.slack import served

DECIDED: dict[str, Any] = {
    "type": "request.decided",
    "data": {"number": 7, "state": "rejected", "decision": {"by": {"person": "bo"}, "reason": "not today"}},
}


@pytest.fixture
def state(tmp_path: Path) -> DemoState:
    return open_state(tmp_path / "demo", 8080)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
async def pipeline(state: DemoState, told: list[str]) -> AsyncIterator[TestClient[Any, Any]]:
    async with TestClient(TestServer(waiting_pipeline(state, told.append))) as client:
        yield client


def _signed(secret: str, body: bytes) -> dict[str, str]:
    now = datetime.now(UTC)
    signature = Webhook(secret).sign("answer-1", now, body.decode())
    return {
        "webhook-id": "answer-1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


def test_what_was_made_at_the_first_start_is_there_at_the_second(tmp_path: Path, state: DemoState) -> None:
    again = open_state(tmp_path / "demo", None)

    assert again == state


def test_only_we_may_read_the_secrets(state: DemoState) -> None:
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (state.folder / "secrets").iterdir()}

    assert modes == {0o600}


def test_the_last_port_is_taken_again(tmp_path: Path) -> None:
    open_state(tmp_path, 9000)

    assert open_state(tmp_path, None).port == 9000


def test_a_folder_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SettingsInvalid, match="choose another folder with --state-dir"):
        open_state(tmp_path / "file", None)


def test_a_second_demo_in_the_same_folder_is_told_so(tmp_path: Path) -> None:
    with (
        only_demo_in(tmp_path),
        pytest.raises(SettingsInvalid, match="another demo is running"),
        only_demo_in(tmp_path),
    ):
        pass

    with only_demo_in(tmp_path):
        pass


def test_the_demo_asks_with_the_real_report(state: DemoState) -> None:
    asked = draw_ask(state)

    (report,) = cast("list[dict[str, str]]", asked["reports"])
    assert "<testcase" in report["content"]
    assert asked["callback_url"] == "http://127.0.0.1:8082/answers"


async def test_a_signed_answer_is_kept_and_told(
    state: DemoState, pipeline: TestClient[Any, Any], told: list[str]
) -> None:
    body = json.dumps(DECIDED).encode()

    answer = await pipeline.post("/answers", data=body, headers=_signed(state.callback_secret, body))

    assert answer.status == 204
    assert told == ["the pipeline got its signed answer: request #7 was rejected by bo (not today)"]
    assert [json.loads(line) for line in (state.folder / "callbacks.jsonl").read_text().splitlines()] == [DECIDED]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"webhook-id": "answer-1", "webhook-timestamp": "soon", "webhook-signature": "v1,x"},
        _signed("whsec_b3RoZXI=", b"{}"),
    ],
)
async def test_a_forged_answer_is_told_but_not_kept(
    headers: dict[str, str], state: DemoState, pipeline: TestClient[Any, Any], told: list[str]
) -> None:
    answer = await pipeline.post("/answers", data=b"{}", headers=headers)

    assert answer.status == 401
    assert told == ["the pipeline got an answer whose signature is wrong, and ignored it"]
    assert not (state.folder / "callbacks.jsonl").exists()


def test_the_welcome_says_where_who_and_what(state: DemoState) -> None:
    said = draw_welcome(state, {"number": 3, "title": "Deploy payments", "state": "pending"})

    for word in ("http://127.0.0.1:8081/?channel=C0PAYMENT", "bo", "#payments-releases", "#3", "Approve", "Ctrl-C"):
        assert word in said
    assert f"--data-binary @{state.ask_file}" in said
    assert f"JIT_DATABASE_URL={state.database_url}" in said
    assert "audit verify" in said


def test_a_request_that_the_policy_answered_is_called_answered(state: DemoState) -> None:
    by_the_policy = {"number": 3, "title": "Deploy payments", "state": "approved", "policy": {"rule": "green staging"}}

    said = draw_welcome(state, by_the_policy)

    assert "rule “green staging” answered at once: approved" in said
    assert "Reject asks" not in said


@pytest.mark.parametrize(
    ("ended", "keys", "number"), [(0, 1, 1), (2, 3, 3)], ids=["the kept one is open", "two were answered"]
)
async def test_what_has_been_answered_is_asked_anew(
    ended: int, keys: int, number: int, tmp_path: Path, state: DemoState
) -> None:
    seen: list[tuple[str, bytes]] = []

    async def receive(call: web.Request) -> web.Response:
        seen.append((call.headers["Idempotency-Key"], await call.read()))
        state_then = "approved" if len(seen) <= ended else "pending"
        return web.json_response({"number": len(seen), "state": state_then}, status=200)

    bot = web.Application()
    bot.router.add_post("/v1/requests", receive)
    async with served(bot) as url:
        asked = await send_ask(replace(state, port=URL(url).port or 0, folder=tmp_path))

    assert asked["number"] == number
    assert len({key for key, _ in seen}) == keys
    assert len({body for _, body in seen}) == 1
