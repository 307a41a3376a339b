"""Where a request stands in words, and how it ended, or will once that is released."""

from bot.core.people.identity import Via
from bot.core.request import ApprovalRequest, Decision, State
from bot.core.ruling import Verdict
from bot.slack.words.escape import line

_HEADLINES = {
    State.PENDING: "⏳ Approval needed",
    State.NEEDS_INFO: "❓ Waiting for an answer",
    State.APPROVED: "✅ Approved",
    State.REJECTED: "⛔ Rejected",
    State.EXPIRED: "⌛ Expired",
    State.CANCELLED: "🚫 Cancelled",
    State.SUPERSEDED: "⏭️ Superseded",
}
_ENDINGS = {
    State.APPROVED: "Approved by",
    State.REJECTED: "Rejected by",
    State.EXPIRED: "Expired by",
    State.CANCELLED: "Taken back by",
    State.SUPERSEDED: "A newer request of the same lane took over, sent by",
}
_SETTLED = {
    Verdict.APPROVE: "✅ Approved, not released yet",
    Verdict.REJECT: "⛔ Rejected, not released yet",
}
_CATEGORY = 20

KEPT_BACK = "because a change freeze began before its approval was released"


def headline(request: ApprovalRequest) -> str:
    """Return the state in words, with its sign; an emergency is no approval like any other."""
    if request.decision is not None and request.decision.break_glass:
        return "🚨 Approved in an emergency (break-glass)"
    if request.settled is not None:
        return _SETTLED[Verdict.APPROVE if request.settled.is_yes else Verdict.REJECT]
    return _HEADLINES[request.state]


def ending(request: ApprovalRequest, decision: Decision) -> str:
    """Return how a request ended, or will once that is released, up to the name that follows."""
    if decision.break_glass:
        return "Approved in an emergency (break-glass) by"
    state = request.state
    if request.settled is not None:
        state = State.APPROVED if request.settled.is_yes else State.REJECTED
    did, _, by = _ENDINGS[state].rpartition(" ")
    return f"{did}{in_category(decision.category)} {by}"


def timed_out(request: ApprovalRequest) -> str:
    """Return how a request ended that nobody answered, or that a freeze kept back; no name follows."""
    if is_kept_back(request):
        return f"Expired {KEPT_BACK}"
    done = {State.APPROVED: "Approved", State.REJECTED: "Rejected"}.get(request.state, "Expired")
    return f"{done}: nobody answered in time"


def is_kept_back(request: ApprovalRequest) -> bool:
    """Tell whether people approved it, and a freeze began before that was released."""
    ended = request.decision
    return ended is not None and ended.by.via is Via.TIMER and ended.was_shown is None and bool(ended.freezes)


def in_category(about: str | None) -> str:
    """Return the category, to follow what somebody did; nothing where they gave none."""
    return f" ({line(about.replace('_', ' '), _CATEGORY)})" if about else ""
