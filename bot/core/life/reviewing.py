"""People's answers: what makes a review count, and what it settles."""

from dataclasses import replace
from datetime import datetime

from bot.core.effects import Note, Said
from bot.core.errors import Refusal, Refused
from bot.core.events import Reviewed
from bot.core.life import claiming, demanding, preflight, quorum, undoing, waiting
from bot.core.life.outcome import Outcome, decided, happened, shown, told
from bot.core.life.quiet import Hushed, hushed
from bot.core.life.record import of_review
from bot.core.life.terms import of_freezes
from bot.core.people import delegation, eligibility
from bot.core.people.identity import Person, is_one_of
from bot.core.request import ApprovalRequest, Review
from bot.core.ruling import Stage, Verdict


def reviewed(request: ApprovalRequest, event: Reviewed, now: datetime) -> Outcome:
    """Count one answer: a rejection ends it, the last needed approval releases it; where that can be undone, later."""
    review = _accepted_review(request, event, now)
    claim = claiming.after_answer(request, eligibility.require_member(event.by))
    after = replace(request, reviews=(*request.reviews, review), claim=claim)
    begins_another = after.stage < len(after.ruling.stages) - 1 and not quorum.missing(after, after.stage)
    decision, after = undoing.decision_of(after), undoing.settled(after, now)
    hush = Hushed(request=after)
    if begins_another:
        hush = hushed(replace(after, **waiting.stage_begins(after.stage + 1, now)), now)
        after = hush.request
    entry = happened("request.reviewed", event.by, after, now, of_review(after, review) | of_freezes(event.freezes))
    if decision is not None and after.settled is None:
        return decided(after, decision, (entry,), now)
    said = Said(
        note=Note.REVIEWED,
        by=event.by,
        verdict=event.verdict,
        words=event.reason,
        on_behalf_of=review.on_behalf_of,
        category=review.category,
        conditions=(review.condition,) if review.condition else (),
        release_at=after.settled.release_at if after.settled else None,
    )
    effects = shown(after, said)
    if begins_another:
        begun = _stage_of(after)
        began = Said(note=Note.STAGE_BEGAN, by=event.by, calls=begun.mention, groups=begun.mention_groups)
        effects += (*told(after, hush.call(began)), *hush.effects)
    return Outcome(request=after, happened=(entry,), effects=effects)


def _accepted_review(request: ApprovalRequest, event: Reviewed, now: datetime) -> Review:
    eligibility.require_revision(request, event.revision)
    person = eligibility.require_member(event.by)
    eligibility.require_not_forbidden(request, person)
    eligibility.require_stage(request, event.stage)
    earlier = quorum.has_approved(request, person)
    if earlier is not None and event.verdict is Verdict.APPROVE:
        raise Refused(Refusal.ALREADY_REVIEWED, "You have approved this already; it waits for somebody else.")
    if event.verdict is Verdict.REJECT and quorum.has_rejected(request, person):
        raise Refused(Refusal.ALREADY_REVIEWED, "You have rejected this already; it waits for somebody else.")
    on_behalf_of = _in_whose_name(request, event, earlier, now)
    if event.verdict is Verdict.REJECT and on_behalf_of is not None:
        _require_one_no(request, on_behalf_of)
    if event.verdict is Verdict.APPROVE:
        preflight.require_ready(request, event)
    demanding.require_filled(request, event)
    is_yes = event.verdict is Verdict.APPROVE
    return Review(
        by=event.by,
        verdict=event.verdict,
        at=now,
        stage=event.stage,
        revision=request.revision,
        digest=request.digest,
        reason=event.reason,
        category=event.category.value if event.category else None,
        on_behalf_of=on_behalf_of,
        lent_through=delegation.lent_through(event.mandates, on_behalf_of),
        condition=demanding.condition_of(event),
        environment=event.environment if is_yes else None,
    )


def _require_one_no(request: ApprovalRequest, owner: Person) -> None:
    """Raise Refused where a yes of an earlier stage is taken back in the name of whoever has done so themselves."""
    if quorum.has_rejected(request, owner):
        raise Refused(Refusal.ALREADY_REVIEWED, f"{owner.key} has rejected this already; one right is one voice.")


def _in_whose_name(request: ApprovalRequest, event: Reviewed, earlier: Review | None, now: datetime) -> Person | None:
    """Return whose right is used, None when it is their own. Raises Refused.

    An *earlier* yes may be taken back by whoever gave it, or had it given, though they may not answer any more. Whoever
    only resembles them may not.
    """
    person = eligibility.require_member(event.by)
    is_voiced = earlier is not None and is_one_of(person, quorum.voice(earlier))
    if earlier is None or not is_voiced or delegation.has_own_right(request, event.by, now):
        return delegation.answers_for(request, event.by, event.mandates, now)
    has_given_it = earlier.by.person is not None and is_one_of(person, [earlier.by.person])
    return earlier.on_behalf_of if has_given_it else None


def _stage_of(request: ApprovalRequest) -> Stage:
    return request.ruling.stages[request.stage]
