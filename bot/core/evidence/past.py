"""What earlier runs say of a test: what triage compares a failure with."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class RefKind(StrEnum):
    """What a run was of: the ref that others start from, any other branch, or a tag."""

    BASE = "base"
    BRANCH = "branch"
    TAG = "tag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """A run in which the test stood: whether it failed, at which commit (None: not said), and when (aware UTC)."""

    failed: bool
    commit: str | None
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known of one test id, in one repository and environment.

    ``base`` is the newest run on the base ref, None if it never stood in one. ``runs`` and ``failures`` count the
    newest runs of every ref kind, as far back as they are kept; ``mixed`` tells whether it both passed and failed at
    one commit of the base ref among them. ``first_bad`` is the oldest failure since the last run on the base ref in
    which it passed, and ``last_failed`` the newest; both None when it never failed.

    ``turns`` counts how often its outcome changed from one kept run on the base ref to the next. ``signatures`` are
    those it failed with at such mixed commits, and ``base_signature`` is the one that ``base`` failed with
    (:func:`bot.core.evidence.signature.signature_of`). The commit that is asked for supplies none of them.
    """

    runs: int = 0
    failures: int = 0
    mixed: bool = False
    base: Sighting | None = None
    base_signature: str | None = None
    first_bad: Sighting | None = None
    last_failed: Sighting | None = None
    turns: int = 0
    signatures: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose past is looked up: what the ``source`` said before, where, and for which commit.

    What failed at that ``commit`` itself is nothing to compare with: asked twice, a failure would excuse itself.
    """

    source: str
    repository: str | None
    environment: str | None
    commit: str | None


SHORTEST_COMMIT = 7
"""How many characters of a commit's name are enough to be that commit."""


def is_same_commit(one: str, other: str) -> bool:
    """Tell whether both may name one commit: in upper case or lower, in full or by how it begins."""
    short, long = sorted((one.casefold(), other.casefold()), key=len)
    return short == long or (len(short) >= SHORTEST_COMMIT and long.startswith(short))


ReadPasts = Callable[[Scope, Collection[str]], Awaitable[Mapping[str, Past]]]
"""Looks up what is known of these test ids; of whom nothing is known may be left out."""


async def nothing_known(_scope: Scope, _tests: Collection[str]) -> Mapping[str, Past]:
    """Know no past at all: then every failure is unknown."""
    return {}
