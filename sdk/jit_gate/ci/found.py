"""What a CI system says of the job that runs here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from jit_gate.asking import Person

_SSH = re.compile(r"[\w.-]+@[\w.-]+:(?P<path>[^:]+)")
_URL = re.compile(r"(?:https?|ssh|git)://[^/]+/(?P<path>.+)")


@dataclass(frozen=True)
class Found:
    """The fields that a CI knows. ``triggerer`` is whom it has authenticated; ``authors`` is what commits claim.

    Both can only ban somebody from answering; neither lets anybody answer.
    """

    name: str
    repository: str | None = None
    ref: str | None = None
    commit: str | None = None
    url: str | None = None
    triggerer: Person | None = None
    authors: tuple[Person, ...] = ()
    run: Mapping[str, str] = field(default_factory=dict[str, str])


def read_repository(url: str) -> str | None:
    """Return ``acme/payments`` for the address it is cloned from; a user or token in that is not kept."""
    match = _URL.fullmatch(url) or _SSH.fullmatch(url)
    return match["path"].rstrip("/")[: -4 if match["path"].rstrip("/").endswith(".git") else None] if match else None


def branch_ref(name: str | None) -> str | None:
    """Return the full name of a branch."""
    return f"refs/heads/{name}" if name else None


def tag_ref(name: str | None) -> str | None:
    """Return the full name of a tag."""
    return f"refs/tags/{name}" if name else None


def change_ref(number: str | None) -> str | None:
    """Return the ref of a pull request: never a branch's, for anybody may call the branch of a fork ``main``."""
    return f"refs/pull/{number}/head" if number else None


def by_email(text: str | None) -> Person | None:
    """Return whom ``ana@acme.test`` or ``Ana <ana@acme.test>`` names, if it names anybody.

    The address that GitHub gives to whoever hides theirs holds their login.
    """
    email = (text or "").rpartition("<")[2].rstrip(">").strip()
    if "@" not in email or any(c.isspace() for c in email):
        return None
    local, _, domain = email.partition("@")
    if domain == "users.noreply.github.com":
        return Person(github=local.rpartition("+")[2])
    return Person(email=email)


def present(pairs: Mapping[str, str | None]) -> dict[str, str]:
    """Return what is there."""
    return {name: value for name, value in pairs.items() if value}
