"""SIGHUP while the database is in trouble: the old policy stays, the bot goes on, and the next SIGHUP mends it."""

import asyncio
import signal
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.cli.running import Asked, until_stopped
from bot.store import CommitUnknown
from bot.store.database.sqlite import SqliteLink
from tests.journeys.living import Home, at_home


@pytest.fixture
async def home(tmp_path: Path) -> AsyncGenerator[Home]:
    async with at_home(tmp_path) as living:
        yield living


def link_of(home: Home) -> SqliteLink:
    link = home.house.store._tools.link  # pyright: ignore[reportPrivateUsage] - to take its disk away
    assert isinstance(link, SqliteLink)
    return link


@contextmanager
def nothing_can_be_written(home: Home) -> Generator[None]:
    file = link_of(home)._connection  # pyright: ignore[reportPrivateUsage] - as above
    file.execute("PRAGMA query_only = ON")
    yield
    file.execute("PRAGMA query_only = OFF")


@contextmanager
def commits_are_unknown(home: Home) -> Generator[None]:
    link = link_of(home)
    with pytest.MonkeyPatch.context() as patch:

        def commit() -> None:
            SqliteLink.commit(link)
            raise CommitUnknown("the database connection broke during a commit")

        patch.setattr(link, "commit", commit)
        yield


def change_policy(home: Home) -> None:
    file = home.settings.policy_file
    file.write_text(file.read_text(encoding="utf-8").replace("green staging", "quiet staging"), encoding="utf-8")


async def loaded(home: Home) -> list[object]:
    """Return the hash of each policy that the log says was loaded."""
    rows = await home.house.store.read(lambda snapshot: tuple(snapshot.audit()))
    return [row.entry["detail"]["hash"] for row in rows if row.event == "policy.loaded"]


async def readiness(home: Home) -> tuple[int, dict[str, object]]:
    async with home.http.get(f"{home.url}/readyz") as answer:
        return answer.status, (await answer.json())["checks"]["policy"]


async def test_while_the_log_may_say_that_another_policy_holds_the_house_is_not_ready(home: Home) -> None:
    change_policy(home)
    with commits_are_unknown(home):
        await home.house.reload()
    doubtful = await readiness(home)
    await home.house.reload()
    certain = await readiness(home)

    assert (doubtful[0], doubtful[1]["ok"]) == (503, False)
    assert home.house.policy().hash[:19] in str(doubtful[1]["detail"])
    assert "reload it again" in str(doubtful[1]["detail"])
    assert (certain[0], certain[1]["ok"]) == (200, True)


async def test_a_policy_that_was_certainly_not_written_down_leaves_no_doubt(home: Home) -> None:
    change_policy(home)
    with nothing_can_be_written(home):
        await home.house.reload()

    assert await readiness(home) == (200, {"ok": True, "detail": f"{home.house.policy().hash[:19]} holds, 3 rules"})


@pytest.mark.parametrize("trouble", [nothing_can_be_written, commits_are_unknown])
async def test_a_policy_that_the_log_could_not_be_told_does_not_hold_until_it_can(
    home: Home, trouble: Callable[[Home], AbstractContextManager[None]]
) -> None:
    before = home.house.policy()
    change_policy(home)
    asked: Asked = asyncio.Queue()
    for wanted in (signal.SIGHUP, signal.SIGTERM):
        asked.put_nowait(wanted)

    with trouble(home), capture_logs() as logs:
        await until_stopped(home.house, asked)
    kept = home.house.policy()
    await home.house.reload()

    assert kept is before
    said = [line for line in logs if line["event"] == "policy.not_reloaded"]
    remedy = "send SIGHUP again, or `jit policy reload`"
    assert [(line["log_level"], line["remedy"]) for line in said] == [("error", remedy)]
    assert home.house.policy().rules[0].name == "quiet staging"
    assert (await loaded(home))[-1] == home.house.policy().hash
    assert (await home.ask())["state"] == "pending"
