"""Which workspace a command is about: the only one, or what `jit --workspace NAME` or ``JIT_WORKSPACE`` names."""

from collections.abc import Mapping
from contextvars import ContextVar

from bot.environment import SettingsInvalid, variable
from bot.settings import Settings, read_settings
from bot.workspaces import read_workspaces

_chosen: ContextVar[str | None] = ContextVar("workspace", default=None)


def choose(workspace: str | None) -> None:
    """Remember for this command which one was named."""
    _chosen.set(workspace)


def chosen_settings() -> Settings:
    """Return the settings of the workspace that this command is about. Raises SettingsInvalid."""
    settings = read_settings()
    workspaces, name = read_workspaces(settings), _chosen.get() or variable("JIT_WORKSPACE")
    if name is None:
        return _only(settings, workspaces)
    if not workspaces:
        raise SettingsInvalid(f"--workspace {name}: JIT_WORKSPACES is not set, so the bot serves one; leave it out")
    if name not in workspaces:
        raise SettingsInvalid(
            f"--workspace {name}: there is none of that name; JIT_WORKSPACES has {_names(workspaces)}"
        )
    return workspaces[name]


def _only(settings: Settings, workspaces: Mapping[str, Settings]) -> Settings:
    if workspaces:
        names = _names(workspaces)
        raise SettingsInvalid(f"JIT_WORKSPACES: the bot serves {names}; say which: jit --workspace NAME ...")
    return settings


def _names(workspaces: Mapping[str, Settings]) -> str:
    return ", ".join(workspaces)
