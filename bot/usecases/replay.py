"""What was given up is tried again, because an operator says so."""

from datetime import datetime

from bot.core.errors import Refusal, Refused
from bot.core.events import Happened
from bot.core.people.identity import Actor, Via
from bot.core.stamp import Stamp
from bot.store import OutboxRow, Transaction

OPERATOR = Actor(name="operator", via=Via.CLI)


def take_pass(tx: Transaction, taken: Stamp, call: str, now: datetime) -> None:
    """Let an operator's pass for *call* (method and path) count once. Raises Refused (REPLAYED).

    It stands in the log: who gave orders is to be known; and only what moves the head of the log is found by another
    replica to which the same pass was sent in the same instant.
    """
    tx.replays.remember(taken.named(f"operator:{taken.key}"))
    tx.note(Happened(event="operator.called", at=now, by=OPERATOR, state=None, detail={"call": call}), None)


def replay(tx: Transaction, row_id: str, now: datetime) -> OutboxRow:
    """Make the dead row due again, as if it had never been tried, with the bytes it had. Raises Refused (NOT_FOUND)."""
    row = tx.outbox.revive(row_id)
    if row is None:
        raise Refused(Refusal.NOT_FOUND, "Nothing that was given up has this id; `jit outbox list` shows what was.")
    request = tx.requests.lock(row.request) if row.request else None
    detail = {"id": row.id, "destination": row.destination, "attempts": row.attempts, "why": row.last_error}
    state = request.state if request else None
    tx.note(Happened(event="delivery.replayed", at=now, by=OPERATOR, state=state, detail=detail), request)
    return row
