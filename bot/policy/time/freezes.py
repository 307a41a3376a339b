"""Change freezes of the policy file: once, from a moment to another, or every week."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.core.freeze import Freezing
from bot.core.judging.facts import Condition
from bot.core.judging.freeze_windows import Freeze, Window
from bot.policy.grammar.times import FreezePart
from bot.policy.reading.document import Path
from bot.policy.reading.sheet import Sheet
from bot.policy.time.week import NoHours, read_week_span

_DAY = timedelta(days=1)
_MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class _Never:
    """What stands for a window that could not be read."""

    def __call__(self, _now: datetime) -> None:
        """Hold never; the policy is not used."""


def make_freeze(part: FreezePart, when: Condition | None, path: Path, sheet: Sheet) -> Freeze:
    """Return the freeze at *path*; what is wrong with it goes onto the sheet, and then it must not be used."""
    if part.allow_break_glass and part.then is not Freezing.REJECT:
        sheet.warn((*path, "allow_break_glass"), f"has no effect with {part.then}: people may approve anyway")
    return Freeze(
        name=part.name,
        window=_window(part, path, sheet) or _Never(),
        when=when,
        then=part.then,
        reason=part.reason,
        allow_break_glass=part.allow_break_glass,
    )


def _window(part: FreezePart, path: Path, sheet: Sheet) -> Window | None:
    zone = ZoneInfo(part.time_zone)
    if part.weekly is not None:
        if part.from_ is not None or part.until is not None:
            sheet.refuse(
                (*path, "weekly"), "stands beside from or until: a freeze is once, or every week; take one of them out"
            )
            return None
        return _every_week(part.weekly, zone, (*path, "weekly"), sheet)
    if part.from_ is None or part.until is None:
        if not sheet.is_spoiled(path):
            sheet.refuse(path, 'needs from and until, or weekly: "Fri 16:00 - Mon 06:00"')
        return None
    begin, end = _moment(part.from_, zone, 0), _moment(part.until, zone, 1)
    if end <= begin:
        sheet.refuse((*path, "until"), "must come after from; a day alone counts to its end")
        return None
    return lambda now: end if begin <= now < end else None


def _moment(given: date | datetime, zone: ZoneInfo, end: int) -> datetime:
    """Return a moment in UTC; of a day alone its begin, or its *end*. Of a time that clocks repeat, the outer one."""
    if not isinstance(given, datetime):
        given = datetime.combine(given + end * _DAY, _MIDNIGHT)
    if given.tzinfo is None:
        given = given.replace(tzinfo=zone, fold=end)
    return given.astimezone(UTC)


def _every_week(text: str, zone: ZoneInfo, path: Path, sheet: Sheet) -> Window | None:
    try:
        begin, end = read_week_span(text)
    except NoHours as error:
        sheet.refuse(path, str(error))
        return None
    at = _clock(zone)

    def window(now: datetime) -> datetime | None:
        today = now.astimezone(zone).date()
        monday = today - today.weekday() * _DAY
        for week in (monday - 7 * _DAY, monday):
            if at(week, begin, 0) <= now < at(week, end, 1):
                return at(week, end, 1)
        return None

    return window


def _clock(zone: ZoneInfo) -> Callable[[date, int, int], datetime]:
    def at(monday: date, minute: int, fold: int) -> datetime:
        """Return when a minute of the week is, in UTC; the later one where clocks repeat it and *fold* is 1."""
        local = datetime.combine(monday, _MIDNIGHT) + timedelta(minutes=minute)
        return local.replace(tzinfo=zone, fold=fold).astimezone(UTC)

    return at
