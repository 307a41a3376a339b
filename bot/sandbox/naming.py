"""What this workspace is called outside. Inside it is always the same one; what leaves it has the id of its config."""

from typing import TypeVar, cast

from bot.sandbox.ids import TEAM

T = TypeVar("T")


def under_its_id(document: T, team: str) -> T:
    """Return *document* with the workspace's own id in place of the one it has inside, wherever it stands by itself."""
    return document if team == TEAM else cast("T", _renamed(document, team))


def _renamed(value: object, team: str) -> object:
    if isinstance(value, dict):
        return {name: _renamed(inner, team) for name, inner in cast("dict[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_renamed(inner, team) for inner in cast("list[object]", value)]
    return team if value == TEAM else value
