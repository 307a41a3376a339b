"""What an answer came to, in a sentence for whoever gave it."""

from bot.core.request import ApprovalRequest, State
from bot.core.ruling import Verdict
from bot.slack.words.rich import draw_utc


def done(request: ApprovalRequest, verdict: Verdict) -> str:
    """Return what *request* is after *verdict*, and what it still waits for."""
    number, state, settled = request.number, request.state, request.settled
    if settled is not None and settled.decision.verdict is verdict:
        did = "approved" if settled.is_yes else "rejected"
        until = f"until {draw_utc(settled.release_at)} you can take that back: /jit undo {number}"
        return f"You {did} #{number}, and with that it is {did}; {until}."
    if verdict is Verdict.REJECT and state is State.REJECTED:
        return f"You rejected #{number}. Whoever asked is told why."
    if verdict is Verdict.REJECT:
        return f"You rejected #{number}; it stays open until somebody else answers too."
    if state is State.APPROVED:
        return f"You approved #{number}, and with that it is approved."
    return f"You approved #{number}; it waits for somebody else too."
