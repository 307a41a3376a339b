"""Counting: how many different people have approved a stage, and who is still needed."""

from bot.core.identity import Person, same_human
from bot.core.request import ApprovalRequest, Review, Verdict


def counted(request: ApprovalRequest, stage: int) -> tuple[Review, ...]:
    """Return the approvals that count for *stage*: of this revision, not void, one a human."""
    chosen: list[Review] = []
    for review in request.reviews:
        if review.verdict is Verdict.APPROVE and review.stage == stage and _is_current(request, review):
            person = review.by.person
            if person is not None and not _among(person, chosen):
                chosen.append(review)
    return tuple(chosen)


def missing(request: ApprovalRequest, stage: int) -> int:
    """Return how many more people *stage* needs; never negative."""
    return max(0, request.ruling.stages[stage].quorum - len(counted(request, stage)))


def has_approved(request: ApprovalRequest, person: Person) -> Review | None:
    """Return this human's approval of the current revision, in whatever stage it was given."""
    for stage in range(len(request.ruling.stages)):
        for review in counted(request, stage):
            if review.by.person is not None and same_human(review.by.person, person):
                return review
    return None


def _is_current(request: ApprovalRequest, review: Review) -> bool:
    return not review.void and review.revision == request.revision and review.digest == request.digest


def _among(person: Person, reviews: list[Review]) -> bool:
    return any(r.by.person is not None and same_human(r.by.person, person) for r in reviews)
