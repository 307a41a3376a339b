"""A red gate, a failure that everybody knows, and a waiver: from the request to the one that passes, and beyond."""

import asyncio
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import orjson
import pytest

from bot.cli.door import run
from bot.store import verify_audit
from tests.journeys.living import BO, POLICY, SECRET_KEY, Home, at_home, words_of

RULE = """\
  - name: nothing but what is waived
    when: tests.total > 0 && tests.failed == tests.waived
    then: auto_approve
  - name: green staging
"""
WAIVING = POLICY.replace("  - name: green staging\n", RULE).replace("rules:\n", "waivers: {by: [qa]}\nrules:\n")
REFUND = {"id": "tests.api.test_pay::test_refund", "message": "the bank's sandbox does not answer"}
OTHER = REFUND | {"message": "the order is gone"}


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    (tmp_path / "policy.yaml").write_text(WAIVING, encoding="utf-8")
    async with at_home(tmp_path) as home:
        yield home


async def ask(home: Home, failure: dict[str, str]) -> dict[str, Any]:
    tests = {"total": 120, "failed": 1, "failures": [failure]}
    return await home.ask(tests=tests, repository="acme/payments")


async def jit(home: Home, text: str) -> str:
    answer = await home.slack.command(BO, "C0APPROVE", "/jit", text)
    assert answer.complaint is None
    assert answer.said is not None
    return orjson.dumps(list(answer.said.blocks)).decode()


async def test_the_same_failure_passes_once_it_is_waived_and_another_one_asks(
    home: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    red = await ask(home, REFUND)
    waived = await jit(home, f"waive {red['number']} test_refund for 3d ticket PAY-77 the bank is down until Friday")
    again = await ask(home, REFUND)
    another = await ask(home, OTHER)

    assert (red["state"], again["state"], another["state"]) == ("pending", "approved", "pending")
    assert "counts as waived" in waived
    assert again["policy"]["rule"] == "nothing but what is waived"
    assert again["policy"]["explanation"][0].startswith("waiver #1 (bo, PAY-77)")
    assert (again["tests"]["waived"], another["tests"]["waived"]) == (1, 0)
    mark = again["tests"]["failures"][0]["waiver"]
    assert (mark["number"], mark["by"]["person"], mark["ticket"]) == (1, "bo", "PAY-77")
    assert (await home.show(red["id"]))["tests"]["waived"] == 0

    monkeypatch.chdir(home.settings.policy_file.parent)
    monkeypatch.setenv("JIT_PORT", str(home.settings.port))
    monkeypatch.setenv("JIT_SECRET_KEY", SECRET_KEY)
    monkeypatch.setenv("JIT_DATABASE_URL", home.settings.database_url)

    async def typed(*words: str) -> tuple[int, str]:
        capfd.readouterr()
        code = await asyncio.to_thread(run, words)
        said = capfd.readouterr()
        return code, said.out + said.err

    code, listed = await typed("waiver", "list", "--json")
    [one] = orjson.loads(listed[listed.index("[") : listed.rindex("]") + 1])
    assert (code, one["number"], one["used"], one["uses"], one["by"]) == (0, 1, 1, 20, "bo")
    for words, code, says in (
        (("revoke", "1", "--reason", "the bank answers again"), 0, "waiver #1 is revoked"),
        (("revoke", "1", "--reason", "twice"), 1, "was revoked already"),
        (("revoke", "one", "--reason", "x"), 2, "a waiver has a number"),
        (("revoke", "1", "--reason", " "), 2, "say why"),
        (("list", "--all"), 0, "revoked"),
    ):
        found = await typed("waiver", *words)
        assert (found[0], says in found[1]) == (code, True), found

    assert (await ask(home, REFUND))["state"] == "pending"
    assert (await home.house.store.read(verify_audit)).ok
    card = await home.card_saying("Deploy payments")
    first = home.slack.messages(card.channel)[0]

    def said() -> bool:
        return any("waived a failure" in words_of(line) for line in home.slack.thread(first.channel, first.ts))

    assert await home.slack.until(said)
