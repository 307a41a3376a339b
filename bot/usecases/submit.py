"""Somebody asks: the policy judges, and the request stands, or is already settled, in one commit."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.canonical import sha256_digest
from bot.core.digest import bound
from bot.core.errors import Refusal, Refused
from bot.core.events import Submitted, Superseded
from bot.core.evidence import TestEvidence
from bot.core.judging.counting import require_room
from bot.core.judging.keyless import is_of, require_proven
from bot.core.judging.policy import Policy
from bot.core.life import lifecycle
from bot.core.life.outcome import Outcome
from bot.core.people.identity import Actor
from bot.core.receiver import ReturnAddress
from bot.core.request import ApprovalRequest, RequestId, State, Subject
from bot.core.stamp import Stamp
from bot.store import Keyed, Transaction
from bot.usecases.judging import Case, judged, spend
from bot.usecases.muster import ask_others
from bot.usecases.once import take_once
from bot.usecases.past_runs import Ran, take_in
from bot.usecases.refusing import Try, refusals_noted


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One question of a source. ``tests`` holds every failure; ``digest`` is :func:`digest_of` subject and tests.

    ``key`` is the caller's idempotency key, ``body_hash`` the hash of the bytes it came with, ``signed`` the id
    that its signature was made with. ``ran`` is what its reports say test by test, None where that is not known.
    that its signature was made with. ``address`` is where a native source is answered; its subject has the seal of it.
    """

    source: str
    subject: Subject
    tests: TestEvidence
    digest: str
    by: Actor
    key: str | None = None
    body_hash: str | None = None
    signed: Stamp | None = None
    ran: Ran | None = None
    address: ReturnAddress | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What came of an ask: a new request, or the one that the same ask made before.

    ``tests`` holds every failure of a new one, as it was judged: with what is waived of them.
    """

    request: ApprovalRequest
    is_new: bool
    tests: TestEvidence = field(default_factory=TestEvidence)


def digest_of(subject: Subject, tests: TestEvidence) -> str:
    """Return ``sha256:…`` over what an approval will be bound to. Costly for many failures: call it before the door."""
    return sha256_digest(bound(subject, tests))


def submit(tx: Transaction, ask: Ask, policy: Policy, now: datetime) -> Submission:
    """Judge and record *ask*.

    Raises Refused: UNPROVEN when its ID token proves something else, KEY_REUSED when its idempotency key came before
    with another body, REPLAYED when its signature was used for another ask, TOO_MANY when its rule asks people no more
    for a while.
    """
    with refusals_noted(tx, ask.by, "submit", now) as attempt:
        require_proven(ask.subject)
        earlier = _earlier(tx, ask, attempt)
        if earlier is not None:
            return Submission(request=earlier, is_new=False)
        case = Case(source=ask.source, subject=ask.subject, tests=ask.tests)
        found = judged(tx, case, policy, now)
        require_room(found.ruling, policy.limit_of(found.ruling), tx.history.uses, now)
        # Only now: what was refused for being too much may come again as it was signed.
        take_once(tx, ask.source, ask.signed)
    event = Submitted(
        id=RequestId(tx.new_id()),
        number=tx.requests.next_number(),
        source=ask.source,
        by=ask.by,
        subject=ask.subject,
        tests=found.tests.headline(),
        digest=ask.digest,
        ruling=found.ruling,
        precedent=tx.history.precedent(ask.source, ask.subject),
    )
    outcome = _shared(tx, event, lifecycle.submit(event, now), now)
    keyed = None if ask.key is None else Keyed(key=ask.key, body_hash=ask.body_hash or "", request_id=event.id)
    spend(tx, found.waivers)
    tx.record(outcome, evidence=found.tests, key=keyed)
    if ask.ran is not None:
        take_in(tx, ask.ran, event.id, now)
    if ask.address is not None:
        tx.receivers.put(event.id, ask.address)
    _supersede(tx, outcome.request, ask.by, now)
    return Submission(request=ask_others(tx, outcome.request, now), is_new=True, tests=found.tests)


def _shared(tx: Transaction, event: Submitted, alone: Outcome, now: datetime) -> Outcome:
    """Return what comes of *event*: on the card of an identical ask, if there is one, else *alone*."""
    leader = tx.groups.leader_for(alone.request)
    return alone if leader is None else lifecycle.submit(replace(event, leader=leader), now)


def _supersede(tx: Transaction, newer: ApprovalRequest, by: Actor, now: datetime) -> None:
    """End the older open requests of the lane, if the new one's rule says so; but not those that ask for the same.

    Not for a request that its rule has rejected: nothing took over then. One whose last moment is reached, its deadline
    or that of its release, is the timer's.
    Who follows ends before whom it follows, so that nobody leads for a moment only. A lane is the caller's word: a job
    that is proven to be of one repository ends nothing of another.
    """
    lane = newer.subject.lane
    if lane is None or not newer.ruling.supersede_lane or newer.state is State.REJECTED:
        return
    lead = newer.leader or newer.id
    overtaken = [tx.requests.lock(found) for found in tx.requests.open_in_lane(newer.source, lane) if found != newer.id]
    for older in sorted(overtaken, key=lambda one: one.leader is None):
        if not is_of(older.subject, newer.subject.proof):
            continue
        if older.last_moment is not None and now < older.last_moment and lead not in {older.id, older.leader}:
            tx.record(lifecycle.advance(older, Superseded(by=by, newer=newer.id), now))


def _earlier(tx: Transaction, ask: Ask, attempt: Try) -> ApprovalRequest | None:
    known = tx.requests.by_key(ask.source, ask.key) if ask.key is not None else None
    if known is None:
        return None
    attempt.request = tx.requests.lock(known.request_id)
    if known.body_hash != ask.body_hash:
        raise Refused(
            Refusal.KEY_REUSED,
            f"This Idempotency-Key was used for another request (#{attempt.request.number}). Use a new key.",
        )
    return attempt.request
