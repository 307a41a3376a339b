"""A token is renewed by one process at a time, and kept unless the app was taken away meanwhile."""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.events import Happened
from bot.core.installation import Installation
from bot.core.moments import draw_moment
from bot.relay.entries import RELAY
from bot.store import Transaction

RENEWING = timedelta(minutes=1)
"""How long one process may take to renew a token; far longer than a call to Slack."""


def claim_renewal(tx: Transaction, team: str, version: int, now: datetime) -> bool:
    """Tell whether the token of that *version* is ours to renew: nobody else may for a minute."""
    known = tx.installations.lock(team)
    if known is None or known.sealed is None or known.version != version:
        return False
    # Another replica's moment may lie a little after ours, which was taken before we waited for the row. One that lies
    # far ahead was written by a clock that has been set back since, and is not waited for.
    if known.renewing_until is not None and now < known.renewing_until <= now + 2 * RENEWING:
        return False
    tx.installations.put(replace(known, renewing_until=now + RENEWING))
    return True


def keep_renewed(tx: Transaction, renewed: Installation, now: datetime) -> None:
    """Keep a renewed token, unless the app was taken away or installed anew while we asked for it."""
    known = tx.installations.lock(renewed.team)
    if known is None or known.sealed is None or known.version != renewed.version:
        return
    kept = replace(renewed, version=renewed.version + 1, renewing_until=None)
    tx.installations.put(kept)
    detail = {"team": kept.team, "until": draw_moment(kept.expires_at) if kept.expires_at else None}
    tx.note(Happened(event="workspace.token_renewed", at=now, by=RELAY, state=None, detail=detail), None)
