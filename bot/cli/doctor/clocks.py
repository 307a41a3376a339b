"""Whether all clocks agree: by them deadlines pass, signatures are fresh, and the log is in order."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.cli.doctor.case import Case
from bot.cli.doctor.finding import Finding, draw_span, fail, warn, well
from bot.store import Signs
from bot.usecases.keep_time import TOLERANCE

FAR = timedelta(seconds=60)
"""From here on passes of operators do not count any more, and soon Slack's clicks."""

_SET_RIGHT = "set this machine's clock by a time server (timedatectl, chronyc), then start the bot again"


def check_clocks(case: Case) -> Iterator[Finding]:
    """Compare this machine's clock with the log's end, and with the database's."""
    behind, theirs = case.signs(lambda signs: (signs.snapshot.clock_lag(), _both(signs, case)))
    if behind > TOLERANCE:
        says = f"the clock that counts is {draw_span(behind)} behind the last entry of the log"
        yield fail("clock.log", says, "it was ahead then, or is wrong now: set it right")
    else:
        yield well("clock.log", "not behind the log")
    if theirs is not None:
        yield compare("clock.database", "the database's", *theirs)


def compare(check: str, whose: str, theirs: datetime, ours: datetime) -> Finding:
    """Say how far another clock is from this machine's."""
    apart = abs(theirs - ours)
    if apart <= TOLERANCE:
        return well(check, f"{whose} clock and this machine's agree")
    says = f"{whose} clock is {draw_span(apart)} {'ahead of' if theirs > ours else 'behind'} this machine's"
    return (fail if apart > FAR else warn)(check, says, _SET_RIGHT)


def _both(signs: Signs, case: Case) -> tuple[datetime, datetime] | None:
    theirs = signs.database_clock()
    return None if theirs is None else (theirs, case.clock())
