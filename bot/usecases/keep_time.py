"""Whether the clock can be trusted: one that is behind the log was wrong before, or is wrong now."""

from datetime import timedelta

import structlog

from bot.usecases.desk import Desk

TOLERANCE = timedelta(seconds=5)
"""How far the clock may be behind the log: replicas whose clocks are kept differ by less."""

_log = structlog.get_logger("clock")


async def clock_lag(desk: Desk) -> timedelta:
    """Return how far the clock is behind the log's last entry."""
    return await desk.read(lambda snapshot: snapshot.clock_lag())


async def watch_clock(desk: Desk) -> None:
    """Complain of a clock that is too far behind the log.

    Until it has caught up, time is reckoned on from the last entry: nothing stands still, but all moments are those of
    the clock that was ahead.
    """
    lag = await clock_lag(desk)
    if lag > TOLERANCE:
        _log.error("clock.behind_the_log", seconds=round(lag.total_seconds(), 3))
