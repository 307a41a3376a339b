"""Use cases of signed calls, taken once: a captured call that is sent again changes nothing a second time.

A signature covers neither headers nor path. So the id it was made with is remembered beside what it did: sent again
with another Idempotency-Key, or to another request, it is refused; sent again as it was, it finds what it made.
"""

from datetime import datetime

from bot.core.outcome import Outcome
from bot.core.rules import Policy
from bot.usecases.desk import Transaction
from bot.usecases.submit import Ask, Submission, submit
from bot.usecases.withdraw import Withdrawal, withdraw


def submit_once(tx: Transaction, ask: Ask, signed_id: str | None, policy: Policy, now: datetime) -> Submission:
    """Submit *ask*. Raises Refused: as ``submit``, and REPLAYED when the signature was used for another ask."""
    if signed_id is not None and (ask.key is None or tx.requests.by_key(ask.source, ask.key) is None):
        tx.replays.remember(_signature(ask.source, signed_id))
    return submit(tx, ask, policy, now)


def withdraw_once(tx: Transaction, withdrawal: Withdrawal, signed_id: str | None, now: datetime) -> Outcome:
    """Withdraw a request. Raises Refused: as ``withdraw``, and REPLAYED when the signature was used before."""
    if signed_id is not None:
        tx.replays.remember(_signature(withdrawal.source, signed_id))
    return withdraw(tx, withdrawal, now)


def _signature(source: str, signed_id: str) -> str:
    return f"signature:{source}:{signed_id}"
