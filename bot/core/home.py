"""The Home tab of somebody: which part of it they look at, and which requests concern them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.core.errors import Refused
from bot.core.events import Reviewed
from bot.core.life.demanding import filled
from bot.core.life.lifecycle import advance
from bot.core.people import delegation, eligibility
from bot.core.people.delegation import Mandate
from bot.core.people.identity import Actor, Person
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Verdict


class Show(StrEnum):
    """The parts of a Home tab."""

    ALL = "all"
    WAITING = "waiting"
    ASKED = "asked"
    DECIDED = "decided"
    LENT = "lent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What somebody looks at. ``page`` counts from 0; None of the environments means all of them."""

    show: Show = Show.ALL
    page: int = 0
    environment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeTab:
    """One person's Home tab, from the first time on that they open it; ``opened_at`` (aware UTC) is the last.

    ``notice`` is what their last click came to: it stands there until the next one.
    """

    slack_id: str
    person: Person
    opened_at: datetime
    look: Look = Look()
    notice: str | None = None


def concerned(request: ApprovalRequest) -> frozenset[str] | None:
    """Return the handles of everybody whose Home tab may show *request*; None when nobody can say who that is.

    Whoever was asked earlier in the chain counts too: it no longer waits for them.
    """
    stages = request.ruling.stages
    if request.called_groups or any(stage.anyone or stage.groups for stage in stages):
        return None
    return frozenset(handle for person in _people(request) for handle in person.handles)


def _people(request: ApprovalRequest) -> Iterator[Person]:
    for stage in request.ruling.stages:
        yield from stage.approvers
    yield from request.called
    if request.subject.requester is not None:
        yield request.subject.requester
    for review in request.reviews:
        if review.by.person is not None:
            yield review.by.person
        if review.on_behalf_of is not None:
            yield review.on_behalf_of


def waits_for(request: ApprovalRequest, by: Actor, mandates: tuple[Mandate, ...], now: datetime) -> bool:
    """Tell whether *by* could answer *request* now; for lists, never for a decision.

    Whoever has been heard in this stage already is not waited for, although they may answer there.
    """
    has_own = eligibility.may_review(request, by, now)
    if not has_own and not delegation.may_stand_in(request, by, mandates, now):
        return False
    answer = Reviewed(
        by=by,
        # What waits for an answer of the requester can be rejected, and nothing else.
        verdict=Verdict.APPROVE if request.state is State.PENDING else Verdict.REJECT,
        revision=request.revision,
        stage=request.stage,
        mandates=() if has_own else mandates,
    )
    try:
        advance(request, filled(request, answer), now)
    except Refused:
        return False
    return True


def asker(request: ApprovalRequest) -> str | None:
    """Return the name by which whoever asked finds their requests again; None when nobody asked in person."""
    requester = request.subject.requester
    return requester.key if requester else None


def names_of(person: Person) -> tuple[str, ...]:
    """Return every name under which *person* may have asked: their own, and those a stranger to the table gets."""
    found = [person.key]
    for contact in person.contacts:
        kind, _, name = contact.partition(":")
        found.append(name if kind == "email" else contact)
    return tuple(dict.fromkeys(found))
