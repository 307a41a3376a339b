"""The only reader of the environment: variables, `.env`, and the files that `NAME_FILE` names."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream
from pydantic import SecretStr

DOTENV = ".env"


class SettingsInvalid(Exception):
    """Settings nobody can start with. Every line names the variable and says what to change."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def read_secret(name: str) -> SecretStr | None:
    """Return the secret *name* from the environment, `.env` or the file that `NAME_FILE` names."""
    value = variable(name) or read_named_file(name, variable(f"{name}_FILE"), is_set=bool(variable(name)))
    return SecretStr(value) if value else None


def read_named_secret(name: str) -> str | None:
    """Return what the file holds that `NAME_FILE` names. Raises SettingsInvalid, also where both are set."""
    return read_named_file(name, variable(f"{name}_FILE"), is_set=bool(variable(name)))


def has_display() -> bool:
    """Tell whether a browser that we open would be seen; over ssh it would be a text browser in our terminal."""
    return sys.platform in {"darwin", "win32"} or any(map(variable, ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")))


def variable(name: str) -> str | None:
    """Return what is set, in the environment or else in `.env`; None for what is empty."""
    return os.environ.get(name) or dotenv_values(DOTENV, encoding="utf-8").get(name) or None


def read_named_file(name: str, path: str | None, *, is_set: bool) -> str | None:
    """Return the secret in the file at *path*. Raises SettingsInvalid; two sources for one secret are none."""
    if path is None:
        return None
    if is_set:
        raise SettingsInvalid(f"{name}: is set twice, also by {name}_FILE; keep one of them")
    try:
        content = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "is not UTF-8 text"
        raise SettingsInvalid(f"{name}_FILE: {path}: {why}; name a readable file that holds the secret") from None
    if not content:
        raise SettingsInvalid(f"{name}_FILE: {path}: is empty; write the secret into it")
    return content


def read_env_file(path: Path) -> Mapping[str, str]:
    """Return what stands in a file of ``NAME=value`` lines, as it stands there. Raises SettingsInvalid."""
    try:
        require_readable(path)
        found = dotenv_values(path, encoding="utf-8", interpolate=False)
    except OSError as error:
        raise SettingsInvalid(f"{path}: {error.strerror}; it must be readable") from None
    except UnicodeDecodeError:
        raise SettingsInvalid(f"{path}: is not UTF-8 text; save it again as UTF-8") from None
    return {name: value for name, value in found.items() if value}


def require_readable(path: Path) -> None:
    """Refuse lines that would be passed over: what was meant by them would be missed later, or never."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8") as lines:
        bad = [binding.original.line for binding in parse_stream(lines) if binding.error]
    if bad:
        raise SettingsInvalid(*(f"{path}:{line}: cannot be read; write NAME=value" for line in bad))
