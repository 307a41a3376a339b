"""What silence brings while a stage waits: reminders, escalations, and the moment of whatever comes next.

Everything here counts on the stage's own clock, which a question stops, and a calendar outside its hours. Nothing is
scheduled: what is due follows from the request as it is stored, so a process that was dead for an hour finds the same
steps, and takes each of them once. Only of reminders the last one comes: several at once are noise.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TypedDict

from bot.core.business_time import later, opens
from bot.core.effects import Note, Said
from bot.core.errors import Refusal, Refused
from bot.core.events import Escalated, Reminded
from bot.core.life import quorum
from bot.core.life.break_glass import next_chase
from bot.core.life.outcome import Outcome, cards, happened, shown, told
from bot.core.life.quiet import hushed
from bot.core.life.record import of_escalation, of_reminder
from bot.core.people import eligibility
from bot.core.people.identity import Person, Via, is_among, is_one_of
from bot.core.people.membership import Crowd, LiveGroup, merged
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import EscalationStep

_SECOND = timedelta(seconds=1)


class Next(IntEnum):
    """What the clock can bring, in the order in which it counts when two moments are the same."""

    ENDS = 0
    ESCALATES = 1
    REMINDS = 2
    CHASES = 3
    RELEASES = 4


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """A moment (aware UTC), and what it brings."""

    at: datetime
    what: Next


class Beginning(TypedDict):
    """What a request's fields are when a stage begins."""

    stage: int
    stage_since: datetime
    stage_spent: timedelta
    steps: int
    reminders: int
    called: tuple[Person, ...]
    quiet_until: None
    called_groups: tuple[LiveGroup, ...]
    deserted: tuple[Person, ...]
    thin: tuple[LiveGroup, ...]
    claim: None


def first_stage(now: datetime) -> Beginning:
    """Return the fields of a request whose chain begins."""
    return stage_begins(0, now)


def stage_begins(stage: int, now: datetime) -> Beginning:
    """Return the fields of a request whose *stage* begins: nobody was reminded, nothing was escalated."""
    return Beginning(
        stage=stage,
        stage_since=now,
        stage_spent=timedelta(),
        steps=0,
        reminders=0,
        called=(),
        quiet_until=None,
        called_groups=(),
        deserted=(),
        thin=(),
        claim=None,
    )


def next_due(request: ApprovalRequest) -> Due | None:
    """Return what the clock brings next; None for a request that has ended and owes no review."""
    if request.deadline is None:
        chase = next_chase(request)
        return None if chase is None else Due(chase, Next.CHASES)
    if request.settled is not None:
        return Due(request.settled.release_at, Next.RELEASES)
    found = [Due(request.deadline, Next.ENDS)]
    if request.state is State.PENDING:
        step, reminder = next_step(request), next_reminder(request)
        if step is not None:
            found.append(Due(step_due(request, step), Next.ESCALATES))
        if reminder is not None:
            found.append(Due(reminder, Next.REMINDS))
    return min(found)


def brought(request: ApprovalRequest, now: datetime) -> Next | None:
    """Return what the clock brings *now*, if anything.

    At its deadline a request only ends; what was slept through by then is skipped, for nothing else is allowed then.
    """
    if request.settled is None and request.deadline is not None and request.deadline <= now:
        return Next.ENDS
    due = next_due(request)
    return due.what if due is not None and due.at <= now else None


def next_step(request: ApprovalRequest) -> EscalationStep | None:
    """Return the escalation that the present stage takes next."""
    steps = request.ruling.stages[request.stage].escalate
    return steps[request.steps] if request.steps < len(steps) else None


def step_due(request: ApprovalRequest, step: EscalationStep) -> datetime:
    """Return when silence takes *step* of the present stage."""
    return _counted(request, step.after)


def next_reminder(request: ApprovalRequest) -> datetime | None:
    """Return when those who were called are reminded next: each silence is twice as long as the one before.

    Nobody is while somebody is looking. What that holds back until after a question, which may be answered while the
    calendar is closed, waits for it to open.
    """
    span = _silence(request)
    if span is None:
        return None
    due = _reminder(request, span, request.reminders + 1)
    if request.claim is None:
        return due
    calendar, since = request.ruling.calendar, request.stage_since
    return max(due, request.claim.until, since if calendar is None else opens(since, calendar))


def _silence(request: ApprovalRequest) -> timedelta | None:
    """Return how long a silence may last before somebody is reminded, as the log says it: in whole seconds.

    The policy takes no others, nor less than one; a rule that was frozen before that may have a fraction, too.
    """
    span = request.ruling.stages[request.stage].remind_after
    return span if span is None or span < _SECOND else span - span % _SECOND


def _reminder(request: ApprovalRequest, span: timedelta, which: int) -> datetime:
    """Return when the silence of the present stage is broken by its reminder number *which*."""
    return _counted(request, (2**which - 1) * span)


def _reminders_by(request: ApprovalRequest, span: timedelta, now: datetime) -> int:
    """Return how many reminders there have been with the one of *now*, which stands for all that are due by then.

    They may have been held back by a claim, by what was settled and is not any more, or by a process that was down.
    """
    which = request.reminders + 1
    while _reminder(request, span, which + 1) <= now:
        which += 1
    return which


def escalated(request: ApprovalRequest, event: Escalated, now: datetime) -> Outcome:
    """Take the stage's next step: more people may answer and are called, one more channel shows the card."""
    if event.by.via not in {Via.TIMER, Via.API}:
        _require_caller(request, event)
    step = next_step(request)
    if step is None:
        raise Refused(Refusal.NOTHING_LEFT, "Everybody whom this rule can call has been called already.")
    if event.by.via is Via.TIMER:
        _require_due(step_due(request, step), now)
    after = stepped(request, step)
    hush = hushed(after, now)
    entry = happened("request.escalated", event.by, hush.request, now, of_escalation(hush.request, step))
    said = hush.call(Said(note=Note.ESCALATED, by=event.by, calls=step.to, groups=step.groups))
    return Outcome(request=hush.request, happened=(entry,), effects=(*shown(after, said), *hush.effects))


def _require_caller(request: ApprovalRequest, event: Escalated) -> None:
    """Raise Refused for whoever may not call the next people, or saw a card that would have called others.

    Two who press it in the same moment mean the same people: the second must not call those of twenty minutes later.
    """
    if event.revision is not None:
        eligibility.require_revision(request, event.revision)
    eligibility.require_not_forbidden(request, eligibility.require_member(event.by))
    if event.stage is not None:
        eligibility.require_stage(request, event.stage)
    if event.step is not None and event.step != request.steps:
        raise Refused(Refusal.STALE, "The people that this would have called are called already; the card names them.")


def stepped(request: ApprovalRequest, step: EscalationStep) -> ApprovalRequest:
    """Return the request when *step* is taken, whatever brought it."""
    added = () if step.channel is None or step.channel in request.channels else (step.channel,)
    after = asking(request, Crowd(people=step.to, groups=step.groups))
    return replace(after, channels=(*request.channels, *added), steps=request.steps + 1)


def asking(request: ApprovalRequest, crowd: Crowd) -> ApprovalRequest:
    """Return the request when *crowd* is asked in this stage, too."""
    fresh = tuple(person for person in crowd.people if not is_one_of(person, request.called))
    return replace(
        request,
        escalations=request.escalations + 1,
        called=(*request.called, *fresh),
        called_groups=merged(request.called_groups, crowd.groups),
    )


def reminded(request: ApprovalRequest, event: Reminded, now: datetime) -> Outcome:
    """Call those once more who have not answered: a line in the threads; the card forgets that somebody was looking."""
    span, due = _silence(request), next_reminder(request)
    if span is None or due is None:
        raise Refused(Refusal.NOTHING_LEFT, "This rule reminds nobody.")
    _require_due(due, now)
    hush = hushed(replace(request, reminders=_reminders_by(request, span, now), claim=None), now)
    entry = happened("request.reminded", event.by, hush.request, now, of_reminder(hush.request))
    said = hush.call(Said(note=Note.REMINDED, by=event.by, calls=silent(request), groups=silent_groups(request)))
    follows = () if request.claim is None else cards(hush.request)
    return Outcome(
        request=hush.request, happened=(entry,), effects=(*follows, *told(hush.request, said), *hush.effects)
    )


def _counted(request: ApprovalRequest, span: timedelta) -> datetime:
    """Return when the stage's clock has counted *span*."""
    return later(request.stage_since, span - request.stage_spent, request.ruling.calendar)


def _require_due(due: datetime, now: datetime) -> None:
    if now < due:
        raise Refused(Refusal.TOO_EARLY, "That is not due yet.")


def silent_groups(request: ApprovalRequest) -> tuple[LiveGroup, ...]:
    """Return the live groups that were called in this stage; who in them has answered, nobody knows here."""
    return merged(request.ruling.stages[request.stage].mention_groups, request.called_groups)


def silent(request: ApprovalRequest) -> tuple[Person, ...]:
    """Return those who were called in this stage and have no answer that counts."""
    called = (*request.ruling.stages[request.stage].mention, *request.called)
    answered = [person for review in quorum.standing(request) for person in quorum.voice(review)]
    return tuple(person for person in called if not is_among(person, answered))
