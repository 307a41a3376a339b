"""People as the log names them: written-down handles, compared without the code that let them in."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

Named = Mapping[str, Any]

_KINDS = {"person": "key", "email": "email", "slack_id": "slack", "github": "github"}
_LOGIN = re.compile(r"(?:.*\+)?([^+]*)@users\.noreply\.github\.com")
_TAG = re.compile(r"^([^+]+)\+.*(?=@)")
_UNSEEN = frozenset({"Cc", "Cf", "Zs", "Zl", "Zp"})
"""The categories of controls, format characters and spaces."""

_BLANK = frozenset(
    chr(point)
    for first, last in (
        *((0x34F, 0x34F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065), (0x3164, 0x3164)),
        *((0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFB), (0xE0000, 0xE0FFF)),
    )
    for point in range(first, last + 1)
)
"""What else Unicode says may be drawn as nothing."""


def is_member(actor: Named) -> bool:
    """Tell whether the log says that a full member of the workspace acted."""
    return actor["standing"] == "member" and actor["person"] is not None


def handles(named: Named) -> frozenset[str]:
    """Return everything a person in the log certainly is called, each with its kind in front."""
    listed = (f"{kind}:{named[field]}" for field, kind in _KINDS.items() if named[field])
    return frozenset((*listed, *named.get("aliases", ())))


def share_a_handle(one: Named, others: Iterable[Named]) -> bool:
    """Tell whether *one* may be one of *others*, however the handles are spelt: for bans and for counting."""
    mine = _loosely(one)
    return any(mine & _loosely(other) for other in others)


def are_told_apart(one: Named, other: Named) -> bool:
    """Tell whether anything could show that these are two: two names of the people table, or handles of one kind."""
    if _is_in_the_table(one) and _is_in_the_table(other):
        return True
    return bool({*_ways(one)} & {*_ways(other)})


def is_listed(one: Named, approvers: Iterable[Named]) -> bool:
    """Tell whether *one* certainly is one of *approvers*: letters A to Z aside, a handle is there as it is written.

    Two Slack accounts are two, whatever else they have in common.
    """
    mine, account = _exactly(handles(one)), one["slack_id"]
    return any(
        mine & _exactly(handles(other)) and (not account or account in (_accounts(other) or {account}))
        for other in approvers
    )


def _accounts(named: Named) -> frozenset[str]:
    return frozenset(handle.removeprefix("slack:") for handle in handles(named) if handle.startswith("slack:"))


def _is_in_the_table(named: Named) -> bool:
    """Tell whether the table gave them their name: a stranger's is the address, or the handle with its kind."""
    made = {named["email"], f"slack:{named['slack_id']}", f"github:{named['github']}"}
    return _lower(named["person"]) not in {_lower(name) for name in made if name}


def _ways(named: Named) -> frozenset[str]:
    return frozenset(kind for kind, name in _loosely(named, but="key") if name)


def _loosely(named: Named, but: str = "") -> frozenset[tuple[str, str]]:
    """Return kind and name of whatever points to them, ``also`` included, as far as anybody could tell it apart."""
    traces = (trace.split(":", 1) for trace in (*handles(named), *named.get("also", ())))
    return frozenset(_spelt(kind, name) for kind, name in traces if kind != but)


@lru_cache(4096)
def _spelt(kind: str, name: str) -> tuple[str, str]:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
    seen = "".join(c for c in folded if unicodedata.category(c) not in _UNSEEN and c not in _BLANK)
    if kind == "github":
        return kind, re.sub("^@+", "", seen)
    if "@" not in seen:
        return kind, seen
    box, at, host = re.sub(r"\.+$", "", seen).rpartition("@")
    seen = box.translate({ord('"'): None, ord("\\"): None}) + at + host
    if login := _LOGIN.fullmatch(seen):
        return "github", login[1]
    return kind, _TAG.sub(r"\1", seen)


def _exactly(names: Iterable[str]) -> frozenset[str]:
    return frozenset(map(_lower, names))


def _lower(name: str) -> str:
    return "".join(c.lower() if c.isascii() else c for c in name)
