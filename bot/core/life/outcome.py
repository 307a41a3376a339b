"""What comes of an event: the request as it is now, the log's lines, and what is asked of the world."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.core.effects import (
    AnswerSource,
    CallBack,
    Effect,
    Note,
    Said,
    ShowCard,
    TellPerson,
    TellRequester,
    TellThread,
)
from bot.core.events import Happened
from bot.core.life.record import of_decision
from bot.core.people.identity import POLICY, Actor, Person, Via
from bot.core.request import ApprovalRequest, Decision, State
from bot.core.ruling import Handling, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Where an event leaves the request, what the log says of it, and what it asks of the world.

    With ``parts`` those that share the card of this request do so no longer: it changed, and they did not.
    Only the lifecycle makes these, and the store writes nothing else: a state cannot be stored without its log entry.
    """

    request: ApprovalRequest
    happened: tuple[Happened, ...]
    effects: tuple[Effect, ...]
    parts: bool = False


def happened(event: str, by: Actor, request: ApprovalRequest, at: datetime, detail: Mapping[str, object]) -> Happened:
    """Return the log's line for *event*, with the state that *request* has after it."""
    return Happened(event=event, at=at, by=by, state=request.state, detail=detail)


def ruled(request: ApprovalRequest, entry: Happened, now: datetime) -> Outcome:
    """Carry out what the policy said of a request that was just made or revised."""
    ruling = request.ruling
    if ruling.handling is Handling.REQUIRE_APPROVAL:
        return Outcome(request=request, happened=(entry,), effects=cards(request))
    verdict = Verdict.APPROVE if ruling.handling is Handling.AUTO_APPROVE else Verdict.REJECT
    policy = Actor(name=f"{POLICY}{ruling.rule}", via=Via.POLICY)
    return decided(request, Decision(verdict=verdict, by=policy, at=now, reason=ruling.reason), (entry,), now)


def decided(request: ApprovalRequest, decision: Decision, before: tuple[Happened, ...], now: datetime) -> Outcome:
    """End the request with a verdict; *before* are the log's lines that led to it."""
    state = State.APPROVED if decision.verdict is Verdict.APPROVE else State.REJECTED
    ending = ended(request, state, decision, "request.decided", now)
    return Outcome(request=ending.request, happened=(*before, *ending.happened), effects=ending.effects)


def ended(request: ApprovalRequest, state: State, decision: Decision, event: str, now: datetime) -> Outcome:
    """Put the request into a final state; everybody who waits for it is told."""
    after = replace(request, state=state, decision=decision, deadline=None, pause=None, claim=None, settled=None)
    said = Said(
        note=Note.DECIDED,
        by=decision.by,
        verdict=decision.verdict,
        words=decision.reason,
        on_behalf_of=decision.on_behalf_of,
        category=decision.category,
        conditions=decision.conditions,
    )
    effects: list[Effect] = [*shown(after, said), *to_requester(after, said)]
    if after.subject.callback_url is not None:
        effects.append(CallBack(request=after.id))
    if after.subject.receiver is not None:
        effects.append(AnswerSource(request=after.id))
    return Outcome(
        request=after,
        happened=(happened(event, decision.by, after, now, of_decision(after, decision)),),
        effects=tuple(effects),
    )


def also(outcome: Outcome, effects: Iterable[Effect]) -> Outcome:
    """Return *outcome* that asks for *effects*, too."""
    return replace(outcome, effects=(*outcome.effects, *effects))


def cards(request: ApprovalRequest) -> tuple[Effect, ...]:
    """Ask for the card to be shown, as it is, in every channel of the request."""
    return tuple(ShowCard(request=request.id, channel=channel) for channel in request.channels)


def shown(request: ApprovalRequest, said: Said) -> tuple[Effect, ...]:
    """Ask for the cards to follow, and for a line in each thread."""
    return (*cards(request), *told(request, said))


def told(request: ApprovalRequest, said: Said) -> tuple[Effect, ...]:
    """Ask for a line in each thread; the cards have nothing new to show."""
    return tuple(TellThread(request=request.id, channel=channel, said=said) for channel in request.channels)


def to_people(request: ApprovalRequest, people: Iterable[Person], said: Said) -> tuple[Effect, ...]:
    """Ask for a direct message to each of *people* whom we can find."""
    found = (person for person in people if person.slack_id or person.email)
    return tuple(TellPerson(request=request.id, person=person, said=said) for person in found)


def to_requester(request: ApprovalRequest, said: Said) -> tuple[Effect, ...]:
    """Ask for a direct message to whoever asked, when that is a person we can find."""
    requester = request.subject.requester
    if requester is None or not (requester.slack_id or requester.email):
        return ()
    return (TellRequester(request=request.id, said=said),)
