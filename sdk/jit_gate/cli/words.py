"""Sentences about a request. What people and the bot said in them is made harmless where it is shown."""

from __future__ import annotations

import re

from jit_gate.answers import ApprovalRequest, State

_MOMENT = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}:[0-9]{2}):[0-9.]+Z")


def asked(request: ApprovalRequest) -> str:
    """Say what was asked and where to look."""
    return f"asked as #{request.number} ({request.title}): {where(request)}"


def brought(request: ApprovalRequest) -> str:
    """Say which revision has the evidence, and what it changed."""
    since = "".join(
        f", since revision {before['revision']}: {before['changed']}"
        for before in request.document.get("earlier_revisions", [])[-1:]
    )
    return f"#{request.number} is at revision {request.revision}{since}"


def where(request: ApprovalRequest) -> str:
    """Return where people see it: the card in Slack if it is there, else the request."""
    return request.card_url or request.url


def standing(request: ApprovalRequest) -> str:
    """Say where an open request stands."""
    name = f"#{request.number}"
    question = request.open_question
    if question is not None:
        return f"{name} is asked back by {question.asked_by}: {question.question}"
    if request.releases_at is not None:
        return f"{name} is answered; it counts from {moment(request.releases_at)} unless that is taken back"
    stage = f" of stage {request.stage}" if request.stage else ""
    until = f" until {moment(request.expires_at)}" if request.expires_at else ""
    card = f": {request.card_url}" if request.card_url else ""
    return f"{name} waits for an answer{stage}{until}, {_answers(request)}{card}"


def ending(request: ApprovalRequest) -> str:
    """Say how it ended."""
    decision = request.decision
    if decision is None:
        return f"#{request.number} is {request.state.value}"
    says = f"#{request.number} is {request.state.value} by {decision.by}"
    if decision.break_glass:
        says += " in an emergency (break-glass)"
    if decision.category:
        says += f" [{decision.category}]"
    if decision.reason:
        says += f": {decision.reason}"
    if decision.conditions:
        says += f"; on condition: {'; '.join(decision.conditions)}"
    if request.state is State.SUPERSEDED and request.superseded_by:
        says += f" ({request.superseded_by})"
    return says


def moment(text: str) -> str:
    """Return an RFC 3339 moment in UTC for people, to the minute; what is none stays as it is."""
    found = _MOMENT.match(text)
    return f"{found[1]} {found[2]} UTC" if found else text


def _answers(request: ApprovalRequest) -> str:
    count = sum(1 for review in request.reviews if review.counts)
    return "nobody has answered yet" if count == 0 else f"{count} answered so far"
