"""Waivers in the policy: who may give them, and within which bounds."""

from bot.core.people.superior import MANAGER
from bot.core.waivers.terms import WaiverTerms
from bot.policy.grammar.waivers import WaiversPart
from bot.policy.people.roster import Roster
from bot.policy.reading.sheet import Sheet

_PATH = ("waivers", "by")


def read_waivers(part: WaiversPart | None, roster: Roster, sheet: Sheet) -> WaiverTerms | None:
    """Return what the policy says of waivers; unknown people go onto the sheet."""
    if part is None:
        return None
    crowd = roster.crowd_behind(part.by, _PATH, sheet)
    if MANAGER in crowd.groups:
        sheet.refuse(_PATH, f"{MANAGER.name} is somebody else for each request; name people or groups")
    return WaiverTerms(
        by=crowd,
        for_at_most=part.for_at_most,
        uses_at_most=part.uses_at_most,
        require_ticket=part.require_ticket,
        remind_before=part.remind_before,
    )
