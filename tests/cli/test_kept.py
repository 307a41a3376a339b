import stat
from pathlib import Path

import pytest

from bot.cli.kept import kept_secret, with_secret_key
from bot.settings import Settings, SettingsInvalid

KEY = "0123456789abcdef0123456789abcdef"


def _never() -> str:
    raise AssertionError("a secret that is there must not be made anew")


def test_a_secret_is_made_once_and_only_we_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "secrets" / "token"

    first = kept_secret(path, lambda: "made-once")
    second = kept_secret(path, _never)

    assert (first, second) == ("made-once", "made-once")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_of_two_starts_at_once_the_first_secret_stays(tmp_path: Path) -> None:
    path = tmp_path / "token"

    def _made_while_another_start_was_faster() -> str:
        path.touch(mode=0o600)
        path.write_text("theirs\n")
        return "ours"

    assert kept_secret(path, _made_while_another_start_was_faster) == "theirs"


@pytest.mark.parametrize("mode", [0o644, 0o604, 0o602])
def test_a_secret_that_everybody_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "token"
    path.write_text("known to all")
    path.chmod(mode)

    with pytest.raises(SettingsInvalid, match=f"chmod 600 {path}"):
        kept_secret(path, _never)


def test_a_secret_on_a_volume_that_is_a_groups_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("ours")
    path.chmod(0o660)

    assert kept_secret(path, _never) == "ours"


def test_a_folder_that_cannot_be_made_is_a_setting_to_change(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SettingsInvalid, match="this file keeps a secret"):
        kept_secret(tmp_path / "file" / "token", lambda: "x")


def test_the_secret_key_lies_beside_a_sqlite_database_and_stays(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/jit.db")

    first, second = with_secret_key(settings).secret_key, with_secret_key(settings).secret_key

    assert first == second
    assert first is not None
    assert (tmp_path / "jit.db.key").read_text().strip() == first.get_secret_value()


def test_a_key_that_was_set_is_taken_as_it_is(tmp_path: Path) -> None:
    settings = Settings.model_validate({"JIT_SECRET_KEY": KEY, "JIT_DATABASE_URL": f"sqlite:///{tmp_path}/jit.db"})

    assert with_secret_key(settings) is settings
    assert list(tmp_path.iterdir()) == []


def test_replicas_on_postgresql_must_be_given_one_key() -> None:
    with pytest.raises(SettingsInvalid, match="JIT_SECRET_KEY: is not set; with PostgreSQL it must be"):
        with_secret_key(Settings(database_url="postgresql://db/jit"))


def test_a_damaged_key_is_never_replaced_in_silence(tmp_path: Path) -> None:
    (tmp_path / "jit.db.key").touch(mode=0o600)
    (tmp_path / "jit.db.key").write_text("short")

    with pytest.raises(SettingsInvalid, match="is damaged"):
        with_secret_key(Settings(database_url=f"sqlite:///{tmp_path}/jit.db"))


def test_a_database_in_memory_has_a_key_of_the_moment() -> None:
    one, other = (with_secret_key(Settings(database_url="sqlite://")).secret_key for _ in range(2))

    assert one != other
