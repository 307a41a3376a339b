"""What people settled can be taken back for a while: it is released, and anybody told of it, when that has passed.

Until then the request is as open as before, only that nobody is asked any more. So nothing that goes by how a request
ended can let a decision out too early: there is none. The window never reaches beyond the deadline, so that nothing is
released, and nothing counts, after it.
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
from bot.core.life import quorum
from bot.core.life.demanding import conditions_of
from bot.core.life.outcome import Outcome, decided, ended, happened, shown
from bot.core.life.record import of_withdrawal
from bot.core.people import eligibility
from bot.core.people.identity import Person, is_one_of
from bot.core.request import ApprovalRequest, Decision, Review, Settled, State, Withdrawal
from bot.core.ruling import Verdict

_NONE_LEFT = "You have no answer here that counts, so there is nothing of yours to take back."


def settling(request: ApprovalRequest, last: Review) -> Decision:
    """Return the decision that *last*, the newest answer that it takes, settles it with."""
    return Decision(
        verdict=last.verdict,
        by=last.by,
        at=last.at,
        reason=last.reason,
        category=last.category,
        conditions=conditions_of(request) if last.verdict is Verdict.APPROVE else (),
        on_behalf_of=last.on_behalf_of,
    )


def held(request: ApprovalRequest, decision: Decision, now: datetime) -> ApprovalRequest:
    """Return the request as *decision* settles it, as it was where its rule has no window; nobody looks any longer."""
    window, deadline = request.ruling.undo_within, request.deadline
    if window is None or deadline is None:
        return request
    settled = Settled(decision=decision, release_at=min(now + window, deadline))
    return replace(request, settled=settled, claim=None)


def require_allowed(request: ApprovalRequest, event: Event) -> None:
    """Raise Refused for what has no place while something is settled: only what may keep it from being released."""
    settled = request.settled
    if settled is None:
        return
    match event:
        case ReviewWithdrawn() | WindowPassed() | Cancelled() | Superseded() | Revised():
            return
        case Reviewed(verdict=Verdict.REJECT) | GlassBroken() if settled.is_yes:
            return
        case _:
            raise Refused(Refusal.SETTLED, _sentence(settled))


def _sentence(settled: Settled) -> str:
    done = "approved" if settled.is_yes else "rejected"
    stop = " Whoever doubts that can still reject it." if settled.is_yes else ""
    return f"This is {done} already and about to be released; whoever answered can take that back until then.{stop}"


def withdrawn(request: ApprovalRequest, event: ReviewWithdrawn, now: datetime) -> Outcome:
    """Take back somebody's own answer to the present stage; what it settled is settled no longer.

    Where that was a no to what was held as a yes, the yes is held again, for a whole window.
    """
    person = eligibility.require_member(event.by)
    if request.ruling.undo_within is None:
        raise Refused(Refusal.NOTHING_LEFT, "This rule has no time in which an answer could be taken back.")
    eligibility.require_revision(request, event.revision)
    if event.stage != request.stage:
        raise Refused(Refusal.STALE, "That stage has been settled since. Look at the card as it is now.")
    review = answer_of(request, person)
    if review is None:
        raise Refused(Refusal.NOT_ELIGIBLE, _NONE_LEFT)
    gone = replace(review, withdrawn=Withdrawal(by=event.by, at=now))
    after = _reopened(
        replace(request, reviews=tuple(gone if one is review else one for one in request.reviews)), gone, now
    )
    entry = happened("request.review_withdrawn", event.by, after, now, of_withdrawal(after, gone))
    said = Said(
        note=Note.WITHDRAWN,
        by=event.by,
        verdict=review.verdict,
        on_behalf_of=review.on_behalf_of,
        release_at=after.settled.release_at if after.settled else None,
    )
    return Outcome(request=after, happened=(entry,), effects=shown(after, said))


def _reopened(request: ApprovalRequest, gone: Review, now: datetime) -> ApprovalRequest:
    """Return *request*, which no longer counts the answer that is *gone*, as it is settled now."""
    if request.settled is None or request.settled.decision.verdict is not gone.verdict:
        return request
    after = replace(request, settled=None)
    if quorum.missing(after, after.stage):
        return after
    return held(after, settling(after, quorum.counted(after, after.stage)[-1]), now)


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
    settled = request.settled
    if settled is None:
        raise Refused(Refusal.NOTHING_LEFT, "Nothing is settled that could be released.")
    against = rejecting(event.freezes) if settled.is_yes else ()
    if not against:
        return decided(request, replace(settled.decision, at=now), (), now)
    reason = f"it was approved, but {against[0]}, began before that was released"
    decision = Decision(verdict=None, by=event.by, at=now, reason=reason, freezes=event.freezes)
    return ended(request, State.EXPIRED, decision, "request.expired", now)
