"""Who is in a live group now: on-call calendars, and what a membership makes of somebody. No transaction, ever."""

from bot.copies import Copies
from bot.rolls.calendars import Calendars
from bot.rolls.memberships import Memberships, Reader

__all__ = ["Calendars", "Copies", "Memberships", "Reader"]
