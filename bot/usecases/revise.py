"""A source brings other evidence, for another commit perhaps: judged anew, and answers to the old do not count."""

from dataclasses import dataclass
from datetime import datetime

from bot.core.errors import Refusal, Refused
from bot.core.events import Revised
from bot.core.evidence import Difference, TestEvidence
from bot.core.judging.counting import require_room
from bot.core.judging.keyless import require_proven
from bot.core.judging.policy import Policy
from bot.core.life.lifecycle import advance
from bot.core.people.identity import Actor
from bot.core.request import ApprovalRequest, RequestId, Subject
from bot.core.revision import EarlierRevision
from bot.core.stamp import Stamp
from bot.store import Transaction
from bot.usecases.judging import Case, Judged, judged, spend
from bot.usecases.muster import ask_others
from bot.usecases.once import take_once
from bot.usecases.past_runs import Ran, take_in
from bot.usecases.refusing import refusals_noted

MOST_REVISIONS = 50
"""How many one request can have: each begins its clock anew, and nobody is to be asked without end."""

_BOUND = ("repository", "environment", "service", "action", "lane", "ref", "commit", "parameters")
"""What says which of the things that wait at a native source is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """What a source asks instead, for its own request.

    All of it was made for the request as it stood at the revision *seen*. ``expected`` is the revision that the caller
    means to replace; None: whichever is there. ``signed`` is the id that its signature was made with.
    ``ran`` is as in an ask.
    """

    request_id: RequestId
    source: str
    by: Actor
    seen: int
    subject: Subject
    tests: TestEvidence
    digest: str
    differences: tuple[Difference, ...]
    expected: int | None = None
    signed: Stamp | None = None
    ran: Ran | None = None


@dataclass(frozen=True, slots=True)
class Overtaken:
    """Another revision came since the request was looked at; nothing was written. Look again, and make it anew."""


def revise(tx: Transaction, revision: Revision, policy: Policy, now: datetime) -> ApprovalRequest | Overtaken:
    """Judge and record what is asked instead; the very same changes nothing, whenever it comes.

    Raises Refused: NOT_FOUND for another source's request, NOT_OPEN when it has ended, TOO_LATE when it is ending,
    UNPROVEN when its ID token proves something else, STALE when it is not at the revision that is *expected* or when an
    earlier one comes late, REPLAYED when its signature was used for something else, TOO_MANY as for a new request,
    BOUND when something else waits at the native source than what would be asked.
    """
    with refusals_noted(tx, revision.by, "revise", now) as attempt:
        request = tx.requests.lock(revision.request_id)
        if request.source != revision.source:
            raise Refused(Refusal.NOT_FOUND, "There is no such request.")
        attempt.request = request
        if request.revision != revision.seen:
            return Overtaken()
        require_proven(revision.subject)
        _require_bound(request.subject, revision.subject)
        if _is_same(request, revision):
            return request
        if request.state.is_open:
            _require_expected(request, revision)
        take_once(tx, revision.source, revision.signed)
        found = _judged(tx, request, revision, policy)
        event = Revised(
            by=revision.by,
            subject=revision.subject,
            tests=found.tests.headline(),
            digest=revision.digest,
            ruling=found.ruling,
            differences=revision.differences,
        )
        outcome = advance(request, event, now)
    spend(tx, found.waivers)
    tx.record(outcome, evidence=found.tests)
    if revision.ran is not None:
        take_in(tx, revision.ran, tx.new_id(), now)
    return ask_others(tx, outcome.request, now)


def _require_bound(asked: Subject, brought: Subject) -> None:
    """Raise Refused (BOUND) for another deployment than the one that waits, which is what would be released."""
    if asked.receiver is None:
        return
    names = [name for name in _BOUND if getattr(asked, name) != getattr(brought, name)]
    if brought.receiver != asked.receiver or names:
        raise Refused(
            Refusal.BOUND,
            f"What waits there is of the commit, ref and parameters that were asked, so {', '.join(names)} can't be"
            " changed. Bring only tests, links, authors or a reason; another commit is another deployment.",
        )


def _is_same(request: ApprovalRequest, revision: Revision) -> bool:
    """Tell whether it asks for what is asked already: the same digest, counts that say the same, and nobody new.

    Whoever is named as an author now may be banned: an answer of theirs to the same content must not go on counting.
    """
    names_nobody_new = set(revision.subject.authors) <= set(request.subject.authors)
    return request.digest == revision.digest and _counts(request.tests) == _counts(revision.tests) and names_nobody_new


def _counts(tests: TestEvidence) -> tuple[object, ...]:
    return tests.total, tests.passed, tests.failed, tests.skipped, tests.incomplete


def _require_expected(request: ApprovalRequest, revision: Revision) -> None:
    """Raise Refused (STALE) for what was sent before something newer, as far as anybody can tell."""
    if revision.expected not in {None, request.revision}:
        raise Refused(
            Refusal.STALE,
            f"This is revision {request.revision} by now, not {revision.expected}. Look what it asks, and if yours is"
            f" newer send it with revision {request.revision}.",
        )
    if request.revision >= MOST_REVISIONS:
        raise Refused(Refusal.NOTHING_LEFT, f"This has been revised {MOST_REVISIONS - 1} times. Ask anew.")
    came_back = next((one for one in reversed(request.earlier) if _comes_back(one, request, revision)), None)
    if revision.expected is None and came_back is not None:
        raise Refused(
            Refusal.STALE,
            f"Revision {came_back.revision} asked for this already, and others came after it, so it looks like a late"
            f" call. If it is meant, send it with revision {request.revision}.",
        )


def _comes_back(one: EarlierRevision, request: ApprovalRequest, revision: Revision) -> bool:
    """Tell whether it asks for what *one* asked, or for its commit, and not for that of the present one."""
    commit = revision.subject.commit
    is_left = commit is not None and one.commit == commit != request.subject.commit
    return is_left or one.digest == revision.digest != request.digest


def _judged(tx: Transaction, request: ApprovalRequest, revision: Revision, policy: Policy) -> Judged:
    """Judge it as if it were asked now, unless it has ended: then it only remains to be refused."""
    if not request.state.is_open:
        return Judged(tests=revision.tests, ruling=request.ruling)
    case = Case(source=request.source, subject=revision.subject, tests=revision.tests, itself=1)
    found = judged(tx, case, policy, tx.now)
    if found.ruling.rule != request.ruling.rule:
        require_room(found.ruling, policy.limit_of(found.ruling), tx.history.uses, tx.now)
    return found
