"""Counting: how many different people have approved a stage, and who is still needed."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.core.people.identity import Person, same_human
from bot.core.request import ApprovalRequest, Review
from bot.core.ruling import Verdict


def counted(request: ApprovalRequest, stage: int, verdict: Verdict = Verdict.APPROVE) -> tuple[Review, ...]:
    """Return the answers with *verdict* that count for *stage*: each voice's last one.

    Only answers to this revision that are not void do. Whoever answers and whoever they answer for are one voice. One
    that was taken back counts for nothing, and neither does any longer what it had taken the place of.
    """
    given = [review for review in request.reviews if review.stage == stage and _is_current(request, review)]
    return tuple(review for review in _heard(given).last if review.verdict is verdict)


def replaced(request: ApprovalRequest) -> tuple[datetime | None, ...]:
    """Return for each answer when a later one of its voice took its place; None while none has, for void ones too."""
    asked = defaultdict[tuple[int, str, int], list[Review]](list)
    for review in request.reviews:
        asked[review.revision, review.digest, review.stage].append(review)
    since = {id(old): new.at for given in asked.values() for old, new in _heard(given).replaced}
    return tuple(since.get(id(review)) for review in request.reviews)


@dataclass(frozen=True, slots=True)
class _Heard:
    """Of answers to one stage each voice's last one, and which of the others was replaced by which."""

    last: list[Review]
    replaced: list[tuple[Review, Review]]


def _heard(given: Iterable[Review]) -> _Heard:
    last, replaced = list[Review](), list[tuple[Review, Review]]()
    for review in given:
        # Whoever shares handles with two of them may be either: then all of those answers are taken for theirs.
        before = [other for other in last if any(_is_voiced(other, person) for person in voice(review))]
        if voice(review) and (not before or any(other.verdict is not review.verdict for other in before)):
            own = () if review.withdrawn else (review,)
            last = [*(other for other in last if other not in before), *own]
            replaced += [(other, review) for other in before]
    return _Heard(last, replaced)


def standing(request: ApprovalRequest) -> tuple[Review, ...]:
    """Return the answers that count, in whatever stage they were given, the oldest first."""
    stages = range(len(request.ruling.stages))
    found = {id(one) for stage in stages for verdict in Verdict for one in counted(request, stage, verdict)}
    return tuple(review for review in request.reviews if id(review) in found)


def missing(request: ApprovalRequest, stage: int) -> int:
    """Return how many more people *stage* needs; never negative."""
    return max(0, request.ruling.stages[stage].quorum - len(counted(request, stage)))


def has_approved(request: ApprovalRequest, person: Person) -> Review | None:
    """Return the approval of the current revision that this human gave, or had given, in whatever stage it was."""
    for stage in range(len(request.ruling.stages)):
        for review in counted(request, stage):
            if _is_voiced(review, person):
                return review
    return None


def has_rejected(request: ApprovalRequest, person: Person) -> bool:
    """Tell whether this human's last answer to the present stage, their own or in their name, was a no."""
    return any(_is_voiced(review, person) for review in counted(request, request.stage, Verdict.REJECT))


def is_heard(request: ApprovalRequest, person: Person, but: Person) -> bool:
    """Tell whether *person* has been heard in this request, by their own words or those of anybody *but* one."""
    approved = has_approved(request, person)
    rejections = counted(request, request.stage, Verdict.REJECT)
    heard = [review for review in (approved, *rejections) if review is not None and _is_voiced(review, person)]
    return any(review.by.person is not None and not same_human(review.by.person, but) for review in heard)


def voice(review: Review) -> tuple[Person, ...]:
    """Return whoever answered, and whose right it was when it was not their own; nobody for a machine."""
    return tuple(person for person in (review.by.person, review.on_behalf_of) if person is not None)


def _is_current(request: ApprovalRequest, review: Review) -> bool:
    return not review.void and review.revision == request.revision and review.digest == request.digest


def _is_voiced(review: Review, person: Person) -> bool:
    return any(same_human(one, person) for one in voice(review))
