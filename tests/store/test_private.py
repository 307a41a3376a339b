"""What other users of the machine may read of a SQLite database: nothing."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.store import Store, upgrade_schema
from tests.store.asks import a_stored_request
from tests.store.conftest import WiringOf


@pytest.fixture
def _the_usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def modes_in(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.glob("jit.db*")}


@pytest.mark.usefixtures("_the_usual_umask")
async def test_the_database_and_what_lies_beside_it_is_nobody_elses_to_read(tmp_path: Path, wiring: WiringOf) -> None:
    store = Store.open(f"sqlite:///{tmp_path}/jit.db", wiring=wiring("one"))
    await store.start()
    await a_stored_request(store)
    modes = modes_in(tmp_path)
    await store.close()

    assert {"jit.db", "jit.db-wal", "jit.db-shm"} <= modes.keys()
    assert set(modes.values()) == {0o600}


@pytest.mark.usefixtures("_the_usual_umask")
def test_nor_is_one_that_a_command_makes(tmp_path: Path) -> None:
    upgrade_schema(f"sqlite:///{tmp_path}/jit.db")

    assert set(modes_in(tmp_path).values()) == {0o600}


async def test_a_database_that_others_can_read_is_complained_of_once(tmp_path: Path, wiring: WiringOf) -> None:
    path = tmp_path / "jit.db"
    upgrade_schema(f"sqlite:///{path}")
    path.chmod(0o644)

    with capture_logs() as logs:
        store = Store.open(f"sqlite:///{path}", wiring=wiring("one"))
        await store.start()
        await a_stored_request(store)
        await store.close()

    assert [(line["event"], line["log_level"], line["mend"]) for line in logs] == [
        ("store.readable_by_others", "warning", f"chmod 600 {path}")
    ]
