"""One bot at a time on a SQLite file, and anybody may look."""

import multiprocessing
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.store import Occupancy, Occupied, StoreUnusable, look_into, occupy, upgrade_schema


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jit.db"


def _live_and_die(path: Path) -> None:
    Occupancy(path)
    os._exit(9)


def test_a_second_bot_on_the_same_file_is_told_so(path: Path) -> None:
    first = occupy(f"sqlite:///{path}")
    link = path.with_name("linked.db")
    link.symlink_to(path)

    for name in (path, link):
        with pytest.raises(StoreUnusable, match="another bot is running on this database"):
            occupy(f"sqlite:///{name}")

    assert first is not None
    first.leave()
    again = occupy(f"sqlite:///{path}")
    assert again is not None
    again.leave()


def test_a_process_that_died_holds_nothing(path: Path) -> None:
    died = multiprocessing.get_context("spawn").Process(target=_live_and_die, args=(path,))
    died.start()
    died.join()

    assert died.exitcode == 9
    Occupancy(path).leave()


def test_two_files_are_two_houses(path: Path) -> None:
    one, other = Occupancy(path), Occupancy(path.with_name("other.db"))

    with pytest.raises(Occupied):
        Occupancy(path)

    one.leave()
    other.leave()


def test_postgresql_and_a_missing_folder_need_no_lock(tmp_path: Path) -> None:
    assert occupy("postgresql://nobody@127.0.0.1:1/none") is None
    assert occupy(f"sqlite:///{tmp_path}/none/jit.db") is None


@contextmanager
def _a_folder_nobody_may_write() -> Generator[Path]:
    """Root may write everywhere, so it becomes somebody else for a while."""
    with tempfile.TemporaryDirectory() as name:
        upgrade_schema(f"sqlite:///{name}/jit.db")
        Path(name, "jit.db").chmod(0o444)
        Path(name).chmod(0o555)
        was_root = os.geteuid() == 0
        if was_root:
            os.seteuid(65534)
        try:
            yield Path(name)
        finally:
            if was_root:
                os.seteuid(0)
            Path(name).chmod(0o755)


def test_a_look_needs_no_right_to_write() -> None:
    with _a_folder_nobody_may_write() as folder:
        seq = look_into(f"sqlite:///{folder}/jit.db", lambda snapshot: snapshot.head().seq)
        left = [path.name for path in folder.iterdir()]

    assert seq == 0
    assert left == ["jit.db"]


def test_a_look_changes_no_schema(path: Path) -> None:
    path.touch()

    with pytest.raises(StoreUnusable, match="starting the bot brings it up to date"):
        look_into(f"sqlite:///{path}", lambda snapshot: snapshot.head())

    assert path.stat().st_size == 0


def test_what_is_no_database_is_one_line(path: Path) -> None:
    path.write_text("no database at all, but long enough to be read as one" * 20)

    with pytest.raises(StoreUnusable, match="cannot be read: file is not a database"):
        look_into(f"sqlite:///{path}", lambda snapshot: snapshot.head())


def test_a_postgresql_that_is_down_is_told_with_its_address() -> None:
    with pytest.raises(StoreUnusable) as refused:
        look_into("postgresql://nobody@127.0.0.1:1/none", lambda snapshot: snapshot.head())

    assert "127.0.0.1" in str(refused.value)
    assert "refused" in str(refused.value)
    assert "\n" not in str(refused.value)
