"""What a policy file names of the workspace, and where: channels, accounts, addresses and Slack's user groups."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path as FilePath
from typing import cast

from bot.policy.grammar.mappings import DefaultsPart
from bot.policy.loader import read_bytes, read_yaml
from bot.policy.reading.document import Document, Path
from bot.policy.reading.errors import PolicyError

_CHANNEL_KEYS = frozenset({"channel", "channels", "admin_channel", "allow_shared_channels"})
_PEOPLE_KEYS = frozenset({"users", "approvers", "mention", "to", "fallback"})
_HINT = "jit init writes one to start from"


class Kind(StrEnum):
    """What a name stands for."""

    CHANNEL = "channel"
    ACCOUNT = "account"
    ADDRESS = "address"
    USERGROUP = "usergroup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One name in the file. ``account`` is the Slack id that the same entry gives beside an address."""

    kind: Kind
    name: str
    place: PolicyError
    account: str | None = None


def read_mentions(path: FilePath) -> tuple[Mention, ...]:
    """Return everything the file at *path*, which can be used, names of the workspace. Raises PolicyInvalid."""
    document = read_yaml(read_bytes(path, _HINT), str(path), _HINT)
    file = cast("dict[str, object]", document.data)
    found = list(_walk(file, (), str(path), document))
    if "channel" not in cast("dict[str, object]", file.get("defaults") or {}):
        default = DefaultsPart().channel
        place = _place(("defaults",), str(path), document)
        found.insert(0, Mention(kind=Kind.CHANNEL, name=default, place=place))
    return tuple(found)


def _walk(value: object, path: Path, file: str, document: Document) -> Iterator[Mention]:
    match value:
        case dict():
            for key, inner in cast("dict[str, object]", value).items():
                yield from _walk(inner, (*path, key), file, document)
        case list():
            for index, inner in enumerate(cast("list[object]", value)):
                yield from _walk(inner, (*path, index), file, document)
        case str():
            kind = _kind(path, value)
            if kind is not None:
                place = _place(path, file, document)
                yield Mention(kind=kind, name=value, place=place, account=_account_beside(path, document))
        case _:
            return


def _kind(path: Path, value: str) -> Kind | None:
    """Return what a text stands for, by the keys that lead to it."""
    named = next((key for key in reversed(path) if isinstance(key, str)), "")
    if named in _CHANNEL_KEYS:
        return Kind.CHANNEL
    if path[0] == "people" and named in {"slack", "email"}:
        return Kind.ACCOUNT if named == "slack" else Kind.ADDRESS
    if named == "slack_usergroup":
        return Kind.USERGROUP
    return Kind.ADDRESS if named in _PEOPLE_KEYS and "@" in value else None


def _account_beside(path: Path, document: Document) -> str | None:
    if path[0] != "people" or path[-1] != "email":
        return None
    people = cast("dict[str, dict[str, dict[str, object]]]", document.data)["people"]
    account = people[str(path[1])].get("slack")
    return account if isinstance(account, str) else None


def _place(path: Path, file: str, document: Document) -> PolicyError:
    return PolicyError(file=file, position=document.at(path), path=".".join(map(str, path)), sentence="")
