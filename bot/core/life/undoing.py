"""What people settled can be taken back for a while: it is released, and anybody told of it, when that has passed.

Until then the request is as open as before, only that nobody is asked any more. So nothing that goes by how a request
ended can let a decision out too early: there is none. The window never reaches beyond the deadline: nothing counts
after it, and what is settled is due by then, though a process that was down releases it when it is back.
"""

from dataclasses import replace
from datetime import datetime

from bot.core.effects import Note, Said
from bot.core.errors import Refusal, Refused
from bot.core.events import (
    Cancelled,
    Event,
    GlassBroken,
    Reviewed,
    ReviewWithdrawn,
    Revised,
    Superseded,
    WindowPassed,
)
from bot.core.freeze import rejecting
from bot.core.life import demanding, quorum
from bot.core.life.outcome import Outcome, decided, ended, happened, shown
from bot.core.life.record import of_withdrawal
from bot.core.people import eligibility
from bot.core.people.identity import Person, is_one_of
from bot.core.request import ApprovalRequest, Decision, Review, Settled, State, Withdrawal
from bot.core.ruling import Verdict

_NONE_LEFT = "You have no answer here that counts, so there is nothing of yours to take back."


def decision_of(request: ApprovalRequest) -> Decision | None:
    """Return what the answers that count come to, in the words of the last of those; None while that is nothing.

    Enough approvals are never turned into something else by a rejection that is not enough, nor told in its words.
    """
    stage, rejections = request.ruling.stages[request.stage], quorum.counted(request, request.stage, Verdict.REJECT)
    if len(rejections) >= stage.reject_quorum:
        last = rejections[-1]
    elif request.stage == len(request.ruling.stages) - 1 and not quorum.missing(request, request.stage):
        last = quorum.counted(request, request.stage)[-1]
    else:
        return None
    return Decision(
        verdict=last.verdict,
        by=last.by,
        at=last.at,
        reason=last.reason,
        category=last.category,
        conditions=demanding.conditions_of(request) if last.verdict is Verdict.APPROVE else (),
        on_behalf_of=last.on_behalf_of,
    )


def settled(request: ApprovalRequest, now: datetime) -> ApprovalRequest:
    """Return the request with what its answers settle, and since when; as it is where its rule has no window.

    What they settled before stands, and its window runs on, while they still come to the same.
    """
    decision, before = decision_of(request), request.settled
    if decision is None:
        return replace(request, settled=None)
    if before is not None and before.decision.verdict is decision.verdict:
        return request
    return _held(request, decision, now)


def _held(request: ApprovalRequest, decision: Decision, now: datetime) -> ApprovalRequest:
    window, deadline = request.ruling.undo_within, request.deadline
    if window is None or deadline is None:
        return request
    return replace(request, settled=Settled(decision=decision, release_at=min(now + window, deadline)), claim=None)


def require_allowed(request: ApprovalRequest, event: Event) -> None:
    """Raise Refused for what has no place while something is settled: only what may keep it from being released."""
    held = request.settled
    if held is None:
        return
    match event:
        case ReviewWithdrawn() | WindowPassed() | Cancelled() | Superseded() | Revised():
            return
        case Reviewed(verdict=Verdict.REJECT) | GlassBroken() if held.is_yes:
            return
        case _:
            raise Refused(Refusal.SETTLED, _sentence(held))


def _sentence(settled: Settled) -> str:
    done = "approved" if settled.is_yes else "rejected"
    stop = " Whoever doubts that can still reject it." if settled.is_yes else ""
    return f"This is {done} already and about to be released; whoever answered can take that back until then.{stop}"


def withdrawn(request: ApprovalRequest, event: ReviewWithdrawn, now: datetime) -> Outcome:
    """Take back somebody's own answer to the present stage; what it settled is settled no longer.

    A yes that a rejection overtook is held anew, for a whole window, when that is gone: whoever gave it said so, and
    nobody could give it again.
    """
    person = eligibility.require_member(event.by)
    if request.ruling.undo_within is None:
        raise Refused(Refusal.NOTHING_LEFT, "This rule has no time in which an answer could be taken back.")
    eligibility.require_revision(request, event.revision)
    eligibility.require_stage(request, event.stage)
    review = answer_of(request, person)
    if review is None:
        raise Refused(Refusal.NOT_ELIGIBLE, _NONE_LEFT)
    gone = replace(review, withdrawn=Withdrawal(by=event.by, at=now))
    reviews = tuple(gone if one is review else one for one in request.reviews)
    after = settled(replace(request, reviews=reviews), now)
    is_held_anew = after.settled is not None and after.settled is not request.settled
    entry = happened("request.review_withdrawn", event.by, after, now, of_withdrawal(after, gone))
    said = Said(
        note=Note.WITHDRAWN,
        by=event.by,
        verdict=review.verdict,
        on_behalf_of=review.on_behalf_of,
        release_at=after.settled.release_at if after.settled and is_held_anew else None,
    )
    return Outcome(request=after, happened=(entry,), effects=shown(after, said))


def can_be(request: ApprovalRequest) -> bool:
    """Tell whether the present stage has an answer that whoever gave it could take back."""
    if request.ruling.undo_within is None or not request.state.is_open:
        return False
    return any(quorum.counted(request, request.stage, verdict) for verdict in Verdict)


def answer_of(request: ApprovalRequest, person: Person) -> Review | None:
    """Return the answer to the present stage that *person* gave and that counts, whoever's right it was."""
    for verdict in Verdict:
        for review in quorum.counted(request, request.stage, verdict):
            if review.by.person is not None and is_one_of(person, (review.by.person,)):
                return review
    return None


def released(request: ApprovalRequest, event: WindowPassed, now: datetime) -> Outcome:
    """Let out what was settled; but no yes into a freeze that began since: then it expires."""
    held = request.settled
    if held is None:
        raise Refused(Refusal.NOTHING_LEFT, "Nothing is settled that could be released.")
    against = rejecting(event.freezes) if held.is_yes else ()
    if not against:
        return decided(request, replace(held.decision, at=now), (), now)
    reason = f"it was approved, but {against[0]}, began before that was released"
    decision = Decision(verdict=None, by=event.by, at=now, reason=reason, freezes=event.freezes)
    return ended(request, State.EXPIRED, decision, "request.expired", now)
