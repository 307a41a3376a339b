"""Break-glass in the policy: who of a rule may say yes alone, and how soon somebody else has to look at it."""

from bot.core.ruling import BreakGlass, Handling
from bot.policy.grammar.mappings import RulePart
from bot.policy.people.roster import Roster
from bot.policy.reading.document import Path
from bot.policy.reading.sheet import Sheet


def read_break_glass(part: RulePart, path: Path, roster: Roster, sheet: Sheet) -> BreakGlass | None:
    """Return the rule's break-glass; unknown people go onto the sheet. A rule that decides by itself has none."""
    glass = part.break_glass
    if glass is None:
        return None
    crowd = roster.crowd_behind(glass.approvers, (*path, "break_glass", "approvers"), sheet)
    if part.then is not Handling.REQUIRE_APPROVAL:
        return None
    return BreakGlass(approvers=crowd.people, groups=crowd.groups, review_within=glass.review_within)
