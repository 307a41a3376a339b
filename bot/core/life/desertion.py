"""Too few are there of those whom the present stage could ask: then what silence would have brought comes at once.

Nobody gets a right by this, and nobody loses one. It spends the stage's next step, so its moment brings nothing more;
where no step is left, those who stand in for everybody are asked, once. Who is in a live group is looked up before, and
comes with the presence; where that could not be told, or anyone may answer, somebody is taken to see it.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.effects import Note, Said
from bot.core.errors import Refusal, Refused
from bot.core.events import Deserted
from bot.core.life import quorum, waiting
from bot.core.life.outcome import Outcome, happened, shown
from bot.core.life.quiet import hushed
from bot.core.life.record import of_desertion, of_rolls
from bot.core.people import eligibility
from bot.core.people.identity import Person, is_among, is_one_of
from bot.core.people.membership import NOBODY, Crowd, LiveGroup
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
    if request.state is not State.PENDING or request.settled or request.ruling.stages[request.stage].anyone:
        return False
    return waiting.next_step(request) is not None or _fallback(request) != NOBODY


def open_groups(request: ApprovalRequest) -> tuple[LiveGroup, ...]:
    """Return the live groups whose members must be known before anybody can tell whether *request* is deserted."""
    return eligibility.groups_of(request) if can_be(request) else ()


def is_deserted(request: ApprovalRequest, presence: Presence, now: datetime) -> bool:
    """Tell whether those who are there, of all that were asked, cannot give what the present stage needs.

    They are too few because others are away, or because too few are in its live groups.
    """
    groups = eligibility.groups_of(request)
    if (presence.is_full and not groups) or not can_be(request) or not presence.tells_of(groups, now):
        return False
    return _is_deserted(request, muster(request, presence))


def muster(request: ApprovalRequest, presence: Presence) -> Muster:
    """Return who is gone and who is left; whoever lends their right counts as the one who may use it.

    One who stands in for several, or is asked as well, is one voice: then the others are as good as gone.
    """
    members = (one for group in eligibility.groups_of(request) for one in _answering(request, group, presence))
    free = [person for person in (*eligibility.approvers_of(request), *members) if _is_free(request, person)]
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
    found, groups = muster(request, event.presence), eligibility.groups_of(request)
    if not can_be(request):
        raise Refused(Refusal.NOTHING_LEFT, "Nobody else can be asked for this.")
    if not event.presence.tells_of(groups, now) or not _is_deserted(request, found):
        raise Refused(Refusal.TOO_EARLY, "Enough of those who were asked are there.")
    step = waiting.next_step(request)
    if step is None:
        crowd = _fallback(request)
        after = waiting.asking(request, crowd)
    else:
        crowd = Crowd(people=step.to, groups=step.groups)
        after = waiting.stepped(request, step)
    hush = hushed(replace(after, deserted=found.gone, thin=groups), now)
    detail = of_desertion(hush.request, step, crowd) | of_rolls(
        {group: event.presence.rolls[group] for group in groups}
    )
    entry = happened("request.deserted", event.by, hush.request, now, detail)
    said = hush.call(Said(note=Note.DESERTED, by=event.by, calls=crowd.people, groups=crowd.groups))
    return Outcome(request=hush.request, happened=(entry,), effects=(*shown(hush.request, said), *hush.effects))


def _is_deserted(request: ApprovalRequest, found: Muster) -> bool:
    # A rule that names too few is none of this; who is in a live group, the rule did not say.
    can_change = bool(found.gone or eligibility.groups_of(request))
    return can_change and len(found.left) < quorum.missing(request, request.stage)


def _answering(request: ApprovalRequest, group: LiveGroup, presence: Presence) -> tuple[Person, ...]:
    """Return who could answer through *group*: whoever of it is not banned, or else those who stand in for it."""
    roll, ruling = presence.rolls.get(group), request.ruling
    people = () if roll is None else roll.people
    return tuple(one for one in people if not eligibility.is_banned(ruling, request.subject, one)) or group.fallback


def _fallback(request: ApprovalRequest) -> Crowd:
    """Return whom of the fallback nobody has asked yet in this stage, and who may answer."""
    asked, fallback = eligibility.approvers_of(request), request.ruling.fallback
    people = (one for one in fallback.people if _is_free(request, one) and not is_one_of(one, asked))
    groups = eligibility.groups_of(request)
    return Crowd(people=tuple(people), groups=tuple(group for group in fallback.groups if group not in groups))


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
