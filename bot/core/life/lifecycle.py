"""The life of a request, as a table.

A request is born ``pending`` (or already decided, when a rule decides by itself) and ends in one of five final states,
each of which it enters at most once and never leaves: what still happens to an approved request whose glass was broken
is the review that it owes, and leaves it approved. Two things end a life besides people: the deadline, which wins every
tie, and a newer request of the same lane. While the requester is asked something (``needs_info``) the clock stands, and
the only review that counts is a rejection: a yes waits for the answer.

Everything is refused unless this table has a road for it, and a road is taken whole or not at all: a refused event
changes nothing. ``docs/lifecycle.md`` is drawn from :data:`MAP`.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import assert_never

from bot.core.errors import Refusal, Refused
from bot.core.events import (
    Cancelled,
    Claimed,
    DeadlinePassed,
    Deserted,
    Escalated,
    Event,
    GlassBroken,
    GlassChased,
    GlassReviewed,
    InfoProvided,
    InfoRequested,
    Regrouped,
    Reminded,
    Reviewed,
    ReviewWithdrawn,
    Revised,
    Submitted,
    Superseded,
    WindowPassed,
)
from bot.core.life import break_glass, claiming, desertion, grouping, reviewing, revising, transitions, undoing, waiting
from bot.core.life.outcome import Outcome
from bot.core.people import eligibility
from bot.core.people.identity import POLICY, Via
from bot.core.request import ApprovalRequest, Decision, State
from bot.core.ruling import Verdict

BIRTH: frozenset[State] = frozenset({State.PENDING, State.APPROVED, State.REJECTED})
"""The states in which :class:`Submitted` can leave a new request."""

MAP: Mapping[State, Mapping[type[Event], frozenset[State]]] = {
    State.PENDING: {
        Reviewed: frozenset({State.PENDING, State.APPROVED, State.REJECTED}),
        ReviewWithdrawn: frozenset({State.PENDING}),
        WindowPassed: frozenset({State.APPROVED, State.REJECTED, State.EXPIRED}),
        DeadlinePassed: frozenset({State.EXPIRED, State.REJECTED, State.APPROVED}),
        Escalated: frozenset({State.PENDING}),
        Deserted: frozenset({State.PENDING}),
        Reminded: frozenset({State.PENDING}),
        Claimed: frozenset({State.PENDING}),
        InfoRequested: frozenset({State.NEEDS_INFO}),
        Cancelled: frozenset({State.CANCELLED}),
        Superseded: frozenset({State.SUPERSEDED}),
        Revised: frozenset({State.PENDING, State.APPROVED, State.REJECTED}),
        GlassBroken: frozenset({State.APPROVED}),
        Regrouped: frozenset({State.PENDING}),
    },
    State.NEEDS_INFO: {
        Reviewed: frozenset({State.NEEDS_INFO, State.REJECTED}),
        ReviewWithdrawn: frozenset({State.NEEDS_INFO}),
        WindowPassed: frozenset({State.REJECTED}),
        DeadlinePassed: frozenset({State.EXPIRED, State.REJECTED}),
        InfoProvided: frozenset({State.PENDING}),
        Cancelled: frozenset({State.CANCELLED}),
        Superseded: frozenset({State.SUPERSEDED}),
        Revised: frozenset({State.PENDING, State.APPROVED, State.REJECTED}),
        GlassBroken: frozenset({State.APPROVED}),
    },
    State.APPROVED: {
        GlassChased: frozenset({State.APPROVED}),
        GlassReviewed: frozenset({State.APPROVED}),
    },
    State.REJECTED: {},
    State.EXPIRED: {},
    State.CANCELLED: {},
    State.SUPERSEDED: {},
}


def submit(event: Submitted, now: datetime) -> Outcome:
    """Return the new request. *now* is aware UTC, as everywhere."""
    return grouping.hushed(_kept(transitions.submitted(event, now), BIRTH))


def advance(request: ApprovalRequest, event: Event, now: datetime) -> Outcome:
    """Return where *event* leaves the request, and what it asks of the world.

    Raises Refused, and changes nothing, when the map has no such road, when the deadline is reached (a tie expires),
    or when whoever claims the event may not. Who is no member here hears that first: how a request ended, and who
    ended it, is nothing for guests and strangers.
    """
    if event.by.via.is_slack:
        eligibility.require_member(event.by)
    _require_road(request, event)
    _require_in_time(request, event, now)
    return grouping.placed(request, event, _kept(_step(request, event, now), MAP[request.state][type(event)]))


def _kept(outcome: Outcome, allowed: frozenset[State]) -> Outcome:
    """Return *outcome*; one that leaves the map is a defect of ours, and must never be written down."""
    if outcome.request.state not in allowed:
        raise AssertionError(f"the map has no road to {outcome.request.state}")
    return outcome


def _require_road(request: ApprovalRequest, event: Event) -> None:
    if type(event) in MAP[request.state]:
        if request.state is State.NEEDS_INFO and isinstance(event, Reviewed) and event.verdict is Verdict.APPROVE:
            raise Refused(
                Refusal.WAITING_FOR_INFO,
                "The requester has been asked something first; it can't be approved until then.",
            )
        undoing.require_allowed(request, event)
        return
    if not request.state.is_open:
        raise Refused(Refusal.NOT_OPEN, describe_ending(request))
    raise Refused(Refusal.NOT_OPEN, _why_not_now(request.state, event))


def _why_not_now(state: State, event: Event) -> str:
    match event:
        case InfoRequested():
            return "A question is open already; it has to be answered first."
        case Claimed():
            return "A question is open: nobody is reminded until it is answered, so there is nothing to keep quiet."
        case InfoProvided():
            return "Nothing has been asked that still waits for an answer."
        case GlassReviewed():
            return "Nobody broke the glass for this request: it is still open."
        case _:
            return f"That can't be done while the request is {state.value}."


def _require_in_time(request: ApprovalRequest, event: Event, now: datetime) -> None:
    last = request.last_moment
    if last is None:
        return
    if isinstance(event, (DeadlinePassed, WindowPassed)):
        if now < last:
            raise Refused(Refusal.TOO_EARLY, "That moment has not been reached yet.")
    elif now >= last:
        raise Refused(Refusal.TOO_LATE, "The time for an answer is over; this request is ending now.")


def describe_ending(request: ApprovalRequest) -> str:
    """Say how a request ended, for whoever comes late."""
    return f"Request #{request.number} is no longer open: {request.state.value} {_what_ended(request.decision)}."


def _what_ended(decision: Decision | None) -> str:
    """Return who or what ended it: people know neither what the log calls the clock nor its names for rules."""
    if decision is None:
        return "by nobody"
    match decision.by.via:
        case Via.TIMER:
            return f"({decision.reason})"
        case Via.POLICY:
            return f"by the rule “{decision.by.name.removeprefix(POLICY)}”"
        case _:
            return f"by {decision.by.name}"


def _step(request: ApprovalRequest, event: Event, now: datetime) -> Outcome:  # noqa: C901, PLR0911 - one arm an event
    match event:
        case Reviewed() | ReviewWithdrawn() | WindowPassed():
            return _step_of_answers(request, event, now)
        case DeadlinePassed():
            return transitions.deadline_passed(request, event, now)
        case Escalated() | Deserted() | Reminded() | Claimed():
            return _step_of_waiting(request, event, now)
        case InfoRequested():
            return transitions.info_requested(request, event, now)
        case InfoProvided():
            return transitions.info_provided(request, event, now)
        case Cancelled():
            return transitions.cancelled(request, event, now)
        case Superseded():
            return transitions.superseded(request, event, now)
        case Revised():
            return revising.revised(request, event, now)
        case Regrouped():
            return grouping.regrouped(request, event, now)
        case GlassBroken() | GlassChased() | GlassReviewed():
            return _step_of_glass(request, event, now)
        case _:  # pragma: no cover - the type checker proves that nothing gets here
            assert_never(event)


def _step_of_answers(
    request: ApprovalRequest, event: Reviewed | ReviewWithdrawn | WindowPassed, now: datetime
) -> Outcome:
    match event:
        case Reviewed():
            return reviewing.reviewed(request, event, now)
        case ReviewWithdrawn():
            return undoing.withdrawn(request, event, now)
        case WindowPassed():
            return undoing.released(request, event, now)
        case _:  # pragma: no cover - the type checker proves that nothing gets here
            assert_never(event)


def _step_of_waiting(
    request: ApprovalRequest, event: Escalated | Deserted | Reminded | Claimed, now: datetime
) -> Outcome:
    match event:
        case Escalated():
            return waiting.escalated(request, event, now)
        case Deserted():
            return desertion.deserted(request, event, now)
        case Reminded():
            return waiting.reminded(request, event, now)
        case Claimed():
            return claiming.claimed(request, event, now)
        case _:  # pragma: no cover - the type checker proves that nothing gets here
            assert_never(event)


def _step_of_glass(
    request: ApprovalRequest, event: GlassBroken | GlassChased | GlassReviewed, now: datetime
) -> Outcome:
    match event:
        case GlassBroken():
            return break_glass.glass_broken(request, event, now)
        case GlassChased():
            return break_glass.glass_chased(request, event, now)
        case GlassReviewed():
            return break_glass.glass_reviewed(request, event, now)
        case _:  # pragma: no cover - the type checker proves that nothing gets here
            assert_never(event)
