"""A signed call is taken once: captured and sent again, it changes nothing a second time.

A signature covers neither headers nor path. So the id it was made with is remembered beside what it did: sent again
with another Idempotency-Key, or to another request, it is refused; sent again as it was, it finds what it made.
"""

from bot.core.stamp import Stamp
from bot.store import Transaction


def take_once(tx: Transaction, source: str, signed: Stamp | None) -> None:
    """Remember a call of *source* by the id it was signed with; None: it came with a token, which may be used again.

    Raises Refused (REPLAYED).
    """
    if signed is not None:
        tx.replays.remember(signed.named(f"signature:{source}:{signed.key}"))
