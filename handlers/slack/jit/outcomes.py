"""What an answer came to, in a sentence for whoever gave it."""

from bot.core.request import State
from bot.core.ruling import Verdict


def done(number: int, verdict: Verdict, state: State) -> str:
    """Return what the request is after *verdict*, and what it still waits for."""
    if verdict is Verdict.REJECT and state is State.REJECTED:
        return f"You rejected #{number}. Whoever asked is told why."
    if verdict is Verdict.REJECT:
        return f"You rejected #{number}; it stays open until somebody else answers too."
    if state is State.APPROVED:
        return f"You approved #{number}, and with that it is approved."
    return f"You approved #{number}; it waits for somebody else too."
