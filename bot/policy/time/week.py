"""Hours of a week: `Mon-Fri 09:00-18:00` and the like in, openings of single days out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise

from bot.core.business_time import Opening
from bot.policy.reading.document import Path
from bot.policy.reading.sheet import Sheet
from bot.policy.reading.wording import did_you_mean, shown

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
DAY = 24 * 60
WEEK = 7 * DAY
HOURS = "must be hours such as 09:00-18:00, over midnight such as 22:00-06:00, or 00:00-24:00"
_WHOLE = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NUMBERS = {name.casefold(): number for names in (DAYS, _WHOLE) for number, name in enumerate(names)}

_DAYS_FIRST = re.compile(r"([^\W\d_][^0-9]*?)\s+(?=[0-9])(.*)")
_HOURS = re.compile(r"([0-9]{1,2}:[0-9]{2})\s*(?:-|–)\s*([0-9]{1,2}:[0-9]{2})", re.ASCII)  # noqa: RUF001 - people write both
_WEEK_SPAN = re.compile(r"(\w+)\s+([0-9:]+)\s*(?:-|–)\s*(\w+)\s+([0-9:]+)")  # noqa: RUF001 - as above
_CLOCK = re.compile(r"([01]?[0-9]|2[0-4]):([0-5][0-9])", re.ASCII)


class NoHours(Exception):
    """What was written is no time of the week; the sentence says what is."""


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Open from one minute of the week to a later one, which may lie in the next week; *words* say which."""

    begin: int
    end: int
    words: str


def read_hours(hours: str | dict[str, object], path: Path, sheet: Sheet) -> tuple[Opening, ...]:
    """Return the openings of a week, in order; what is wrong with them goes onto the sheet, and then there are none.

    A text names days and hours, several of them apart by commas; a mapping has the days as its keys.
    """
    stretches = list[_Stretch]()
    for words, at in _pieces(hours, path):
        try:
            stretches += _stretches(words)
        except NoHours as error:
            sheet.refuse(at, str(error))
    if sheet.is_spoiled(path):
        return ()
    if not stretches:
        sheet.refuse(path, "must name some hours: a calendar that is never open would stop every clock for ever")
    for clash in islice(_clashes(stretches), 1):  # five days of the same would be five lines
        sheet.refuse(path, clash)
    return () if sheet.is_spoiled(path) else tuple(sorted(_by_day(stretches), key=lambda o: (o.day, o.begin)))


def _pieces(hours: str | dict[str, object], path: Path) -> Iterator[tuple[str, Path]]:
    if isinstance(hours, str):
        yield hours, path
        return
    for days, spans in hours.items():
        words = f"{days} {spans}" if isinstance(spans, str) else f"{days} {shown(spans)}"
        yield words, (*path, days)


def _stretches(text: str) -> Iterator[_Stretch]:
    """Yield what a text of days and hours means; hours without days are of the days before them."""
    days: tuple[int, ...] = ()
    for piece in _comma_apart(text):
        first = _DAYS_FIRST.fullmatch(piece)
        if first is not None:
            days = tuple(_days(first[1]))
        elif not days:
            raise NoHours(f'must start with its days, such as "Mon-Fri 09:00-18:00", not {shown(piece)}')
        begin, end = read_span(first[2] if first else piece)
        for day in days:
            yield _Stretch(day * DAY + begin, day * DAY + end, f"{DAYS[day]} {first[2] if first else piece}")


def _comma_apart(text: str) -> list[str]:
    """Return the pieces between commas; days alone (`Mon, Wed 09:00-12:00`) belong to the hours that follow."""
    pieces, open_days = list[str](), ""
    for piece in (part.strip() for part in text.split(",")):
        if any(c.isdigit() for c in piece) or not piece:
            pieces.append(f"{open_days}{piece}")
            open_days = ""
        else:
            open_days += f"{piece},"
    if open_days:
        raise NoHours(f"{HOURS}, not {shown(open_days.rstrip(','))} alone")
    return pieces


def _days(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, dash, last = part.replace("–", "-").partition("-")  # noqa: RUF001 - as above
        begin = read_day(first)
        end = read_day(last) if dash else begin
        yield from ((begin + n) % 7 for n in range((end - begin) % 7 + 1))


def read_day(text: str) -> int:
    """Return the number of a weekday, Monday being 0. Raises NoHours."""
    number = _NUMBERS.get(text.strip().casefold())
    if number is None:
        raise NoHours(
            f"must name days as {', '.join(DAYS)}, not {shown(text.strip())}{did_you_mean(text, (*_WHOLE, *DAYS))}"
        )
    return number


def read_span(text: str) -> tuple[int, int]:
    """Return the minutes of the day at which hours begin and end, the end after the begin. Raises NoHours."""
    match = _HOURS.fullmatch(text.strip())
    if match is None:
        raise NoHours(f"{HOURS}, not {shown(text)}")
    begin, end = read_clock(match[1]), read_clock(match[2])
    if begin in {end, DAY}:
        raise NoHours(f"{shown(text)} is no time at all; a whole day is 00:00-24:00")
    return begin, end if end > begin else end + DAY


def read_week_span(text: str) -> tuple[int, int]:
    """Read `Fri 16:00 - Mon 06:00`: minutes of the week, the end after the begin. Raises NoHours."""
    match = _WEEK_SPAN.fullmatch(text.strip())
    if match is None:
        raise NoHours(f'must be days and times such as "Fri 16:00 - Mon 06:00", not {shown(text)}')
    begin, end = (
        read_day(day) * DAY + read_clock(clock) for day, clock in ((match[1], match[2]), (match[3], match[4]))
    )
    if begin % WEEK == end % WEEK:
        raise NoHours(f"{shown(text)} is no time at all, or all of it; leave weekly out and write from and until")
    return begin, end if end > begin else end + WEEK


def read_clock(text: str) -> int:
    """Return the minutes of the day of `09:30`; `24:00` is the end of it. Raises NoHours."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None or int(match[1]) * 60 + int(match[2]) > DAY:
        raise NoHours(f"must be a time of the day such as 09:30, at most 24:00, not {shown(text.strip())}")
    return int(match[1]) * 60 + int(match[2])


def _clashes(stretches: list[_Stretch]) -> Iterator[str]:
    in_order = sorted(stretches, key=lambda stretch: stretch.begin)
    around = [*in_order, *(_Stretch(s.begin + WEEK, s.end + WEEK, s.words) for s in in_order[:1])]
    for one, other in pairwise(around):
        if one.end > other.begin:
            yield f"{one.words} and {other.words} overlap; write every hour once"


def _by_day(stretches: list[_Stretch]) -> Iterator[Opening]:
    """Cut what goes over midnight."""
    for stretch in stretches:
        for number in range(stretch.begin // DAY, (stretch.end - 1) // DAY + 1):
            begin, end = max(stretch.begin, number * DAY), min(stretch.end, (number + 1) * DAY)
            yield Opening(number % 7, begin - number * DAY, end - number * DAY)
