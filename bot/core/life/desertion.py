"""Everybody is away whom the present stage could ask: then what silence would have brought comes at once.

Nobody gets a right by this, and nobody loses one. It spends the stage's next step, so its moment brings nothing more;
where no step is left, those who stand in for everybody are asked, once. Who is in a live group, or may answer as
anyone, nobody can know here: such a stage is taken for one that somebody sees.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.effects import Note, Said
from bot.core.errors import Refusal, Refused
from bot.core.events import Deserted
from bot.core.life import quorum, waiting
from bot.core.life.outcome import Outcome, happened, shown
from bot.core.life.quiet import hushed
from bot.core.life.record import of_desertion
from bot.core.people import eligibility
from bot.core.people.identity import Person, is_among, is_one_of
from bot.core.people.membership import Crowd
from bot.core.people.presence import Presence
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Delegating


@dataclass(frozen=True, slots=True)
class Muster:
    """Of those who could still answer the present stage: who is not there, and who would answer."""

    gone: tuple[Person, ...]
    left: tuple[Person, ...]


def can_be(request: ApprovalRequest) -> bool:
    """Tell whether *request* is one that a desertion would change: it waits for people, and more could be asked."""
    if request.state is not State.PENDING or request.ruling.stages[request.stage].anyone:
        return False
    if eligibility.groups_of(request):
        return False
    return waiting.next_step(request) is not None or bool(_fallback(request) or request.ruling.fallback.groups)


def is_deserted(request: ApprovalRequest, presence: Presence) -> bool:
    """Tell whether so many are away that those who are left cannot give what the present stage needs."""
    if presence.is_full or not can_be(request):
        return False
    return _is_deserted(request, muster(request, presence))


def muster(request: ApprovalRequest, presence: Presence) -> Muster:
    """Return who is gone and who is left; whoever lends their right counts as the one who may use it.

    One who stands in for several, or is asked as well, is one voice: then the others are as good as gone.
    """
    free = [person for person in eligibility.approvers_of(request) if _is_free(request, person)]
    gone, left = list[Person](), list[Person]()
    for person in filter(presence.is_there, free):
        left += [] if is_among(person, left) else [person]
    for person in (one for one in free if not presence.is_there(one)):
        stand_in = _stand_in(request, person, presence)
        if stand_in is not None and not is_among(stand_in, left):
            left.append(stand_in)
        elif not is_among(person, gone):
            gone.append(person)
    return Muster(tuple(gone), tuple(left))


def deserted(request: ApprovalRequest, event: Deserted, now: datetime) -> Outcome:
    """Take the stage's next step now; where none is left, ask the fallback. Raises Refused where somebody is there."""
    found = muster(request, event.presence)
    if not can_be(request):
        raise Refused(Refusal.NOTHING_LEFT, "Nobody else can be asked for this.")
    if not _is_deserted(request, found):
        raise Refused(Refusal.TOO_EARLY, "Enough of those who were asked are there.")
    step = waiting.next_step(request)
    if step is None:
        crowd = Crowd(people=_fallback(request), groups=request.ruling.fallback.groups)
        after = waiting.asking(request, crowd)
    else:
        crowd = Crowd(people=step.to, groups=step.groups)
        after = waiting.stepped(request, step)
    hush = hushed(replace(after, deserted=found.gone), now)
    entry = happened("request.deserted", event.by, hush.request, now, of_desertion(hush.request, step, crowd))
    said = hush.call(Said(note=Note.DESERTED, by=event.by, calls=crowd.people, groups=crowd.groups))
    return Outcome(request=hush.request, happened=(entry,), effects=(*shown(hush.request, said), *hush.effects))


def _is_deserted(request: ApprovalRequest, found: Muster) -> bool:
    return bool(found.gone) and len(found.left) < quorum.missing(request, request.stage)


def _fallback(request: ApprovalRequest) -> tuple[Person, ...]:
    """Return whom of the fallback nobody has asked yet in this stage, and who may answer."""
    asked, ruling = eligibility.approvers_of(request), request.ruling
    return tuple(one for one in ruling.fallback.people if _is_free(request, one) and not is_one_of(one, asked))


def _is_free(request: ApprovalRequest, person: Person) -> bool:
    """Tell whether *person* could answer as far as the rule is concerned, and has not said yes already."""
    if eligibility.is_banned(request.ruling, request.subject, person):
        return False
    return quorum.has_approved(request, person) is None


def _stand_in(request: ApprovalRequest, person: Person, presence: Presence) -> Person | None:
    """Return who would answer for *person*, who is not there; None when nobody would."""
    loan = presence.loan_of(person)
    if loan is None or request.ruling.delegation is Delegating.FORBID:
        return None
    return loan.receiver if presence.is_there(loan.receiver) and _is_free(request, loan.receiver) else None
