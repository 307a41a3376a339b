"""`jit history`: what is known of a test, for people and for machines."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli.door import run
from bot.core.evidence.past import RefKind
from bot.machine import new_id, utc_now
from bot.store import Store, StoreWiring
from tests.store.past_runs import a_run, count_all, take


@pytest.fixture
async def books(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A database in which one test was green on main and failed on a branch."""
    url = f"sqlite:///{tmp_path}/jit.db"
    wiring = StoreWiring(
        clock=lambda: utc_now() + timedelta(days=36500), monotonic=lambda: 0.0, new_id=new_id, replica="t", version="t"
    )
    store = Store.open(url, wiring=wiring)
    await store.start()
    await take(store, a_run(passed="a"), a_run(failed="a", kind=RefKind.BRANCH, commit="b1", minute=1))
    await count_all(store)
    await store.close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("JIT_DATABASE_URL", url)
    return url


def test_it_shows_what_is_known_of_a_test(books: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert books
    assert run(["history", "show", "a", "--repository", "acme/payments", "--json"]) == 0
    (said,) = json.loads(capsys.readouterr().out)
    assert run(["history", "show", "a", "--repository", "acme/payments"]) == 0
    table = capsys.readouterr().out

    assert (said["source"], said["environment"], said["mixed"]) == ("ci", "production", False)
    assert said["runs"] == {"base": {"runs": 1, "failed": 0}, "branch": {"runs": 1, "failed": 1}}
    assert (said["base"]["commit"], said["base"]["failed"], said["last_failed"]["commit"]) == ("c1", False, "b1")
    assert "production" in table


def test_what_is_not_known_is_said_in_one_line(books: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert books
    assert run(["history", "show", "b", "--repository", "acme/payments"]) == 1

    assert "Nothing is known of this test in acme/payments" in capsys.readouterr().err


def test_it_tells_how_much_there_is(books: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert books
    assert run(["history", "size", "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == {"realms": 1, "tests": 1, "waiting": 0, "oldest_waiting": None}
