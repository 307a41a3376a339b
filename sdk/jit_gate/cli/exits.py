"""Exit codes. Everything that is not a whole, clear yes is something else than 0."""

from __future__ import annotations

from jit_gate.answers import ApprovalRequest, State

APPROVED = 0
REJECTED = 1
UNDECIDED = 2
"""It ended without a decision, or the wait ran out, or the yes has a condition that nobody promised to keep."""

NO_ANSWER = 3
"""It could not be asked or read: network, authentication, bad input, an answer that is not clear."""


def exit_code(request: ApprovalRequest, *, keeps_conditions: bool) -> int:
    """Return what *request*, as it was read, is worth."""
    if request.state is State.REJECTED:
        return REJECTED
    if request.is_approved and request.decision is not None and (keeps_conditions or not request.decision.conditions):
        return APPROVED
    return UNDECIDED
