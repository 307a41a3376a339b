"""What the audit log keeps of each step: plain JSON values, enough to fold the log again without this code."""

from collections.abc import Iterable
from datetime import timedelta

from bot.core.audit.entry import draw_group, draw_memberships, draw_traces, seal
from bot.core.business_time import Calendar
from bot.core.freeze import ActiveFreeze
from bot.core.judging.budget import Spending
from bot.core.life import quorum
from bot.core.moments import draw_moment
from bot.core.people.absence import Absence
from bot.core.people.delegation import Delegation
from bot.core.people.identity import Person
from bot.core.people.membership import NOBODY, Crowd, LiveGroup, Membership, Rolls
from bot.core.request import ApprovalRequest, Decision, Review
from bot.core.ruling import BreakGlass, Delegating, EscalationStep, Ruling, Verdict


def of_submission(request: ApprovalRequest) -> dict[str, object]:
    """Return what was asked, how it was judged, and who may answer."""
    subject = request.subject
    return {
        "source": request.source,
        "title": subject.title,
        "action": subject.action,
        "service": subject.service,
        "environment": subject.environment,
        "commit": subject.commit,
        "lane": subject.lane,
        "requester": of_person(subject.requester),
        "authors": [of_person(author) for author in subject.authors],
        **({"triggerer": of_person(subject.triggerer)} if subject.triggerer else {}),
        "tests": {
            "total": request.tests.total,
            "failed": request.tests.failed,
            "skipped": request.tests.skipped,
            "incomplete": list(request.tests.incomplete),
        },
        "ruling": of_ruling(request.ruling),
        # Such an address may hold a token: the log remembers which it was, not what it is.
        "callback": seal(subject.callback_url) if subject.callback_url else None,
        "deadline": _deadline(request),
        **_quiet(request),
        **({} if request.leader is None else {"follows": request.leader}),
    }


def of_ruling(ruling: Ruling) -> dict[str, object]:
    """Return the frozen rule; a verifier needs its stages, bans and ending."""
    return {
        "handling": ruling.handling.value,
        "explanation": list(ruling.lines),
        "stages": [
            {
                "name": stage.name,
                "quorum": stage.quorum,
                "approvers": "anyone" if stage.anyone else [of_person(person) for person in stage.approvers],
                "reject_quorum": stage.reject_quorum,
                "remind_after_seconds": _seconds(stage.remind_after) if stage.remind_after else None,
                "escalate": [_step(step) for step in stage.escalate],
                **_groups(stage.groups),
            }
            for stage in ruling.stages
        ],
        "channels": list(ruling.channels),
        "forbid": sorted(ban.value for ban in ruling.forbid),
        "require_reason": ruling.require_reason.value,
        "timeout_seconds": _seconds(ruling.timeout),
        "on_timeout": ruling.on_timeout.value,
        **_break_glass(ruling.break_glass),
        # Where there was none to ask of, the log says nothing: so it was written before there were any.
        **({"budgets": [_spending(spent) for spent in ruling.budgets]} if ruling.budgets else {}),
        **({} if ruling.calendar is None else {"calendar": of_calendar(ruling.calendar)}),
        **({"is_wished": True} if ruling.is_wished else {}),
        **({} if ruling.group_within is None else {"group_within_seconds": _seconds(ruling.group_within)}),
        **({"delegation": ruling.delegation.value} if ruling.delegation is Delegating.FORBID else {}),
        **({"fallback": _crowd(ruling.fallback)} if ruling.fallback != NOBODY else {}),
        **of_freezes(ruling.freezes),
    }


def of_calendar(calendar: Calendar) -> dict[str, object]:
    """Return when the clock runs, as numbers and dates: no zone and no holiday has to be looked up to count again."""
    return {
        "zone": calendar.zone,
        "openings": [[opening.day, opening.begin, opening.end] for opening in calendar.openings],
        "closed": [day.isoformat() for day in calendar.closed],
        "offsets": [[draw_moment(offset.since), offset.seconds] for offset in calendar.offsets],
        "until": draw_moment(calendar.until),
    }


def _spending(spent: Spending) -> dict[str, object]:
    return {
        "rule": spent.rule,
        "count": spent.limit.count,
        "per_seconds": _seconds(spent.limit.per),
        "used": spent.used,
        "since": draw_moment(spent.since) if spent.since else None,
    }


def _break_glass(rule: BreakGlass | None) -> dict[str, object]:
    """Return who may say yes alone; without it just what logs said before there was a time for the review."""
    if rule is None:
        return {"break_glass": None}
    return {
        "break_glass": [of_person(person) for person in rule.approvers],
        "review_within_seconds": _seconds(rule.review_within),
        **({"break_glass_groups": _groups(rule.groups)["groups"]} if rule.groups else {}),
    }


def of_freezes(freezes: Iterable[ActiveFreeze]) -> dict[str, object]:
    """Return the freezes that held, and nothing at all when none did."""
    found = [
        {
            "name": freeze.name,
            "until": draw_moment(freeze.until),
            "then": freeze.then.value,
            "allow_break_glass": freeze.allow_break_glass,
        }
        for freeze in freezes
    ]
    return {"freezes": found} if found else {}


def of_review(request: ApprovalRequest, review: Review) -> dict[str, object]:
    """Return one answer, with the count it led to. *request* already holds the review."""
    stage = request.ruling.stages[review.stage]
    return {
        "verdict": review.verdict.value,
        "stage": review.stage,
        "counted": len(quorum.counted(request, review.stage, review.verdict)),
        "quorum": stage.quorum if review.verdict is Verdict.APPROVE else stage.reject_quorum,
        "reason": review.reason,
        "category": review.category,
        **of_giver(review.on_behalf_of, review.lent_through),
    }


def of_delegation(delegation: Delegation) -> dict[str, object]:
    """Return who stands in for whom, and how long."""
    return {
        "id": delegation.id,
        "giver": of_person(delegation.giver),
        "receiver": of_person(delegation.receiver),
        "since": draw_moment(delegation.since),
        "until": draw_moment(delegation.until),
    }


def of_decision(request: ApprovalRequest, decision: Decision) -> dict[str, object]:
    """Return how it ended. *request* is already in its final state."""
    return {
        "verdict": decision.verdict.value if decision.verdict else None,
        "reason": decision.reason,
        "category": decision.category,
        "break_glass": decision.break_glass,
        "superseded_by": request.superseded_by,
        **({} if decision.was_shown is None else {"was_shown": decision.was_shown}),
        **of_giver(decision.on_behalf_of),
        **of_freezes(decision.freezes),
    }


def of_giver(person: Person | None, through: Iterable[Membership] = ()) -> dict[str, object]:
    """Return in whose name somebody acted, nothing for their own; *through* which live groups that right is theirs."""
    drawn = of_person(person)
    return {} if drawn is None else {"on_behalf_of": drawn | draw_memberships(through)}


def of_break_glass(request: ApprovalRequest, reason: str) -> dict[str, object]:
    """Return an emergency yes, and when it must have been looked at."""
    due = request.review_due
    return {"reason": reason, "review_due": draw_moment(due) if due else None}


def of_chase(request: ApprovalRequest) -> dict[str, object]:
    """Return how often the review has been asked for. *request* has counted this one."""
    return {"chase": request.chases}


def of_glass_review(request: ApprovalRequest, reason: str) -> dict[str, object]:
    """Return what was found, and by when that was owed."""
    return of_break_glass(request, reason)


def of_question(request: ApprovalRequest, question: str) -> dict[str, object]:
    """Return what was asked back. *request* is already paused; its deadline is the end of the pause."""
    return {"question": question, "deadline": _deadline(request)}


def of_answer(request: ApprovalRequest, answer: str) -> dict[str, object]:
    """Return what was answered. The clock of *request* runs again."""
    return {"answer": answer, "deadline": _deadline(request)}


def of_escalation(request: ApprovalRequest, step: EscalationStep) -> dict[str, object]:
    """Return the step that was taken. *request* has taken it already."""
    return {"step": request.steps, **_step(step), **_quiet(request)}


def of_desertion(request: ApprovalRequest, step: EscalationStep | None, crowd: Crowd) -> dict[str, object]:
    """Return who was away, and the step that was taken for it; without one *crowd*, who were left to ask."""
    taken = {"step": None, **_crowd(crowd)} if step is None else {"step": request.steps, **_step(step)}
    return {"away": [of_person(person) for person in request.deserted], **taken, **_quiet(request)}


def of_rolls(rolls: Rolls) -> dict[str, object]:
    """Return who was in live groups by what was found, and when that was read; nothing where there are none."""
    drawn = [
        {
            **draw_group(group),
            "read_at": draw_moment(roll.read_at),
            "people": [of_person(person) for person in roll.people],
        }
        for group, roll in rolls.items()
    ]
    return {"rolls": drawn} if drawn else {}


def of_absence(absence: Absence) -> dict[str, object]:
    """Return who is away, how long and why."""
    return {
        "id": absence.id,
        "person": of_person(absence.person),
        "since": draw_moment(absence.since),
        "until": draw_moment(absence.until),
        "reason": absence.reason,
    }


def of_reminder(request: ApprovalRequest) -> dict[str, object]:
    """Return which reminder of its stage this was, counted from one."""
    return {"stage": request.stage, "reminder": request.reminders, **_quiet(request)}


def _quiet(request: ApprovalRequest) -> dict[str, object]:
    """Say until when those who were called are not pinged, if they are not."""
    return {"pings_held_until": draw_moment(request.quiet_until)} if request.quiet_until else {}


def _step(step: EscalationStep) -> dict[str, object]:
    to = [of_person(person) for person in step.to]
    return {"after_seconds": _seconds(step.after), "to": to, "channel": step.channel, **_groups(step.groups)}


def _crowd(crowd: Crowd) -> dict[str, object]:
    return {"to": [of_person(person) for person in crowd.people], **_groups(crowd.groups)}


def _groups(groups: tuple[LiveGroup, ...]) -> dict[str, object]:
    """Return live groups by reference, each with who stands in for it; most rules have none."""
    drawn = [{**draw_group(group), "fallback": [of_person(person) for person in group.fallback]} for group in groups]
    return {"groups": drawn} if drawn else {}


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def _deadline(request: ApprovalRequest) -> str | None:
    """Return the deadline of an open request as the log writes moments."""
    return draw_moment(request.deadline) if request.deadline else None


def of_person(person: Person | None) -> dict[str, object] | None:
    """Return how the log names a person."""
    if person is None:
        return None
    return {
        "person": person.key,
        "email": person.email,
        "slack_id": person.slack_id,
        "github": person.github,
        **draw_traces(person),
    }
