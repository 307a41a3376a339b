"""The grammar of time: calendars by which clocks run, and freezes in which nothing is approved."""

from typing import Annotated

from pydantic import Field, WithJsonSchema

from bot.policy.grammar.mappings import Condition, Part, Sentence
from bot.policy.grammar.time_words import Day, FreezingWord, Hours, Local, Regions, Zone

MAX_CLOSED = 1000


class CalendarPart(Part):
    """Business time: when the clocks of a request run. Outside of it they stand."""

    time_zone: Zone
    """Where the hours are local."""
    hours: Hours
    """Days and hours, more of them apart by commas: `Mon-Thu 09:00-18:00, Fri 09:00-12:00, 13:00-16:00`, over midnight
    `Mon-Fri 22:00-06:00`; or a mapping of days to hours."""
    holidays: Regions = Field(default=[])
    """A country, a part of it, or a list of them; their public holidays are closed, from midnight to midnight."""
    closed: list[Day] = Field(default=[], max_length=MAX_CLOSED)
    """More days that are closed."""


class FreezePart(Part):
    """A change freeze: once (`from` and `until`) or every week. It is looked up anew at every approval."""

    name: Annotated[str, Field(min_length=1, max_length=100)]
    """What people are told, and what `freeze.active` holds."""
    from_: Local | None = Field(default=None, alias="from")
    """When it begins: a local time, a day, or a moment with its offset."""
    until: Local | None = None
    """When it ends; a day alone counts to its end."""
    weekly: Annotated[str, WithJsonSchema({"type": "string", "examples": ["Fri 16:00 - Mon 06:00"]})] | None = None
    """Every week from then until then, instead."""
    time_zone: Zone = "UTC"
    """Where these times are local."""
    when: Condition | None = None
    """Which requests it is for: a condition over `request.*`, `tests.*`, `source` and `now`. Without it, all."""
    then: FreezingWord
    """`reject`: what is asked is rejected, and what is open cannot be approved. `ask`: nothing is approved without a
    person."""
    reason: Sentence | None = None
    """What people are told besides."""
    allow_break_glass: bool = False
    """Whether breaking the glass approves all the same; a request whose rule has such a way is asked then."""
