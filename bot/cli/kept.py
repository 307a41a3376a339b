"""Secrets that are made at the first start and kept in a file that only we may read."""

import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from bot.settings import SHORTEST_KEY, Settings, SettingsInvalid


def kept_secret(path: Path, make: Callable[[], str]) -> str:
    """Return the secret in the file *path*; at the first start *make* it.

    It is written aside and then linked into place: a crash leaves no half of it, and of two starts at once one wins
    and both read the same. Raises SettingsInvalid when it can't be read or written, or when others can read it.
    """
    try:
        if not path.exists():
            _create(path, make())
    except OSError as error:
        raise _unusable(path, error) from error
    return _read_kept(path)


def _read_kept(path: Path) -> str:
    try:
        _require_private(path)
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _unusable(path, error) from error


def _unusable(path: Path, error: Exception) -> SettingsInvalid:
    why = error.strerror if isinstance(error, OSError) else "is not text"
    return SettingsInvalid(f"{path}: {why}; this file keeps a secret and must be readable and writable")


def _require_private(path: Path) -> None:
    """Refuse a secret that all users of this machine may read; a group may be how a volume is mounted."""
    if path.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH):
        raise SettingsInvalid(
            f"{path}: everybody on this machine can read this secret: `chmod 600 {path}`;"
            " if somebody may have read it, delete it instead, and a new one is made"
        )


def _create(path: Path, secret: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(secret + "\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(aside, path)
    except FileExistsError:
        pass  # another start was first; its secret is the one
    finally:
        aside.unlink()


def with_secret_key(settings: Settings) -> Settings:
    """Return *settings* with a secret key: the one that was set, else one kept beside the SQLite database.

    Raises SettingsInvalid: with PostgreSQL there may be several of us, who must all have the same key.
    """
    if settings.secret_key is not None:
        return settings
    if not settings.database_url.startswith("sqlite"):
        raise SettingsInvalid(
            "JIT_SECRET_KEY: is not set; with PostgreSQL it must be, the same for every replica "
            "(`openssl rand -hex 32` makes a good one; or set JIT_SECRET_KEY_FILE)"
        )
    path = kept_key_file(settings)
    if path is None:
        return settings.model_copy(update={"secret_key": SecretStr(secrets.token_hex(SHORTEST_KEY))})
    key = kept_secret(path, lambda: secrets.token_hex(SHORTEST_KEY))
    return settings.model_copy(update={"secret_key": SecretStr(_long_enough(path, key))})


def require_kept(path: Path) -> SecretStr:
    """Return the secret key in the file *path*, which is there. Raises SettingsInvalid as a start would."""
    return SecretStr(_long_enough(path, _read_kept(path)))


def kept_key_file(settings: Settings) -> Path | None:
    """Return where the secret key is kept that was not set; None where none is kept."""
    database = urlsplit(settings.database_url).path.removeprefix("/")
    is_file = settings.database_url.startswith("sqlite") and database not in {"", ":memory:"}
    return Path(f"{database}.key") if is_file else None


def _long_enough(path: Path, key: str) -> str:
    if len(key) < SHORTEST_KEY:
        raise SettingsInvalid(f"{path}: is damaged: a secret key has {SHORTEST_KEY} characters or more; restore it")
    return key
