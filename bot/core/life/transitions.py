"""What each event but a review does to a request. The lifecycle has already checked state and deadline."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.business_time import elapsed, later
from bot.core.effects import Note, Said
from bot.core.errors import Refusal, Refused
from bot.core.events import (
    Cancelled,
    DeadlinePassed,
    InfoProvided,
    InfoRequested,
    Submitted,
    Superseded,
)
from bot.core.life import quorum
from bot.core.life.demanding import conditions_of
from bot.core.life.outcome import Outcome, also, decided, ended, happened, ruled, shown, to_requester
from bot.core.life.quiet import hushed
from bot.core.life.record import of_answer, of_question, of_submission
from bot.core.people import eligibility
from bot.core.people.identity import Actor, Via, is_one_of
from bot.core.request import ApprovalRequest, Decision, Exchange, Pause, State
from bot.core.ruling import OnTimeout, Ruling, Verdict

EXCHANGES = 3
"""How many answered questions a request carries with it."""


def submitted(event: Submitted, now: datetime) -> Outcome:
    """Make the request; a rule that decides by itself ends it in the same breath."""
    request = ApprovalRequest(
        id=event.id,
        number=event.number,
        source=event.source,
        subject=event.subject,
        tests=event.tests,
        digest=event.digest,
        ruling=event.ruling,
        state=State.PENDING,
        created_at=now,
        deadline=deadline_of(event.ruling, now),
        stage_since=now,
        channels=event.ruling.channels,
        leader=event.leader,
        precedent=event.precedent,
    )
    hush = hushed(request, now)
    entry = happened("request.submitted", event.by, hush.request, now, of_submission(hush.request))
    return also(ruled(hush.request, entry, now), hush.effects)


def deadline_of(ruling: Ruling, now: datetime) -> datetime:
    """Return when a wait ends that begins now."""
    return later(now, ruling.timeout, ruling.timeout_calendar)


def deadline_passed(request: ApprovalRequest, event: DeadlinePassed, now: datetime) -> Outcome:
    """End it as its rule says.

    Silence about broken evidence, about an open question, in a freeze, or about what nobody was ever shown is never a
    yes; nor is it where somebody said no, though it takes more of them to reject it.
    """
    ending = request.ruling.on_timeout
    rejections = quorum.counted(request, request.stage, Verdict.REJECT)
    in_doubt = request.pause is not None or bool(request.tests.incomplete) or bool(event.freezes)
    doubtful = in_doubt or not event.was_shown or bool(rejections)
    reason = "nobody answered in time" if not rejections else "too few answered in time"
    if not event.was_shown:
        reason += ", and no card of it could be shown"
    elif event.freezes and ending is OnTimeout.APPROVE:
        reason += f", and silence approves nothing in {event.freezes[0]}"
    decision = Decision(
        verdict=None, by=event.by, at=now, reason=reason, was_shown=event.was_shown, freezes=event.freezes
    )
    if ending is OnTimeout.EXPIRE or (ending is OnTimeout.APPROVE and doubtful):
        return ended(request, State.EXPIRED, decision, "request.expired", now)
    verdict = Verdict.APPROVE if ending is OnTimeout.APPROVE else Verdict.REJECT
    conditions = conditions_of(request) if verdict is Verdict.APPROVE else ()
    return decided(request, replace(decision, verdict=verdict, conditions=conditions), (), now)


def info_requested(request: ApprovalRequest, event: InfoRequested, now: datetime) -> Outcome:
    """Stop the clock and ask back. The pause has an end of its own, so that a question can't silence a request."""
    person = eligibility.require_member(event.by)
    eligibility.require_not_forbidden(request, person)
    eligibility.require_approver(request, event.by, now)
    if event.revision is not None:
        eligibility.require_revision(request, event.revision)
    if not event.question.strip():
        raise Refused(Refusal.REASON_REQUIRED, "Say what you need to know.")
    ruling = request.ruling
    remaining = elapsed(now, request.deadline or now, ruling.timeout_calendar)
    spent = request.stage_spent + elapsed(request.stage_since, now, ruling.calendar)
    pause = Pause(question=event.question, by=event.by, remaining=remaining, spent=spent)
    after = replace(
        request,
        state=State.NEEDS_INFO,
        pause=pause,
        deadline=deadline_of(ruling, now),
        questions=request.questions + 1,
    )
    entry = happened("request.info_requested", event.by, after, now, of_question(after, event.question))
    said = Said(note=Note.INFO_REQUESTED, by=event.by, words=event.question)
    return Outcome(request=after, happened=(entry,), effects=(*shown(after, said), *to_requester(after, said)))


def info_provided(request: ApprovalRequest, event: InfoProvided, now: datetime) -> Outcome:
    """Let the clock run on with what was left of it, on the word of whoever asked or wrote the change."""
    _require_asked(request, event.by)
    if event.question not in {None, request.questions}:
        raise Refused(Refusal.STALE, "That question has been settled; another one is open now. Look again.")
    if not event.answer.strip():
        raise Refused(Refusal.REASON_REQUIRED, "Write the answer before you send it.")
    remaining = request.pause.remaining if request.pause else request.ruling.timeout
    spent = request.pause.spent if request.pause else timedelta()
    after = replace(
        request,
        state=State.PENDING,
        pause=None,
        deadline=later(now, remaining, request.ruling.timeout_calendar),
        stage_since=now,
        stage_spent=spent,
        exchanges=_exchanged(request, event, now),
    )
    entry = happened("request.info_provided", event.by, after, now, of_answer(after, event.answer))
    asker = request.pause.by.person if request.pause else None
    said = Said(note=Note.INFO_PROVIDED, by=event.by, words=event.answer, calls=(asker,) if asker else ())
    return Outcome(request=after, happened=(entry,), effects=shown(after, said))


def _exchanged(request: ApprovalRequest, event: InfoProvided, now: datetime) -> tuple[Exchange, ...]:
    """Return the newest questions with their answers; the log has all of them."""
    pause = request.pause
    if pause is None:
        return request.exchanges
    exchange = Exchange(question=pause.question, asked_by=pause.by, answer=event.answer, answered_by=event.by, at=now)
    return (*request.exchanges, exchange)[-EXCHANGES:]


def _require_asked(request: ApprovalRequest, by: Actor) -> None:
    """Raise Refused unless *by* is the source, or one of the people who were asked."""
    if by.via is not Via.API and not eligibility.was_asked(request, eligibility.require_member(by)):
        raise Refused(Refusal.NOT_ELIGIBLE, "Only whoever asked, or wrote the change, can answer this.")


def cancelled(request: ApprovalRequest, event: Cancelled, now: datetime) -> Outcome:
    """End it because whoever asked no longer wants it: the source, or a person who was named as asking."""
    if event.by.via is not Via.API:
        person, requester = eligibility.require_member(event.by), request.subject.requester
        if requester is None or not is_one_of(person, (requester,)):
            raise Refused(Refusal.NOT_ELIGIBLE, "Only whoever asked for this can take it back.")
    decision = Decision(verdict=None, by=event.by, at=now, reason=event.reason)
    return ended(request, State.CANCELLED, decision, "request.cancelled", now)


def superseded(request: ApprovalRequest, event: Superseded, now: datetime) -> Outcome:
    """End it because a newer request of its lane took over."""
    decision = Decision(verdict=None, by=event.by, at=now, reason="a newer request took over its lane")
    after = replace(request, superseded_by=event.newer)
    return ended(after, State.SUPERSEDED, decision, "request.superseded", now)
