"""What is answered, as models: the OpenAPI document is made of them, and tests hold every answer against them."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from bot.core.request import State
from bot.core.ruling import Category, Handling, Verdict
from handlers.api.answered_tests import TestsAnswered
from handlers.api.who import Answered, PersonAnswered, Who


class PolicyAnswered(Answered):
    """The rule that was found, what it does, and how it was found."""

    rule: str
    outcome: Handling
    explanation: list[str]


class ReviewAnswered(Answered):
    """One person's answer, perhaps in somebody's name; ``void`` once what is asked has changed.

    ``withdrawn_at`` is when they took it back, ``replaced_at`` when a later answer of theirs took its place. Of an open
    or decided request those count that have none of the three.
    """

    by: Who
    on_behalf_of: PersonAnswered | None
    verdict: Verdict
    at: datetime
    reason: str | None
    category: Category | None
    condition: str | None
    stage: str | None
    revision: int
    void: bool
    withdrawn_at: datetime | None
    replaced_at: datetime | None


class DecisionAnswered(Answered):
    """How it ended; without a verdict when nobody decided."""

    verdict: Verdict | None
    by: Who
    on_behalf_of: PersonAnswered | None
    at: datetime
    reason: str | None
    category: Category | None
    conditions: list[str]
    break_glass: bool


class GlassReviewAnswered(Answered):
    """What somebody else found about a broken glass afterwards."""

    by: Who
    at: datetime
    reason: str


class BreakGlassAnswered(Answered):
    """The glass was broken: by when somebody else has to review that, and the review once it is there."""

    review_due: datetime
    review: GlassReviewAnswered | None


class QuestionAnswered(Answered):
    """What an approver asked; ``answer`` is null while the clock stands and waits for it."""

    question: str
    asked_by: Who
    answer: str | None
    answered_by: Who | None
    answered_at: datetime | None


class ProofAnswered(Answered):
    """What an ID token proved of whoever asked."""

    issuer: str
    claims: dict[str, str]
    bound: Annotated[list[str], Field(description="the fields that could only be what the token proved")]


class LinkAnswered(Answered):
    """A place to look."""

    label: str
    url: str


class CardAnswered(Answered):
    """A message in Slack."""

    channel: str
    ts: str
    permalink: str | None


class ClaimAnswered(Answered):
    """Who says that they are looking: until then nobody is reminded. It is no answer, and it may be over by now."""

    by: Who
    until: datetime


class CompanionAnswered(Answered):
    """Another request that shares its card and stands where it does."""

    id: str
    number: int


class PrecedentAnswered(Answered):
    """An earlier request of the same change that people rejected, and nobody approved since."""

    id: str
    number: int
    by: Who
    at: datetime
    commit: str | None
    reason: str | None
    category: Category | None
    url: str
    card_url: str | None


class EarlierAnswered(Answered):
    """A revision that is asked no longer; ``changed`` says in words what is different now, ``since`` in numbers."""

    revision: int
    digest: str
    commit: str | None
    ref: str | None
    replaced_at: datetime
    replaced_by: Who
    voided_approvals: int
    changed: str
    since: "DifferenceAnswered"


class DifferenceAnswered(Answered):
    """What is different now: pairs are then and now; names are the first few, counts all of them."""

    commit: list[str | None] | None
    ref: list[str | None] | None
    failed: list[int]
    total: list[int]
    incomplete: list[bool]
    newly_failing: list[str]
    newly_failing_count: int
    no_longer_failing: list[str]
    no_longer_failing_count: int
    failing_otherwise: list[str]
    failing_otherwise_count: int
    parameters: list[str]
    parameters_count: int


class RequestInList(Answered):
    """A request; of its failures only those a card shows."""

    id: str
    number: int
    state: State
    revision: int
    digest: str
    earlier_revisions: list[EarlierAnswered]
    source: str
    policy: PolicyAnswered
    stage: str | None
    reviews: list[ReviewAnswered]
    decision: DecisionAnswered | None
    tests: TestsAnswered
    created_at: datetime
    expires_at: datetime | None
    releases_at: Annotated[
        datetime | None,
        Field(description="while it is pending: when what people came to becomes the decision, unless it is undone"),
    ]
    url: str
    superseded_by: str | None
    rejected_before: Annotated[
        PrecedentAnswered | None,
        Field(description="what people said when the same change was asked before, if that was a no"),
    ]
    break_glass: BreakGlassAnswered | None
    questions: list[QuestionAnswered]
    claim: ClaimAnswered | None
    title: str
    action: str
    service: str | None
    environment: str | None
    repository: str | None
    ref: str | None
    commit: str | None
    lane: str | None
    requester: PersonAnswered | None
    authors: list[PersonAnswered]
    triggerer: PersonAnswered | None
    reason: str | None
    severity: str | None
    labels: list[str]
    flags: dict[str, bool]
    parameters: dict[str, Any]
    links: list[LinkAnswered]
    callback_url: str | None
    timeout: str | None
    metadata: dict[str, Any]
    proof: ProofAnswered | None


class RequestAnswered(RequestInList):
    """A request: where it stands, who said what, and what was asked."""

    slack: list[CardAnswered]
    grouped_with: list[CompanionAnswered]


class RequestPage(Answered):
    """Requests, newest first; ``next_cursor`` leads on to older ones."""

    items: list[RequestInList]
    next_cursor: str | None


class EventAnswered(Answered):
    """One entry of the log about a request; ``seq`` is what ``after`` and ``Last-Event-ID`` mean."""

    seq: int
    event: str
    at: datetime
    state: State | None
    revision: int | None
    by: Who
    detail: dict[str, Any]


class History(Answered):
    """What happened to a request, oldest first."""

    items: list[EventAnswered]
