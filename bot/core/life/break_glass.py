"""Break-glass: one person says yes alone in an emergency, and somebody else has to look at it afterwards.

The request is approved and stays approved. What goes on is the review that is owed: it is asked for when it is due, and
then every day for a week, until somebody who could have approved, and did not break the glass, says what they found.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.effects import Effect, Note, Said
from bot.core.errors import Refusal, Refused
from bot.core.events import GlassBroken, GlassChased, GlassReviewed
from bot.core.freeze import require_thawed, unbreakable
from bot.core.life import quorum
from bot.core.life.outcome import Outcome, decided, happened, shown, to_people
from bot.core.life.record import of_break_glass, of_chase, of_glass_review
from bot.core.life.terms import of_freezes
from bot.core.people import eligibility
from bot.core.people.identity import Actor, Person, can_be_compared, is_among, is_one_of, same_human
from bot.core.people.membership import Crowd, LiveGroup, merged
from bot.core.request import ApprovalRequest, Decision, GlassReview
from bot.core.ruling import Verdict

CHASE_EVERY = timedelta(days=1)
MOST_CHASES = 7
"""How often a review that is owed is asked for: when it is due, and then daily. After that only the card says so."""


def glass_broken(request: ApprovalRequest, event: GlassBroken, now: datetime) -> Outcome:
    """Release it on one person's word, in an emergency; the bans hold, and everybody who is passed over is told."""
    rule = request.ruling.break_glass
    person = eligibility.require_member(event.by)
    if rule is None:
        raise Refused(Refusal.NOT_ELIGIBLE, "This rule has no break-glass: nobody can release this alone.")
    if not is_one_of(person, rule.approvers) and not eligibility.is_admitted(event.by, rule.groups, now):
        raise Refused(Refusal.NOT_ELIGIBLE, "You aren't in the break-glass group of this rule.")
    eligibility.require_not_forbidden(request, person)
    eligibility.require_revision(request, event.revision)
    require_thawed(unbreakable(event.freezes))
    if not event.reason.strip():
        raise Refused(Refusal.REASON_REQUIRED, "Breaking the glass needs a reason.")
    after = replace(request, review_due=now + rule.review_within)
    entry = happened(
        "request.glass_broken", event.by, after, now, of_break_glass(after, event.reason) | of_freezes(event.freezes)
    )
    decision = Decision(verdict=Verdict.APPROVE, by=event.by, at=now, reason=event.reason, break_glass=True)
    outcome = decided(after, decision, (entry,), now)
    said = Said(note=Note.GLASS_BROKEN, by=event.by, words=event.reason)
    return replace(outcome, effects=(*outcome.effects, *to_people(after, passed_over(request, person), said)))


def unread_to_break(request: ApprovalRequest, actor: Actor) -> tuple[LiveGroup, ...]:
    """Return the live groups that must be looked up before anybody can tell whether *actor* may break the glass."""
    rule = request.ruling.break_glass
    return () if rule is None or not request.state.is_open else eligibility.unread(actor, rule.approvers, rule.groups)


def unread_to_review(request: ApprovalRequest, actor: Actor) -> tuple[LiveGroup, ...]:
    """Return the live groups that must be looked up before anybody can tell whether *actor* may review it."""
    if request.review_due is None or any(stage.anyone for stage in request.ruling.stages):
        return ()
    reviewers = _reviewers(request)
    return eligibility.unread(actor, reviewers.people, reviewers.groups)


def passed_over(request: ApprovalRequest, by: Person) -> tuple[Person, ...]:
    """Return everybody who had still been asked, or would have been, and is passed over when *by* breaks the glass."""
    ahead = request.ruling.stages[request.stage :]
    asked = [person for stage in ahead for person in (*stage.approvers, *stage.mention)]
    return tuple(
        person
        for person in _each_once((*asked, *request.called))
        if not same_human(person, by) and quorum.has_approved(request, person) is None
    )


def next_chase(request: ApprovalRequest) -> datetime | None:
    """Return when the review that is owed is asked for next; None when none is owed, or nobody is asked any more."""
    if request.review_due is None or request.glass_review is not None or request.chases >= MOST_CHASES:
        return None
    return request.review_due + request.chases * CHASE_EVERY


def glass_chased(request: ApprovalRequest, event: GlassChased, now: datetime) -> Outcome:
    """Ask for the review that is owed, in the threads and of the break-glass group."""
    due = next_chase(request)
    if due is None or request.review_due is None:
        raise Refused(Refusal.NOTHING_LEFT, "No review is owed for this request.")
    if now < due:
        raise Refused(Refusal.TOO_EARLY, "That is not due yet.")
    # What was slept through is made good for by one: a week's reminders at once would help nobody.
    passed = 1 + (now - request.review_due) // CHASE_EVERY
    after = replace(request, chases=min(passed, MOST_CHASES))
    entry = happened("request.glass_chased", event.by, after, now, of_chase(after))
    rule = request.ruling.break_glass
    people, groups = (rule.approvers, rule.groups) if rule else ((), ())
    said = Said(note=Note.GLASS_CHASED, by=event.by, calls=people, groups=groups)
    own = replace(said, calls=(), groups=())
    effects: tuple[Effect, ...] = (*shown(after, said), *to_people(after, people, own))
    return Outcome(request=after, happened=(entry,), effects=effects)


def glass_reviewed(request: ApprovalRequest, event: GlassReviewed, now: datetime) -> Outcome:
    """Take what somebody found who looked at it afterwards; whoever broke the glass can't be the one."""
    decision = request.decision
    if request.review_due is None or decision is None or decision.by.person is None:
        raise Refused(Refusal.NOTHING_LEFT, "Nobody broke the glass for this request, so no review is owed.")
    if request.glass_review is not None:
        raise Refused(Refusal.ALREADY_REVIEWED, f"{request.glass_review.by.name} has reviewed this already.")
    person = eligibility.require_member(event.by)
    _require_another(person, decision.by.person)
    eligibility.require_not_forbidden(request, person)
    _require_reviewer(request, event.by, now)
    if not event.reason.strip():
        raise Refused(Refusal.REASON_REQUIRED, "Say what you found: a review needs a reason.")
    after = replace(request, glass_review=GlassReview(by=event.by, at=now, reason=event.reason))
    entry = happened("request.glass_reviewed", event.by, after, now, of_glass_review(after, event.reason))
    said = Said(note=Note.GLASS_REVIEWED, by=event.by, words=event.reason)
    return Outcome(request=after, happened=(entry,), effects=shown(after, said))


def _require_another(person: Person, breaker: Person) -> None:
    if same_human(person, breaker):
        raise Refused(Refusal.FORBIDDEN, "You broke the glass yourself, so somebody else has to review it.")
    if not can_be_compared(person, breaker):
        raise Refused(
            Refusal.FORBIDDEN,
            f"{breaker.key} broke the glass, and nothing here tells whether that is you. Somebody else has to review.",
        )


def _require_reviewer(request: ApprovalRequest, by: Actor, now: datetime) -> None:
    """Raise Refused unless the rule lets *by* approve: in any of its stages, or in an emergency."""
    person, reviewers = eligibility.require_member(by), _reviewers(request)
    is_listed = any(stage.anyone for stage in request.ruling.stages) or is_one_of(person, reviewers.people)
    if not is_listed and not eligibility.is_admitted(by, reviewers.groups, now):
        raise Refused(Refusal.NOT_ELIGIBLE, "Only whoever this rule lets approve can review a broken glass.")


def _reviewers(request: ApprovalRequest) -> Crowd:
    """Return whom the rule lets approve: in any of its stages, or in an emergency."""
    stages, rule = request.ruling.stages, request.ruling.break_glass
    people = [*(rule.approvers if rule else ()), *request.called]
    people += [approver for stage in stages for approver in stage.approvers]
    groups = [*(rule.groups if rule else ()), *(group for stage in stages for group in stage.groups)]
    return Crowd(people=tuple(people), groups=merged(groups, request.called_groups))


def _each_once(people: Iterable[Person]) -> list[Person]:
    found: list[Person] = []
    for person in people:
        if not is_among(person, found):
            found.append(person)
    return found
