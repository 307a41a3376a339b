"""`jit policy simulate` over a real database: what another policy would have made of what was asked."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.cli.door import run
from bot.store import Store, StoreWiring
from tests.factories import a_ruling, a_subject
from tests.store.asks import a_stored_request

POLICY = """\
version: 1
sources: {ci: {token_env: JIT_CI_TOKEN}}
rules:
  - {name: staging passes, when: request.environment == "staging", then: auto_approve}
"""


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Three requests that a person was asked about: two now, one half a year ago."""
    monkeypatch.chdir(tmp_path)
    url = f"sqlite:///{tmp_path}/jit.db"
    monkeypatch.setenv("JIT_DATABASE_URL", url)
    (tmp_path / "new.yaml").write_text(POLICY, encoding="utf-8")
    asyncio.run(_fill(url))
    return url


async def _fill(url: str) -> None:
    now = datetime.now(UTC)
    moments, numbers = iter([now - timedelta(days=180), *[now] * 20]), iter(range(1, 100))
    wiring = StoreWiring(
        clock=lambda: next(moments),
        monotonic=lambda: 0.0,
        new_id=lambda: f"019b0000-0000-7000-8000-{next(numbers):012x}",
        replica="one",
        version="0.1.0",
    )
    store = Store.open(url, wiring=wiring)
    await store.start()
    asked = a_ruling(rule="default")
    for environment in ("staging", "staging", "production"):
        await a_stored_request(store, subject=a_subject(environment=environment, lane=None), ruling=asked)
    await store.close()


@pytest.mark.usefixtures("database")
def test_it_lists_every_decision_that_would_differ(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "simulate", "new.yaml", "--last", "365d"]) == 0
    said = capsys.readouterr().out.splitlines()

    assert [line.split(" ")[0] for line in said if line.startswith("#")] == ["#2", "#1"]
    assert said[1:3] == ["    a person is asked → approved by the policy", "    rule default → staging passes"]
    assert said[-1] == "3 requests in the last 365d: 2 would be auto_approve"


@pytest.mark.usefixtures("database")
def test_it_looks_back_only_as_far_as_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "simulate", "new.yaml", "--json"]) == 0

    (difference,) = json.loads(capsys.readouterr().out)
    assert (difference["number"], difference["would"]["rule"]) == (2, "staging passes")


@pytest.mark.usefixtures("database")
def test_a_span_without_a_unit_is_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["policy", "simulate", "new.yaml", "--last", "90"]) == 2

    assert "must be a duration with a unit" in capsys.readouterr().err
