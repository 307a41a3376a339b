"""A waiver: one failure, told by its test and by its signature, that somebody accepts for a while."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from bot.core.evidence import TestEvidence
from bot.core.evidence.waived import Waived
from bot.core.people.identity import Actor, Person
from bot.core.request import RequestId, Subject


class Ending(StrEnum):
    """How a waiver came to an end, but for its last use, which is an end of its own."""

    REVOKED = "revoked"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class End:
    """That a waiver holds no more: how, when (aware UTC), by whom, and why."""

    how: Ending
    at: datetime
    by: Actor
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where a waiver holds: in requests of this source, for this repository and this environment, and in no others.

    A source that is trusted with less can tell of any repository: what is waived on its word holds for its word only.
    """

    source: str
    repository: str
    environment: str | None

    @property
    def key(self) -> str:
        """Return what its waivers are found by."""
        return _hashed(self.source, self.repository, self.environment)

    def key_of(self, test: str, signature: str) -> str:
        """Return what the failures of a test with this signature are found by here."""
        return _hashed(self.source, self.repository, self.environment, test, signature)

    def keys_of(self, tests: TestEvidence) -> frozenset[str]:
        """Return what the failures that can be recognised are found by."""
        named = ((failure.id, failure.signature) for failure in tests.failures)
        return frozenset(self.key_of(test, signature) for test, signature in named if signature is not None)


def _hashed(*words: str | None) -> str:
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()


def site_of(source: str, subject: Subject) -> Site | None:
    """Return where a request stands; None without a repository: then nobody could tell whose test it was."""
    if subject.repository is None:
        return None
    return Site(source=source, repository=subject.repository, environment=subject.environment)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiver:
    """Before ``until`` (aware UTC) a failure of ``test`` with this very ``signature`` counts as waived at its site.

    It does so in ``uses`` requests at most, of which ``used`` have been; ``about`` is the one whose failure it was
    given for. At ``remind_at`` its giver is told that it ends, once. Its number is what people know it by.
    """

    number: int
    site: Site
    test: str
    signature: str
    reason: str
    ticket: str | None
    by: Person
    about: RequestId
    since: datetime
    until: datetime
    uses: int
    remind_at: datetime
    used: int = 0
    reminded_at: datetime | None = None
    end: End | None = None

    @property
    def key(self) -> str:
        """Return what its failures are found by."""
        return self.site.key_of(self.test, self.signature)

    @property
    def is_used_up(self) -> bool:
        """Tell whether no use is left."""
        return self.used >= self.uses

    @property
    def wake_at(self) -> datetime | None:
        """Return when the clock brings it something: its reminder, then its end. None once nothing more can come."""
        if self.end is not None or self.is_used_up:
            return None
        return self.remind_at if self.reminded_at is None else self.until

    def holds(self, now: datetime) -> bool:
        """Tell whether a failure may count as waived by it; at its end none does, whether or not the clock came by."""
        return self.end is None and not self.is_used_up and now < self.until

    def spent(self) -> "Waiver":
        """Return it with one more use."""
        return replace(self, used=self.used + 1)

    @property
    def mark(self) -> Waived:
        """Return what stands beside a failure that it covers."""
        return Waived(number=self.number, by=self.by, until=self.until, reason=self.reason, ticket=self.ticket)
