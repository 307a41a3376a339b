"""What ``/readyz`` asks: whether the database is whole, the clock right, the policy the file's, and Slack there."""

from typing import Any

from bot.reload import Reload
from bot.slack import look_for_trouble
from bot.store import Store
from bot.usecases.desk import Desk
from bot.usecases.keep_time import TOLERANCE, clock_lag
from handlers.api import Health
from handlers.slack import Front, Socket


async def probe_database(store: Store) -> Health:
    """Say whether the books can be read, and are still those that were opened."""
    if not store.is_in_place():
        # What we still write goes into a file without a name, and is gone when we stop.
        return Health(ok=False, detail="the database file was deleted or replaced: stop the bot and restore it")
    entries = await store.read(lambda snapshot: snapshot.head().seq)
    return Health(ok=True, detail=f"{entries} entries in the audit log")


async def probe_clock(desk: Desk) -> Health:
    """Say whether this machine's clock is behind what the log has already seen."""
    lag = await clock_lag(desk)
    behind = f"the clock is {lag.total_seconds():.0f} s behind the last entry of the audit log"
    return Health(ok=lag <= TOLERANCE, detail="right" if lag <= TOLERANCE else behind)


async def probe_policy(reload: Reload[Any]) -> Health:
    """Say which policy holds, and whether a newer file was refused.

    A refused file is no reason to send callers elsewhere: the old policy holds. One that holds here while the log may
    say that another does is: what is judged by it could not be explained.
    """
    return Health(ok=reload.is_certain, detail=reload.describe())


async def probe_slack(front: Front) -> Health:
    """Say whether Slack answers, and for which team."""
    trouble = await look_for_trouble(front.directory)
    if trouble is not None:
        return Health(ok=False, detail=trouble)
    home = await front.directory.home()
    return Health(ok=True, detail=f"team {home.team_id}")


async def probe_socket(front: Front, socket: Socket) -> Health:
    """Say the same of Slack over Socket Mode, where the socket has to be up, too."""
    if not await socket.is_up():
        return Health(ok=False, detail=socket.trouble or "socket is down")
    health = await probe_slack(front)
    return Health(ok=health.ok, detail=f"socket is up, {health.detail}" if health.ok else health.detail)
