"""Whether what is to be done is done in time: deliveries, and what the clock brings."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.cli.doctor.case import Case
from bot.cli.doctor.finding import Finding, Status, draw_span, fail, warn, well
from bot.store import Pile, Signs

LATE = timedelta(minutes=1)
"""A delivery may wait that long for its turn; Slack takes about one message a second in a channel."""

FAR_TOO_LATE = timedelta(minutes=10)

PUT_OFF = timedelta(hours=27)
"""Nothing is tried again later than that: the longest wait of a callback, a day, and a tenth of it."""

MISSED = timedelta(seconds=30)
"""A deadline is seen to within a second; after this nobody sees to them."""

_LOG = "look at the bot's log; is it running"


def check_outbox(case: Case) -> Iterator[Finding]:
    """Look at what was to leave the house and has not."""

    def query(signs: Signs) -> tuple[datetime, int, Pile, Pile, Pile, Pile, Pile]:
        now = signs.snapshot.now()
        late, put_off = signs.late(now - LATE), signs.put_off(now + PUT_OFF)
        return now, signs.waiting(), late, put_off, signs.failing(), signs.dead(), signs.dead_of_open()

    now, waiting, late, put_off, failing, dead, dead_of_open = case.signs(query)
    if late.count:
        says = f"{late.count} of {waiting} wait for their turn too long, the oldest {_age(late, now)}"
        yield _by_age("outbox.late", says, late, now, f"{_LOG}, and can it reach Slack and its callers")
    else:
        yield well("outbox.late", f"{waiting} wait, none of them for long")
    yield _put_off(put_off)
    if failing.count:
        why = f": {failing.why}" if failing.why else ""
        says = f"{failing.count} could not be delivered yet, the oldest has tried for {_age(failing, now)}{why}"
        yield _by_age("outbox.failing", says, failing, now, "mend what it says, then jit policy reload tries at once")
    else:
        yield well("outbox.failing", "nothing is tried in vain")
    yield _dead(dead, dead_of_open, now)


def check_timers(case: Case) -> Iterator[Finding]:
    """Look for deadlines that nobody has seen to."""

    def query(signs: Signs) -> tuple[datetime, Pile]:
        now = signs.snapshot.now()
        return now, signs.overdue(now - MISSED)

    now, overdue = case.signs(query)
    if overdue.count:
        says = f"{overdue.count} requests have a deadline or a reminder behind them, the oldest {_age(overdue, now)}"
        yield fail("timers.deadlines", says, f"nobody sees to deadlines: start the bot, or start it again; {_LOG}")
    else:
        yield well("timers.deadlines", "all seen to")


def _put_off(put_off: Pile) -> Finding:
    if not put_off.count:
        return well("outbox.put_off", "nothing is put off for longer than a day")
    says = f"{put_off.count} are put off for longer than a day, which the bot never does: their times were changed"
    return fail("outbox.put_off", says, "find out who else writes to the database; bring back due_at from a backup")


def _dead(dead: Pile, dead_of_open: Pile, now: datetime) -> Finding:
    check, remedy = "outbox.dead", "jit outbox list says what and why, jit outbox replay tries it again"
    if not dead.count:
        return well(check, "nothing was given up")
    says = f"{dead.count} were given up, the oldest {_age(dead, now)} ago"
    if dead_of_open.count:
        return fail(check, f"{says}; {dead_of_open.count} of them are of open requests", remedy)
    return warn(check, says, remedy)


def _by_age(check: str, says: str, pile: Pile, now: datetime, remedy: str) -> Finding:
    is_old = pile.oldest is not None and now - pile.oldest > FAR_TOO_LATE
    return Finding(check=check, status=Status.FAIL if is_old else Status.WARN, says=says, remedy=remedy)


def _age(pile: Pile, now: datetime) -> str:
    return draw_span(now - pile.oldest) if pile.oldest is not None else "for an unknown time"
