"""Somebody is looking: reminders are quiet for a while. Nothing else waits for them, and nobody is bound by it.

Silence still brings what the rule says, in its time: escalations and the deadline know nothing of a claim. It holds
for one person, the last who said so, and ends with their answer, with the stage, and with whatever is asked anew.
"""

from dataclasses import replace
from datetime import datetime

from bot.core.business_time import later
from bot.core.effects import Note, Said
from bot.core.errors import Refusal, Refused
from bot.core.events import Claimed
from bot.core.life import quorum
from bot.core.life.outcome import Outcome, cards, happened, shown
from bot.core.life.record import of_claim
from bot.core.people import eligibility
from bot.core.people.identity import Person, same_human
from bot.core.request import ApprovalRequest, Claim


def claimed(request: ApprovalRequest, event: Claimed, now: datetime) -> Outcome:
    """Keep reminders quiet while an approver looks; said again it lasts longer, and whoever says it next takes it over.

    It counts on the stage's own clock, so that nobody is reminded outside of its hours.
    """
    person = _require_looker(request, event, now)
    claim = Claim(by=event.by, until=later(now, request.ruling.claim_for, request.ruling.calendar))
    after = replace(request, claim=claim)
    entry = happened("request.claimed", event.by, after, now, of_claim(after, claim))
    if _is_looking(request, person, now):
        return Outcome(request=after, happened=(entry,), effects=cards(after))
    return Outcome(request=after, happened=(entry,), effects=shown(after, Said(note=Note.CLAIMED, by=event.by)))


def after_answer(request: ApprovalRequest, person: Person) -> Claim | None:
    """Return what is left of the claim when *person* has answered: whoever has looks no longer."""
    return None if _is_by(request, person) else request.claim


def _require_looker(request: ApprovalRequest, event: Claimed, now: datetime) -> Person:
    """Return who looks. Raises Refused for everybody who could not answer here, in their own name."""
    eligibility.require_revision(request, event.revision)
    person = eligibility.require_member(event.by)
    eligibility.require_not_forbidden(request, person)
    eligibility.require_stage(request, event.stage)
    if quorum.has_approved(request, person) or quorum.has_rejected(request, person):
        raise Refused(Refusal.ALREADY_REVIEWED, "You have answered this already; it waits for somebody else.")
    eligibility.require_approver(request, event.by, now)
    return person


def _is_looking(request: ApprovalRequest, person: Person, now: datetime) -> bool:
    return request.claim is not None and now < request.claim.until and _is_by(request, person)


def _is_by(request: ApprovalRequest, person: Person) -> bool:
    claimer = request.claim.by.person if request.claim else None
    return claimer is not None and same_human(claimer, person)
