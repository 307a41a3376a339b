"""People as the log names them: written-down handles, compared without the code that let them in."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

_KINDS = ("person", "email", "slack_id", "github")


def handles(named: Mapping[str, Any]) -> frozenset[str]:
    """Return everything a person in the log can be recognised by, each with its kind in front."""
    return frozenset(f"{kind}:{named[kind]}" for kind in _KINDS if named[kind])


def share_a_handle(one: Mapping[str, Any], others: Iterable[Mapping[str, Any] | None]) -> bool:
    """Tell whether *one* may be one of *others*, however the handles are spelt: for bans and for counting."""
    mine = _loosely(handles(one))
    return any(other is not None and mine & _loosely(handles(other)) for other in others)


def is_listed(one: Mapping[str, Any], approvers: Iterable[Mapping[str, Any]]) -> bool:
    """Tell whether *one* certainly is one of *approvers*: letters A to Z aside, a handle is there as it is written."""
    mine = _exactly(handles(one))
    return any(mine & _exactly(handles(other)) for other in approvers)


def _loosely(names: Iterable[str]) -> frozenset[str]:
    return frozenset(unicodedata.normalize("NFKC", name).casefold() for name in names)


def _exactly(names: Iterable[str]) -> frozenset[str]:
    return frozenset("".join(c.lower() if c.isascii() else c for c in name) for name in names)
