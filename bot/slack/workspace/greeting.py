"""Whether Slack lets us in: asked once at the start, so that a wrong token is no surprise at the first card."""

import structlog

from bot.slack.faults import CALL_ERRORS, read_fault, remedy_of
from bot.slack.workspace.directory import Directory

_log = structlog.get_logger("slack")


async def greet(directory: Directory) -> None:
    """Say in the log which workspace we are in, or why in none and what to do about it."""
    try:
        home = await directory.home()
    except CALL_ERRORS as error:
        fault = read_fault(error)
        _log.error("slack.not_connected", code=fault.code, host=fault.where, remedy=remedy_of(fault))
    else:
        _log.info("slack.connected", team=home.team_id, workspace=home.url)


async def look_for_trouble(directory: Directory) -> str | None:
    """Return why Slack does not let us in, in words that strangers may read; None when it does."""
    try:
        await directory.home()
    except CALL_ERRORS as error:
        fault = read_fault(error)
        return ": ".join(filter(None, ("Slack", fault.code, remedy_of(fault))))
    return None
