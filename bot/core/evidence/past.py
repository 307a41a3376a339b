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
    one commit among them. ``first_bad`` is the oldest failure since the last run on the base ref in which it passed,
    and ``last_failed`` the newest; both None when it never failed.

    ``turns`` counts how often its outcome changed from one kept run on the base ref to the next. ``signatures`` are
    those it failed with in the kept runs, on whatever ref (:func:`bot.core.evidence.signature.signature_of`).
    """

    runs: int = 0
    failures: int = 0
    mixed: bool = False
    base: Sighting | None = None
    first_bad: Sighting | None = None
    last_failed: Sighting | None = None
    turns: int = 0
    signatures: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whose past is looked up: what the ``source`` said before, where, and for which commit.

    What ran at that ``commit`` itself is no ``base`` to compare with: asked twice, a failure would excuse itself.
    """

    source: str
    repository: str | None
    environment: str | None
    commit: str | None


ReadPasts = Callable[[Scope, Collection[str]], Awaitable[Mapping[str, Past]]]
"""Looks up what is known of these test ids; of whom nothing is known may be left out."""


async def nothing_known(_scope: Scope, _tests: Collection[str]) -> Mapping[str, Past]:
    """Know no past at all: then every failure is unknown."""
    return {}
