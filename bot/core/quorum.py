"""Counting: how many different people have approved a stage, and who is still needed."""

from bot.core.identity import Person, same_human
from bot.core.request import ApprovalRequest, Review
from bot.core.ruling import Verdict


def counted(request: ApprovalRequest, stage: int, verdict: Verdict = Verdict.APPROVE) -> tuple[Review, ...]:
    """Return the answers with *verdict* that count for *stage*: each human's last one.

    Only answers to this revision that are not void do.
    """
    last: list[Review] = []
    for review in request.reviews:
        person = review.by.person
        if review.stage == stage and person is not None and _is_current(request, review):
            # Whoever shares handles with two of them may be either: then all of those answers are taken for theirs.
            before = [other for other in last if _is_by(other, person)]
            if not before or any(other.verdict is not review.verdict for other in before):
                last = [*(other for other in last if other not in before), review]
    return tuple(review for review in last if review.verdict is verdict)


def missing(request: ApprovalRequest, stage: int) -> int:
    """Return how many more people *stage* needs; never negative."""
    return max(0, request.ruling.stages[stage].quorum - len(counted(request, stage)))


def has_approved(request: ApprovalRequest, person: Person) -> Review | None:
    """Return this human's approval of the current revision, in whatever stage it was given."""
    for stage in range(len(request.ruling.stages)):
        for review in counted(request, stage):
            if _is_by(review, person):
                return review
    return None


def has_rejected(request: ApprovalRequest, person: Person) -> bool:
    """Tell whether this human's last answer to the present stage was a no."""
    return any(_is_by(review, person) for review in counted(request, request.stage, Verdict.REJECT))


def _is_current(request: ApprovalRequest, review: Review) -> bool:
    return not review.void and review.revision == request.revision and review.digest == request.digest


def _is_by(review: Review, person: Person) -> bool:
    return review.by.person is not None and same_human(review.by.person, person)
