"""Quiet hours: when nobody is pinged."""

from datetime import timedelta

from bot.core.judging.facts import Condition
from bot.core.judging.policy import QuietHours
from bot.policy.grammar.mappings import QuietPart
from bot.policy.reading.sheet import Sheet
from bot.policy.time.almanac import make_almanac
from bot.policy.time.calendars import length_of
from bot.policy.time.week import read_hours

_WEEK = timedelta(days=7)
PATH = ("quiet_hours",)


def read_quiet_hours(part: QuietPart, critical: Condition | None, sheet: Sheet) -> QuietHours | None:
    """Return the quiet hours; what is wrong with them goes onto the sheet, and then there are none."""
    openings = read_hours(part.hours, (*PATH, "hours"), sheet)
    if length_of(openings) >= _WEEK:
        sheet.refuse((*PATH, "hours"), "are the whole week: nobody would ever be pinged")
    if sheet.is_spoiled(PATH):
        return None
    return QuietHours(almanac=make_almanac(part.time_zone, openings, (), ()), critical=critical)
