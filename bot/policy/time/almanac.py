"""Zones and holidays: what a calendar of the policy comes to, as of a moment, in numbers and dates to be frozen."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from bot.core.business_time import Calendar, Offset, Opening
from bot.policy.grammar.scalars import refusal
from bot.policy.reading.wording import did_you_mean, shown

HORIZON = timedelta(days=400)
"""How far ahead a frozen calendar knows its clock and its holidays: a year, and a month for questions."""

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


@lru_cache(1)
def zones() -> frozenset[str]:
    """Return the names of all zones that this machine knows."""
    return frozenset(available_timezones())


@lru_cache(1)
def regions() -> frozenset[str]:
    """Return what holidays are known for: countries (`DE`), and their parts (`DE-BY`)."""
    import holidays  # noqa: PLC0415 - every country's are in it, and most policies name none

    known = holidays.list_supported_countries()
    return frozenset((*known, *(f"{country}-{part}" for country, parts in known.items() for part in parts)))


def read_zone(value: object) -> str:
    """Read the name of a zone. Raises PydanticCustomError with a sentence."""
    if not isinstance(value, str) or value not in zones():
        hint = did_you_mean(value, zones())
        raise refusal(f"must be a time zone such as Europe/Berlin or UTC, not {shown(value)}{hint}")
    return value


def read_region(value: object) -> str:
    """Read a country, or a part of it. Raises PydanticCustomError with a sentence."""
    if not isinstance(value, str) or value not in regions():
        hint = did_you_mean(value, regions())
        raise refusal(f"must be a country such as DE, or a part of it such as DE-BY, not {shown(value)}{hint}")
    return value


def make_almanac(
    zone: str, openings: tuple[Opening, ...], countries: tuple[str, ...], closed: tuple[date, ...]
) -> Callable[[datetime], Calendar]:
    """Return what freezes the calendar as of a moment (aware UTC): the same for the whole of a day."""
    local = ZoneInfo(zone)

    @lru_cache(8)
    def freeze(today: date) -> Calendar:
        since = datetime.combine(today, time(), UTC)
        until = since + HORIZON
        known = {*closed, *_holidays(countries, range(today.year, until.year + 1))}
        last = (until + _DAY).date()
        return Calendar(
            zone=zone,
            openings=openings,
            closed=tuple(sorted(day for day in known if today - _DAY <= day <= last)),
            offsets=tuple(_offsets(local, since, until)),
            until=until,
        )

    return lambda now: freeze(now.date())


def _holidays(countries: tuple[str, ...], years: range) -> Iterator[date]:
    import holidays  # noqa: PLC0415 - as above

    for region in countries:
        country, _, part = region.partition("-")
        yield from holidays.country_holidays(country, subdiv=part or None, years=years)


def _offsets(zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[Offset]:
    """Yield how far ahead the zone's clocks are, at first and at each change; two within a day are one."""
    ahead = _ahead(zone, since)
    yield Offset(since, ahead)
    while since < until:
        tomorrow = since + _DAY
        if _ahead(zone, tomorrow) != ahead:
            change = _change(zone, since, tomorrow)
            ahead = _ahead(zone, change)
            yield Offset(change, ahead)
        since = tomorrow


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the second at which the clocks change, between two moments at which they differ."""
    was = _ahead(zone, before)
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        before, after = (middle, after) if _ahead(zone, middle) == was else (before, middle)
    return after


def _ahead(zone: ZoneInfo, moment: datetime) -> int:
    return int((moment.astimezone(zone).utcoffset() or timedelta()).total_seconds())
