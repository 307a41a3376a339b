"""What the audit log keeps of each step: plain JSON values, enough to fold the log again without this code."""

from collections.abc import Iterable

from bot.core.audit.entry import draw_group, draw_memberships, seal
from bot.core.evidence import TestEvidence
from bot.core.life import quorum
from bot.core.life.terms import of_crowd, of_freezes, of_person, of_ruling, of_step
from bot.core.moments import draw_moment
from bot.core.people.absence import Absence
from bot.core.people.delegation import Delegation
from bot.core.people.identity import Person
from bot.core.people.membership import Crowd, Membership, Rolls
from bot.core.receiver import Receiver
from bot.core.request import ApprovalRequest, Claim, Decision, Review, Subject
from bot.core.ruling import EscalationStep, Verdict
from bot.core.waivers.record import of_uses


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
        **of_proof(subject),
        "tests": {
            "total": request.tests.total,
            "failed": request.tests.failed,
            "skipped": request.tests.skipped,
            "incomplete": list(request.tests.incomplete),
            **_triage(request.tests),
        },
        **of_uses(subject, request.tests),
        "ruling": of_ruling(request.ruling),
        # Only where it matters, so that a log of before there was this is still what it was.
        **({"needs_whole": not request.ruling.accept_incomplete} if request.tests.incomplete else {}),
        # Such an address may hold a token: the log remembers which it was, not what it is.
        "callback": seal(subject.callback_url) if subject.callback_url else None,
        **_receiver(subject.receiver),
        "deadline": _deadline(request),
        **_quiet(request),
        **({} if request.leader is None else {"follows": request.leader}),
    }


def of_revision(request: ApprovalRequest) -> dict[str, object]:
    """Return what is asked now, what of it changed, and how many approvals no longer count. *request* is revised."""
    detail, last = of_submission(request), request.earlier[-1:]
    for before in last:
        since = before.since
        detail["voided"] = before.voided
        detail["changed"] = {
            "since": since.since,
            "commit": [since.commit.before, since.commit.after] if since.commit else None,
            "ref": since.ref is not None,
            "failed": list(since.failed),
            "total": list(since.total),
            "incomplete": list(since.incomplete),
            "begun": since.begun_count,
            "ended": since.ended_count,
            "other": since.other_count,
            "parameters": since.parameters_count,
        }
    return detail


def of_proof(subject: Subject) -> dict[str, object]:
    """Return what an ID token proved, and what the fields are that it binds; nothing where none was shown."""
    proof = subject.proof
    if proof is None:
        return {}
    asked = {name: getattr(subject, name) for name in proof.bound}
    return {"proof": {"issuer": proof.issuer, "claims": dict(proof.claims), "bound": dict(proof.bound), "asked": asked}}


def _receiver(receiver: Receiver | None) -> dict[str, object]:
    """Return which native source is told the end, and the hash of where; nothing where there is none."""
    return {} if receiver is None else {"receiver": {"kind": receiver.kind, "address": receiver.seal}}


def _triage(tests: TestEvidence) -> dict[str, object]:
    """Return what the rule knew of those that failed; where nothing failed, nothing."""
    if not tests.failed:
        return {}
    counts = {"new": tests.new, "known": tests.known, "flaky": tests.flaky, "waived": tests.waived}
    return {"triage": {**counts, "unknown": tests.unknown}}


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
        **of_terms(review),
        **of_giver(review.on_behalf_of, review.lent_through),
        **_release(request),
    }


def of_withdrawal(request: ApprovalRequest, review: Review) -> dict[str, object]:
    """Return which answer was taken back, and how many like it are left. *request* no longer counts it."""
    return {
        "verdict": review.verdict.value,
        "stage": review.stage,
        "counted": len(quorum.counted(request, review.stage, review.verdict)),
        **_release(request),
    }


def _release(request: ApprovalRequest) -> dict[str, object]:
    """Say when what was settled is released, if anything is."""
    return {"release_at": draw_moment(request.settled.release_at)} if request.settled else {}


def of_terms(review: Review) -> dict[str, object]:
    """Return under which condition a yes holds, and what was typed to make sure; nothing where there is none."""
    found = {"condition": review.condition, "environment": review.environment}
    return {name: value for name, value in found.items() if value is not None}


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
        **({"conditions": list(decision.conditions)} if decision.conditions else {}),
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
    return {"step": request.steps, **of_step(step), **_quiet(request)}


def of_desertion(request: ApprovalRequest, step: EscalationStep | None, crowd: Crowd) -> dict[str, object]:
    """Return who was away, and the step that was taken for it; without one *crowd*, who were left to ask."""
    taken = {"step": None, **of_crowd(crowd)} if step is None else {"step": request.steps, **of_step(step)}
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


def of_claim(request: ApprovalRequest, claim: Claim) -> dict[str, object]:
    """Return in which stage somebody is looking, and until when nobody is reminded because of it."""
    return {"stage": request.stage, "until": draw_moment(claim.until)}


def _quiet(request: ApprovalRequest) -> dict[str, object]:
    """Say until when those who were called are not pinged, if they are not."""
    return {"pings_held_until": draw_moment(request.quiet_until)} if request.quiet_until else {}


def _deadline(request: ApprovalRequest) -> str | None:
    """Return the deadline of an open request as the log writes moments."""
    return draw_moment(request.deadline) if request.deadline else None
