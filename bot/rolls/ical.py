"""An on-call calendar read into shifts: iCalendar (RFC 5545) in, who is on duty when out. Pure, and slow."""
# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (the three above: the components of both libraries are untyped mappings; nothing of them leaves this module)

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from importlib import import_module
from typing import Any

MAX_BYTES = 1024 * 1024
MAX_EVENTS = 5000
_FOLDED = re.compile(rb"\r?\n[ \t]")
_RESTLESS = re.compile(rb"^RRULE[^\r\n]*FREQ=(?:SECONDLY|MINUTELY)", re.IGNORECASE | re.MULTILINE)
_ADDRESS = re.compile(r"[^\s@<>,;:\"'()\[\]]{1,64}@[^\s@<>,;:\"'()\[\]]{1,190}")
_BETWEEN = re.compile(r"[,;/&+]")
_NO_PERSON = frozenset({"ROOM", "RESOURCE", "GROUP"})


class BadCalendar(Exception):
    """Not a calendar that we read; the sentence says why, and holds nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One turn of duty, ``end`` exclusive, aware UTC. ``names`` are e-mail addresses, or the summary's."""

    start: datetime
    end: datetime
    names: tuple[str, ...]


def read_shifts(content: bytes, start: datetime, end: datetime) -> tuple[Shift, ...]:
    """Return the shifts between *start* and *end* (aware UTC), in a thread: it may take long. Raises BadCalendar."""
    if len(content) > MAX_BYTES:
        raise BadCalendar(f"is larger than {MAX_BYTES // 1024} KiB")
    if content.count(b"BEGIN:VEVENT") > MAX_EVENTS:
        raise BadCalendar(f"holds more than {MAX_EVENTS} events")
    if _RESTLESS.search(_FOLDED.sub(b"", content)):
        raise BadCalendar("holds an event that repeats every second or minute")
    # A tenth of an idle house's memory, and seldom asked for.
    from icalendar import Calendar  # noqa: PLC0415 - as said above

    recurring = import_module("recurring_ical_events")
    try:
        calendar = Calendar.from_ical(content)
        events = recurring.of(calendar).between(start, end)
        return tuple(_shifts(events))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise BadCalendar(f"can't be read as iCalendar ({type(error).__name__})") from error


def _shifts(events: Sequence[Any]) -> Iterator[Shift]:
    for event in events:
        # What a program wrote twice is read so that nobody gets a right by it.
        if any(str(status).upper() == "CANCELLED" for status in _listed(event.get("STATUS"))):
            continue
        if isinstance(event.get("SUMMARY"), list):
            raise BadCalendar("holds an event with two summaries")
        start, end = _moment(event["DTSTART"].dt), _moment(event["DTEND"].dt) if "DTEND" in event else None
        yield Shift(start=start, end=end or start + timedelta(days=1), names=tuple(dict.fromkeys(_names(event))))


def _moment(when: date | datetime) -> datetime:
    """Return *when* in UTC; whole days and times without a zone are read as UTC."""
    if not isinstance(when, datetime):
        when = datetime.combine(when, time())
    return when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)


def _names(event: Any) -> list[str]:  # noqa: ANN401 - a component of icalendar, which has no type of its own
    """Return who is on duty: who was invited and has not declined; else whom the summary names; else the organizer."""
    invited = [_mail(one) for one in _listed(event.get("ATTENDEE")) if _takes_part(one)]
    summary = str(event.get("SUMMARY", ""))
    named = _ADDRESS.findall(summary) or [part.strip() for part in _BETWEEN.split(summary) if part.strip()]
    organizer = [_mail(one) for one in _listed(event.get("ORGANIZER"))]
    found = [mail for mail in invited if mail]
    return found or [*named, *(f"organizer:{mail}" for mail in organizer if mail)]


def _takes_part(attendee: Any) -> bool:  # noqa: ANN401 - the same
    said = getattr(attendee, "params", {})
    is_person = str(said.get("CUTYPE", "")).upper() not in _NO_PERSON
    return is_person and str(said.get("PARTSTAT", "")).upper() != "DECLINED"


def _mail(address: object) -> str:
    mail = re.sub(r"^mailto:", "", str(address), flags=re.IGNORECASE).strip()
    return mail if _ADDRESS.fullmatch(mail) else ""


def _listed(value: Any) -> Iterable[Any]:  # noqa: ANN401 - the same: one, several, or none
    return () if value is None else value if isinstance(value, list) else (value,)
