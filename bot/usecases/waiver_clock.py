"""The clock brings something to a waiver: whoever gave it is told once that it ends, and its end is written down.

That it ends needs nobody: at its end it covers nothing, whether or not the clock came by.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from bot.core.effects import TellAccount
from bot.core.events import Happened
from bot.core.waivers.waiver import End, Ending, Waiver
from bot.slack.words.escape import line
from bot.slack.words.rich import draw_utc
from bot.store import Snapshot, Transaction
from bot.usecases.desk import Desk
from bot.usecases.timer import TIMER

WAIVERS_EVERY = timedelta(seconds=10)
"""How late a reminder may come; an end is never late, for it needs no clock."""

BATCH = 50
"""For how many waivers one transaction rings."""

_TEST = 200


def ring_waivers(tx: Transaction, now: datetime) -> int:
    """Take the next step of up to BATCH waivers for which one is due; return how many were taken."""
    due = tx.waivers.due(BATCH)
    for waiver in due:
        if waiver.holds(now):
            _remind(tx, waiver, now)
        else:
            _expire(tx, waiver, now)
    return len(due)


def _remind(tx: Transaction, waiver: Waiver, now: datetime) -> None:
    """Tell whoever gave it; it is remembered in the same commit, so that it is said once."""
    tx.waivers.put(replace(waiver, reminded_at=now))
    tx.note(_line("waiver.reminded", waiver, now), tx.requests.lock(waiver.about))
    if waiver.by.slack_id:
        tx.enqueue(TellAccount(slack_id=waiver.by.slack_id, text=_words(waiver)))


def _expire(tx: Transaction, waiver: Waiver, now: datetime) -> None:
    tx.waivers.put(replace(waiver, end=End(how=Ending.EXPIRED, at=now, by=TIMER)))
    tx.note(_line("waiver.expired", waiver, now), tx.requests.lock(waiver.about))


def _line(event: str, waiver: Waiver, now: datetime) -> Happened:
    return Happened(event=event, at=now, by=TIMER, state=None, detail={"waiver": waiver.number})


def _words(waiver: Waiver) -> str:
    ticket = f" ({waiver.ticket})" if waiver.ticket else ""
    left = waiver.uses - waiver.used
    return (
        f"Your waiver #{waiver.number}{ticket} ends {draw_utc(waiver.until)}: from then on a failure of "
        f"{line(waiver.test, _TEST)} counts again. It was used {waiver.used} times, {left} are left. If it is not "
        "mended by then, waive it anew where it failed last."
    )


class WaiverClock:
    """Rings for waivers. With nothing due it costs one look at an index and writes nothing."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def ring(self) -> None:
        """Go on until nothing is due."""
        while await self._desk.read(_is_due):
            if not await self._desk.run(ring_waivers):
                return


def _is_due(snapshot: Snapshot) -> bool:
    wake = snapshot.waivers.next_wake()
    return wake is not None and wake <= snapshot.now()
