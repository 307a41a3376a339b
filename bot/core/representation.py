"""The request as it is answered: one JSON object for the API, the callback and the command line."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.core.evidence import Change, Failure, TestEvidence
from bot.core.evidence.past import Sighting
from bot.core.evidence.waived import Waived
from bot.core.life import quorum
from bot.core.moments import draw_moment as draw_time
from bot.core.people.identity import Actor, Person
from bot.core.proof import Proof
from bot.core.request import ApprovalRequest, Claim, Decision, Precedent, Review, Subject
from bot.core.revision import EarlierRevision
from bot.core.ruling import Ruling
from bot.core.view import CardRef, RequestView

__all__ = ["draw_actor", "draw_duration", "draw_request", "draw_time"]


def draw_request(view: RequestView, public_url: str) -> dict[str, object]:
    """Return plain JSON values (contract: "the request as answered"). *public_url* has no slash at its end."""
    request = view.request
    return {
        "id": request.id,
        "number": request.number,
        "state": request.state.value,
        "revision": request.revision,
        "digest": request.digest,
        "earlier_revisions": [_earlier(one) for one in request.earlier],
        "source": request.source,
        "policy": _policy(request.ruling),
        "stage": _stage(request, request.stage),
        "reviews": [
            _review(request, review, replaced_at)
            for review, replaced_at in zip(request.reviews, quorum.replaced(request), strict=True)
        ],
        "decision": _decision(request.decision),
        "tests": _tests(view.tests),
        "created_at": draw_time(request.created_at),
        "expires_at": draw_time(request.deadline) if request.deadline else None,
        "url": f"{public_url}/v1/requests/{request.id}",
        "releases_at": draw_time(request.settled.release_at) if request.settled else None,
        "slack": _cards(view.cards),
        "superseded_by": request.superseded_by,
        "rejected_before": _precedent(request.precedent, public_url),
        "break_glass": _break_glass(request),
        "questions": _questions(request),
        "claim": _claim(request.claim),
        "grouped_with": [{"id": companion.id, "number": companion.number} for companion in view.company],
        **_asked(request.subject),
    }


def draw_actor(actor: Actor) -> dict[str, object]:
    """Return who did something; ``person`` is null for a machine, ``name`` is what the log calls it."""
    person = actor.person
    return {
        "name": actor.name,
        "person": person.key if person else None,
        "slack_id": person.slack_id if person else None,
        "email": person.email if person else None,
    }


def draw_duration(span: timedelta) -> str:
    """Return what a policy or a caller would write: ``1h30m``, ``45s``."""
    minutes, seconds = divmod(span.total_seconds(), 60)
    hours, minutes = divmod(int(minutes), 60)
    parts = (f"{hours}h" if hours else "", f"{minutes}m" if minutes else "", f"{seconds:g}s" if seconds else "")
    return "".join(parts) or "0s"


def _policy(ruling: Ruling) -> dict[str, object]:
    return {"rule": ruling.rule, "outcome": ruling.handling.value, "explanation": list(ruling.lines)}


def _stage(request: ApprovalRequest, index: int) -> str | None:
    """Name a stage; a rule that decides by itself has none."""
    stages = request.ruling.stages
    return stages[index].name if index < len(stages) else None


def _review(request: ApprovalRequest, review: Review, replaced_at: datetime | None) -> dict[str, object]:
    return {
        "by": draw_actor(review.by),
        "on_behalf_of": _person(review.on_behalf_of) if review.on_behalf_of else None,
        "verdict": review.verdict.value,
        "at": draw_time(review.at),
        "reason": review.reason,
        "category": review.category,
        "condition": review.condition,
        # A void review was given under an older ruling, whose stages are gone.
        "stage": None if review.void else _stage(request, review.stage),
        "revision": review.revision,
        "void": review.void,
        "withdrawn_at": draw_time(review.withdrawn.at) if review.withdrawn else None,
        "replaced_at": draw_time(replaced_at) if replaced_at else None,
    }


def _decision(decision: Decision | None) -> dict[str, object] | None:
    if decision is None:
        return None
    return {
        "verdict": decision.verdict.value if decision.verdict else None,
        "by": draw_actor(decision.by),
        "on_behalf_of": _person(decision.on_behalf_of) if decision.on_behalf_of else None,
        "at": draw_time(decision.at),
        "reason": decision.reason,
        "category": decision.category,
        "conditions": list(decision.conditions),
        "break_glass": decision.break_glass,
    }


def _break_glass(request: ApprovalRequest) -> dict[str, object] | None:
    """Return by when somebody else must look at a broken glass, and what they found."""
    if request.review_due is None:
        return None
    review = request.glass_review
    found = {"by": draw_actor(review.by), "at": draw_time(review.at), "reason": review.reason} if review else None
    return {"review_due": draw_time(request.review_due), "review": found}


def _claim(claim: Claim | None) -> dict[str, object] | None:
    """Return who is looking, and until when nobody is reminded; that moment may have passed."""
    return {"by": draw_actor(claim.by), "until": draw_time(claim.until)} if claim else None


def _earlier(one: EarlierRevision) -> dict[str, object]:
    """Return a revision that is asked no longer, and what is different now."""
    since = one.since
    return {
        "revision": one.revision,
        "digest": one.digest,
        "commit": one.commit,
        "ref": one.ref,
        "replaced_at": draw_time(one.replaced_at),
        "replaced_by": draw_actor(one.replaced_by),
        "voided_approvals": one.voided,
        "changed": str(since),
        "since": {
            "commit": _change(since.commit),
            "ref": _change(since.ref),
            "failed": list(since.failed),
            "total": list(since.total),
            "incomplete": list(since.incomplete),
            "newly_failing": list(since.begun),
            "newly_failing_count": since.begun_count,
            "no_longer_failing": list(since.ended),
            "no_longer_failing_count": since.ended_count,
            "failing_otherwise": list(since.other),
            "failing_otherwise_count": since.other_count,
            "parameters": list(since.parameters),
            "parameters_count": since.parameters_count,
        },
    }


def _change(change: Change | None) -> list[str | None] | None:
    return None if change is None else [change.before, change.after]


def _questions(request: ApprovalRequest) -> list[dict[str, object]]:
    """Return the newest questions to whoever asked, the open one last."""
    settled: list[dict[str, object]] = [
        {
            "question": exchange.question,
            "asked_by": draw_actor(exchange.asked_by),
            "answer": exchange.answer,
            "answered_by": draw_actor(exchange.answered_by),
            "answered_at": draw_time(exchange.at),
        }
        for exchange in request.exchanges
    ]
    if request.pause is None:
        return settled
    unsettled = {"answer": None, "answered_by": None, "answered_at": None}
    return [*settled, {"question": request.pause.question, "asked_by": draw_actor(request.pause.by), **unsettled}]


def _tests(tests: TestEvidence) -> dict[str, object]:
    return {
        "total": tests.total,
        "passed": tests.passed,
        "failed": tests.failed,
        "skipped": tests.skipped,
        "new": tests.new,
        "known": tests.known,
        "flaky": tests.flaky,
        "waived": tests.waived,
        "unknown": tests.unknown,
        "incomplete": list(tests.incomplete),
        "failures": [_failure(failure) for failure in tests.failures],
    }


def _precedent(earlier: Precedent | None, public_url: str) -> dict[str, object] | None:
    if earlier is None:
        return None
    return {
        "id": earlier.id,
        "number": earlier.number,
        "by": draw_actor(earlier.by),
        "at": draw_time(earlier.at),
        "commit": earlier.commit,
        "reason": earlier.reason,
        "category": earlier.category,
        "url": f"{public_url}/v1/requests/{earlier.id}",
        "card_url": earlier.card,
    }


def _failure(failure: Failure) -> dict[str, object]:
    return {
        "id": failure.id,
        "message": failure.message,
        "detail": failure.detail,
        "file": failure.file,
        "line": failure.line,
        "owner": failure.owner,
        "triage": failure.triage.value,
        "signature": failure.signature,
        "first_bad": _sighting(failure.first_bad),
        "last_failed": _sighting(failure.last_failed),
        "waiver": _waiver(failure.waiver),
    }


def _waiver(mark: Waived | None) -> dict[str, object] | None:
    """Return by whom a failure is waived, until when, and why."""
    if mark is None:
        return None
    return {
        "number": mark.number,
        "by": _person(mark.by),
        "expires_at": draw_time(mark.until),
        "reason": mark.reason,
        "ticket": mark.ticket,
    }


def _sighting(sighting: Sighting | None) -> dict[str, object] | None:
    return {"commit": sighting.commit, "at": draw_time(sighting.at)} if sighting else None


def _cards(cards: Sequence[CardRef]) -> list[dict[str, object]]:
    return [{"channel": card.place, "ts": card.ts, "permalink": card.permalink} for card in cards]


def _asked(subject: Subject) -> dict[str, object]:
    return {
        "title": subject.title,
        "action": subject.action,
        "service": subject.service,
        "environment": subject.environment,
        "repository": subject.repository,
        "ref": subject.ref,
        "commit": subject.commit,
        "lane": subject.lane,
        "requester": _person(subject.requester) if subject.requester else None,
        "authors": [_person(author) for author in subject.authors],
        "triggerer": _person(subject.triggerer) if subject.triggerer else None,
        "reason": subject.reason,
        "severity": subject.severity,
        "labels": list(subject.labels),
        "flags": dict(subject.flags),
        "parameters": dict(subject.parameters),
        "links": [{"label": link.label, "url": link.url} for link in subject.links],
        "callback_url": subject.callback_url,
        "timeout": draw_duration(subject.timeout) if subject.timeout is not None else None,
        "metadata": dict(subject.metadata),
        "proof": _proof(subject.proof) if subject.proof else None,
    }


def _proof(proof: Proof) -> dict[str, object]:
    """Return what an ID token proved: whose it was, what it claimed, and which fields that binds."""
    return {"issuer": proof.issuer, "claims": dict(proof.claims), "bound": sorted(proof.bound)}


def _person(person: Person) -> dict[str, object]:
    return {"person": person.key, "email": person.email, "slack_id": person.slack_id, "github": person.github}
