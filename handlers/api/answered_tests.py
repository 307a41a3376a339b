"""What is answered about tests that ran, and about what earlier runs and people said of those that failed."""

from datetime import datetime

from bot.core.evidence import Triage
from handlers.api.who import Answered, PersonAnswered


class WaiverAnswered(Answered):
    """By whom a failure is waived, until when, and why."""

    number: int
    by: PersonAnswered
    expires_at: datetime
    reason: str
    ticket: str | None


class SeenAnswered(Answered):
    """A run in which a test failed."""

    commit: str | None
    at: datetime


class FailureAnswered(Answered):
    """One failed test, and what earlier runs said of it when the request was made.

    ``first_bad`` is the first failure known since it last passed on a base ref, ``last_failed`` the newest before this.
    """

    id: str
    message: str
    detail: str
    file: str | None
    line: int | None
    owner: str | None
    triage: Triage
    signature: str | None
    first_bad: SeenAnswered | None
    last_failed: SeenAnswered | None
    waiver: WaiverAnswered | None


class TestsAnswered(Answered):
    """What the tests said; ``incomplete`` says why they may not be all.

    ``new``, ``known``, ``flaky``, ``waived`` and ``unknown`` part all that failed, named or not.
    """

    __test__ = False

    total: int
    passed: int
    failed: int
    skipped: int
    new: int
    known: int
    flaky: int
    waived: int
    unknown: int
    incomplete: list[str]
    failures: list[FailureAnswered]
