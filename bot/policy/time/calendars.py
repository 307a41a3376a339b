"""Which calendar the clocks of a rule run by: by its name, written in place, that of the defaults, or none."""

from dataclasses import dataclass
from datetime import timedelta

from bot.core.business_time import Opening
from bot.core.judging.facts import Almanac
from bot.policy.grammar.mappings import DefaultsPart
from bot.policy.grammar.time_words import CalendarWord
from bot.policy.grammar.times import CalendarPart
from bot.policy.parts import Parts, read_part
from bot.policy.reading.document import Path
from bot.policy.reading.sheet import Sheet
from bot.policy.reading.wording import did_you_mean, shown
from bot.policy.time.almanac import make_almanac
from bot.policy.time.week import read_hours

ALWAYS = "always"
"""The name of a clock that never stands."""

LONGEST = timedelta(days=365)
"""How long a timeout may take by the hours of its calendar, holidays aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """A calendar that can be frozen, and how much of a week it is open."""

    almanac: Almanac
    weekly: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendars:
    """The calendars of one file. What is wrong goes onto the sheet, and then the policy must not be used."""

    named: dict[str, Timetable | None]
    mentioned: frozenset[str]
    default: Timetable | None
    sheet: Sheet

    def of(self, word: CalendarWord | None, path: Path) -> Timetable | None:
        """Return what the *word* of a rule means; None is a clock that never stands."""
        return self.default if word is None else self.meant(word, path)

    def meant(self, word: CalendarWord, path: Path) -> Timetable | None:
        """Return the calendar of that name, or the one that stands there."""
        if not isinstance(word, str):
            part = read_part(CalendarPart, word, path, self.sheet)
            return None if part is None else _timetable(part, path, self.sheet)
        if word == ALWAYS or word in self.named:
            return self.named.get(word)
        if word not in self.mentioned:
            known = [ALWAYS, *self.mentioned]
            self.sheet.refuse(path, f"there is no calendar {shown(word)}{did_you_mean(word, known)}")
        return None

    def require_room(self, timetable: Timetable | None, timeout: timedelta, path: Path) -> None:
        """Refuse a timeout that would take more than a year by such hours."""
        if timetable is not None and timeout / timetable.weekly * timedelta(days=7) > LONGEST:
            self.sheet.refuse(
                path,
                f"would take more than {LONGEST.days} days by the hours of its calendar; shorten it",
            )


def read_calendars(parts: Parts, sheet: Sheet) -> Calendars:
    """Return every calendar of the file, and what the defaults say."""
    if ALWAYS in parts.calendars:
        sheet.refuse_key(
            ("calendars", ALWAYS), f"{ALWAYS} is what a clock is called that never stands; take another name"
        )
    named = {name: _timetable(part, ("calendars", name), sheet) for name, part in parts.calendars.items()}
    alone = Calendars(named=named, mentioned=parts.mentioned_calendars, default=None, sheet=sheet)
    return Calendars(
        named=named, mentioned=parts.mentioned_calendars, default=_default(parts.defaults, alone), sheet=sheet
    )


def _default(defaults: DefaultsPart, calendars: Calendars) -> Timetable | None:
    return None if defaults.calendar is None else calendars.meant(defaults.calendar, ("defaults", "calendar"))


def _timetable(part: CalendarPart, path: Path, sheet: Sheet) -> Timetable | None:
    openings = read_hours(part.hours, (*path, "hours"), sheet)
    if sheet.is_spoiled(path):
        return None
    almanac = make_almanac(part.time_zone, openings, tuple(part.holidays), tuple(part.closed))
    return Timetable(almanac=almanac, weekly=length_of(openings))


def length_of(openings: tuple[Opening, ...]) -> timedelta:
    """Return how much of a week is open."""
    return timedelta(minutes=sum(opening.end - opening.begin for opening in openings))
