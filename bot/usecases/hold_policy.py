"""Which policy holds, and that a file was refused: in the log, and once where the administrators read."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from bot.core.effects import TellAdmins
from bot.core.events import Happened
from bot.core.judging.policy import Policy
from bot.core.people.identity import Actor, Via
from bot.store import Transaction

HOUSE = Actor(name="house", via=Via.POLICY)
ABOUT = "policy"

_MOST_ERRORS = 20


def hold(tx: Transaction, policy: Policy, now: datetime) -> None:
    """Write down that *policy* holds from now on; if its file was in trouble, say that it is mended."""
    detail = {"hash": policy.hash, "rules": [rule.name for rule in policy.rules]}
    tx.note(Happened(event="policy.loaded", at=now, by=HOUSE, state=None, detail=detail), None)
    over = tx.alarms.silence(ABOUT)
    if over is not None:
        _tell(tx, over.told_in or policy.admin_channel, f"The policy file is good again: {policy.hash[:19]} holds.")


def refuse(tx: Transaction, errors: Sequence[str], held: Policy, now: datetime) -> datetime:
    """Write down that the file was refused and *held* still holds. Return since when there is this trouble.

    The same errors again are told nobody again.
    """
    known = tx.alarms.of(ABOUT)
    detail = {"errors": list(errors[:_MOST_ERRORS]), "count": len(errors), "hash": held.hash}
    tx.note(Happened(event="policy.refused", at=now, by=HOUSE, state=None, detail=detail), None)
    if tx.alarms.sound(ABOUT, hashlib.sha256("\n".join(errors).encode()).hexdigest(), held.admin_channel):
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        _tell(tx, held.admin_channel, f"The policy file was refused; {held.hash[:19]} still holds. {errors[0]}{more}")
    return now if known is None else known.since


def _tell(tx: Transaction, channel: str | None, text: str) -> None:
    if channel is not None:
        tx.enqueue(TellAdmins(channel=channel, text=text))
