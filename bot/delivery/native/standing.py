"""Where a request stands and how it ended, in one sentence, for whoever waits elsewhere."""

from bot.core.life import quorum
from bot.core.people.identity import Actor
from bot.core.request import ApprovalRequest, Decision, State
from bot.core.ruling import Verdict
from bot.core.view import RequestView
from bot.delivery.native.plain import in_markdown

MOST_OF_A_REASON = 500


def say_standing(view: RequestView) -> str:
    """Return what an open request waits for."""
    request = view.request
    stage = request.ruling.stages[request.stage]
    count = len(quorum.counted(request, request.stage, Verdict.APPROVE))
    where = ", ".join(in_markdown(channel, 80) for channel in request.channels)
    parts = [f"Approval #{request.number} is asked for in {where}: {count} of {stage.quorum} have approved"]
    if len(request.ruling.stages) > 1:
        name = in_markdown(stage.name, 60)
        parts[0] += f" in the stage {name} ({request.stage + 1} of {len(request.ruling.stages)})"
    if request.state is State.NEEDS_INFO and request.pause is not None:
        parts.append(f"A question has to be answered first: {in_markdown(request.pause.question, MOST_OF_A_REASON)}")
    elif request.steps:
        parts.append("It was escalated")
    if request.deadline is not None:
        parts.append(f"It waits until {request.deadline:%Y-%m-%d %H:%M} UTC")
    return ". ".join(parts) + "."


def say_end(request: ApprovalRequest) -> str:
    """Return how a request ended, by whom and why."""
    decision = request.decision
    if decision is None:
        raise ValueError("an open request has no end")
    how = _how(request, decision)
    conditions = [f"Condition: {in_markdown(one, MOST_OF_A_REASON)}." for one in decision.conditions]
    category = f" ({in_markdown(decision.category, 60)})" if decision.category else ""
    reason = f"Reason{category}: {in_markdown(decision.reason, MOST_OF_A_REASON)}" if decision.reason else ""
    return " ".join(filter(None, (how, *conditions, reason or (category and f"Reason: {category.strip()}"))))


def _how(request: ApprovalRequest, decision: Decision) -> str:
    number, by = f"#{request.number}", _name(decision.by)
    match request.state:
        case State.APPROVED:
            return f"Request {number} was approved by {by}{', breaking the glass' if decision.break_glass else ''}."
        case State.REJECTED:
            return f"Request {number} was rejected by {by}."
        case State.EXPIRED:
            return f"Request {number} expired: nobody decided in time."
        case State.SUPERSEDED:
            return f"Request {number} was superseded by a newer one."
        case _:
            return f"Request {number} was cancelled by {by}."


def _name(actor: Actor) -> str:
    person = actor.person
    return in_markdown((person.key if person else None) or actor.name, 100)
