"""Several workspaces in one bot: a file of settings for each, which share the port, the app at Slack, and nothing else.

Every workspace gets a house of its own: its books, its policy, its people, its sources and its keys. So nothing has to
know which workspace it is about, and nothing can be mistaken for another's.
"""

import hmac
import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr, ValidationError

from bot.environment import SettingsInvalid, read_env_file, read_named_file
from bot.settings import Settings, as_lines

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_SUFFIX = ".env"
_NEEDED = ("SLACK_TEAM_ID", "JIT_DATABASE_URL", "JIT_POLICY_FILE")
_OWN = frozenset({*_NEEDED, "JIT_CALENDAR_COPIES", "JIT_ISSUER_COPIES", "JIT_SLACK_PACE", "SLACK_API_URL"})
_NOT_FOR_ALL = frozenset({*_NEEDED, "SLACK_BOT_TOKEN", "JIT_CALENDAR_COPIES"})
_FOR_ALL = ("JIT_SECRET_KEY", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")
_PURPOSE = b"jit-approvals: the key of one workspace among several, v1"


def read_workspaces(settings: Settings) -> Mapping[str, Settings]:
    """Return the settings of every workspace, by its name; none at all where the bot serves one by itself.

    The names are those of the files ``NAME.env`` in the folder that ``JIT_WORKSPACES`` names. Raises SettingsInvalid.
    """
    folder = settings.workspaces
    if folder is None:
        return {}
    faults = [*_faults_of_all(settings)]
    if faults:
        raise SettingsInvalid(*faults)
    files = _files(folder)
    found = dict[str, Settings]()
    for path in files:
        try:
            found[path.stem] = _read(settings, path)
        except SettingsInvalid as invalid:
            faults += invalid.lines
    faults = faults or [*_faults_between(found)]
    if faults:
        raise SettingsInvalid(*faults)
    return found


def key_of(secret_key: SecretStr, team: str) -> SecretStr:
    """Return the secret key of one workspace: what is sealed for one is worth nothing in another."""
    made = hmac.digest(secret_key.get_secret_value().encode(), b"\n".join((_PURPOSE, team.encode())), "sha256")
    return SecretStr(made.hex())


def _files(folder: Path) -> list[Path]:
    try:
        files = sorted(path for path in folder.iterdir() if path.name.endswith(_SUFFIX))
    except OSError as error:
        raise SettingsInvalid(
            f"JIT_WORKSPACES: {folder}: {error.strerror}; name a folder with NAME.env files"
        ) from None
    if not files:
        raise SettingsInvalid(f"JIT_WORKSPACES: {folder}: there is no NAME{_SUFFIX} in it, one for each workspace")
    bad = [path.name for path in files if _NAME.fullmatch(path.name.removesuffix(_SUFFIX)) is None]
    if bad:
        raise SettingsInvalid(
            *(f"{folder / name}: a workspace has a name of a-z, 0-9 and -, at most 40 of them" for name in bad)
        )
    return files


def _faults_of_all(settings: Settings) -> list[str]:
    """Return what is set for the process and would be passed over, and what every workspace needs from it."""
    fields = {str(field.validation_alias): name for name, field in Settings.model_fields.items()}
    passed_over = [name for name in sorted(_NOT_FOR_ALL) if fields[name] in settings.model_fields_set]
    missing = [name for name in _FOR_ALL if getattr(settings, fields[name]) is None]
    return [
        *(f"{name}: is set beside JIT_WORKSPACES, which has one for each workspace; unset it" for name in passed_over),
        *(f"{name}: is not set; with JIT_WORKSPACES it must be, for all workspaces" for name in missing),
    ]


def _read(settings: Settings, path: Path) -> Settings:
    """Return the settings of one workspace. Raises SettingsInvalid, each line with the file's name."""
    given = read_env_file(path)
    foreign = {str(field.validation_alias) for field in Settings.model_fields.values()} - _OWN
    named = {name if name in _OWN else name.removesuffix("_FILE") for name in given}
    faults = [f"{path}: {name}: is for the whole bot; set it beside JIT_WORKSPACES" for name in sorted(foreign & named)]
    try:
        given = _with_files(given)
    except SettingsInvalid as invalid:
        raise SettingsInvalid(*faults, *(f"{path}: {line}" for line in invalid.lines)) from None
    faults += [f"{path}: {name}: is not set; each workspace has its own" for name in _NEEDED if name not in given]
    if faults:
        raise SettingsInvalid(*faults)
    own = {name: value for name, value in given.items() if name in _OWN}
    secrets = {name: value for name, value in given.items() if name not in _OWN}
    values = {**settings.model_dump(), "workspaces": None, **_by_field(own), **_keys(settings, own["SLACK_TEAM_ID"])}
    try:
        found = Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsInvalid(*(f"{path}: {line}" for line in as_lines(error))) from None
    return settings.of_workspace(path.stem, _with_copies(found, path.stem), secrets)


def _with_files(given: Mapping[str, str]) -> dict[str, str]:
    """Return what is set, also what a file holds that is named: ``NAME_FILE`` for ``NAME``."""
    values = {name: value for name, value in given.items() if not name.endswith("_FILE") or name == "JIT_POLICY_FILE"}
    for name in given.keys() - values.keys():
        meant = name.removesuffix("_FILE")
        values[meant] = read_named_file(meant, given[name], is_set=meant in given) or ""
    return values


def _by_field(own: Mapping[str, str]) -> dict[str, object]:
    return {
        name: own[str(field.validation_alias)]
        for name, field in Settings.model_fields.items()
        if field.validation_alias in own
    }


def _keys(settings: Settings, team: str) -> Mapping[str, object]:
    pairs = (("secret_key", settings.secret_key), ("secret_key_before", settings.secret_key_before))
    return {name: key_of(key, team) for name, key in pairs if key is not None}


def _with_copies(found: Settings, name: str) -> Settings:
    """Keep the calendars of two workspaces apart whose databases lie in one folder."""
    folder = found.calendar_folder()
    if folder is None or found.calendar_copies is not None:
        return found
    return found.model_copy(update={"calendar_copies": folder.with_name(f"{folder.name}-{name}")})


def _faults_between(found: Mapping[str, Settings]) -> list[str]:
    """Return what two workspaces have both, and may not."""
    faults = list[str]()
    for what, of in (("SLACK_TEAM_ID", _team), ("JIT_DATABASE_URL", _database)):
        first = dict[str, str]()
        for name, settings in found.items():
            other = first.setdefault(of(settings), name)
            if other != name:
                faults.append(f"{what}: the workspaces {other} and {name} have the same one; each has its own")
    return faults


def _team(settings: Settings) -> str:
    return settings.slack_team_id or ""


def _database(settings: Settings) -> str:
    """Return where the database is; two ways to write the same one to a server are told apart when it is used."""
    url = urlsplit(settings.database_url)
    return str(Path(url.path.removeprefix("/")).resolve()) if url.scheme == "sqlite" else settings.database_url
