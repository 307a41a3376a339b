"""Whoever runs the house: reloads the policy, hears why it was refused, and has tried again what was given up."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.cli.door import run
from tests.journeys.living import BO, PAYMENTS, POLICY, SECRET_KEY, TOKEN, Home, at_home, words_of

INCIDENTS = "C0INCIDEN"
WITH_ADMINS = POLICY.replace("timeout: 1h}", 'timeout: 1h, admin_channel: "#incidents"}')
BROKEN = WITH_ADMINS.replace("quorum: 1", "quorum: 0")

Jit = Callable[..., Any]


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    (tmp_path / "policy.yaml").write_text(WITH_ADMINS, encoding="utf-8")
    async with at_home(tmp_path) as home:
        yield home


@pytest.fixture
def jit(home: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Jit:
    """The command line on the machine of the house."""
    monkeypatch.chdir(home.settings.policy_file.parent)
    monkeypatch.setenv("JIT_PORT", str(home.settings.port))
    monkeypatch.setenv("JIT_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("JIT_DATABASE_URL", home.settings.database_url)

    async def typed(*words: str) -> tuple[int, str, str]:
        code = await asyncio.to_thread(run, words)
        said = capfd.readouterr()
        return code, said.out, said.err

    return typed


async def readiness(home: Home) -> dict[str, Any]:
    async with home.http.get(f"{home.url}/readyz") as answer:
        assert answer.status == 200
        return (await answer.json())["checks"]["policy"]


def write(home: Home, policy: str) -> None:
    home.settings.policy_file.write_text(policy, encoding="utf-8")


async def told(home: Home, count: int) -> list[str]:
    """Return what the administrators were told, as soon as there are *count* messages."""
    await home.slack.until(lambda: len(home.slack.messages(INCIDENTS)) >= count)
    return [words_of(message) for message in home.slack.messages(INCIDENTS)]


async def test_a_reload_says_which_policy_holds(home: Home, jit: Jit) -> None:
    write(home, WITH_ADMINS + "# changed\n")

    code, out, _ = await jit("policy", "reload")

    assert code == 0
    assert home.house.policy().hash in out
    assert home.house.policy().hash[:19] in (await readiness(home))["detail"]


async def test_a_refused_file_keeps_the_old_policy_and_is_told_once_until_it_is_mended(home: Home, jit: Jit) -> None:
    held = home.house.policy().hash
    write(home, BROKEN)
    with capture_logs() as logs:
        refused = [await jit("policy", "reload") for _ in range(2)]
        await home.house.reload()
    health = await readiness(home)
    first = await told(home, 1)
    write(home, WITH_ADMINS)
    mended = await jit("policy", "reload")
    messages = await told(home, 2)

    assert [code for code, _, _ in refused] == [78, 78]
    assert "policy.yaml:" in refused[0][2]
    assert held in refused[0][2]
    assert [line["log_level"] for line in logs if line["event"] == "policy.refused"] == ["error"] * 3
    assert health["ok"] is True
    assert health["detail"].startswith("policy file refused since ")
    assert "policy.yaml:" in health["detail"]
    assert held[:19] in health["detail"]
    assert len(first) == 1
    assert "quorum" in first[0]
    assert mended[0] == 0
    assert len(messages) == 2
    assert "good again" in messages[1]
    assert "refused" not in (await readiness(home))["detail"]


async def test_a_policy_edit_in_flight_changes_nothing_that_is_open(home: Home, jit: Jit) -> None:
    asked = await home.ask()
    before = await home.show(asked["id"])
    write(home, WITH_ADMINS.replace("approvers: [qa], quorum: 1", "approvers: [ana], quorum: 1").replace("#pay", "#x"))
    assert (await jit("policy", "reload"))[0] == 0

    during = await home.show(asked["id"])
    card = await home.card()
    await home.slack.click(user=BO, channel=PAYMENTS, ts=card.ts, action_id="jit_approve")
    after = await home.show(asked["id"], wait=5)

    assert during["policy"] == before["policy"]
    assert (after["state"], after["policy"]) == ("approved", before["policy"])


async def test_without_a_bot_or_its_key_one_line_says_so(jit: Jit, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIT_SECRET_KEY", "another secret key that is long enough, too")
    stranger = await jit("policy", "reload")
    monkeypatch.setenv("JIT_PORT", "9")
    nobody = await jit("policy", "reload")
    monkeypatch.delenv("JIT_SECRET_KEY")
    keyless = await jit("policy", "reload")

    assert [stranger[0], nobody[0], keyless[0]] == [1, 1, 1]
    assert "no bot with our secret key" in stranger[2]
    assert "jit serve" in nobody[2]
    assert "JIT_SECRET_KEY" in keyless[2]


@pytest.mark.parametrize("path", ["reload", "repair", "status", "outbox/row/replay"])
async def test_a_source_gives_no_orders(home: Home, path: str) -> None:
    async with home.http.post(f"{home.url}/operator/{path}", headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
        assert answer.status == 401


async def test_a_dead_callback_is_listed_and_goes_out_again_as_it_was(home: Home, jit: Jit) -> None:
    home.pipeline.gone_first = 1
    with capture_logs() as logs:
        asked = await home.ask(environment="staging", tests={"total": 4, "failed": 0}, callback_url=home.pipeline.url)
        await home.pipeline.until(1)
        while not any(line["event"] == "relay.gave_up" for line in logs):  # noqa: ASYNC110 - a state, not an event
            await asyncio.sleep(0.01)
    row = home.pipeline.deliveries[0][0]
    listed = await jit("outbox", "list")

    again = await jit("outbox", "replay", row)
    await home.heard(2)
    twice = await jit("outbox", "replay", row)

    assert row.removeprefix("jit_") in listed[1]
    assert again[0] == 0
    assert home.pipeline.deliveries[0] == home.pipeline.deliveries[1]
    assert "delivery.replayed" in await home.events(asked["id"])
    assert twice[0] == 1
    assert "jit outbox list" in twice[2]
