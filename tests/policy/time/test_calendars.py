"""Calendars of the policy: hours, zones and holidays, and what is frozen of them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.business_time import Calendar, Opening, elapsed, later
from bot.core.judging.facts import Almanac, Facts
from bot.core.judging.rules import judge
from bot.core.ruling import Ruling
from bot.policy import PolicyInvalid, explain, read_policy
from bot.policy.time.almanac import HORIZON, make_almanac
from tests.factories import NOON, a_subject, some_tests

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FRIDAY = datetime(2026, 3, 6, 17, 50, tzinfo=UTC)
OFFICE = '{time_zone: Europe/Berlin, hours: "Mon-Fri 09:00-18:00", holidays: DE-BY, closed: [2026-12-24]}'
HEAD = "version: 1\ndefaults: {approvers: [bo@acme.test], fallback: [bo@acme.test]}\n"


def ruling(text: str, now: datetime = FRIDAY, timeout: timedelta | None = None) -> Ruling:
    """Judge by the first rule of a policy."""
    policy = read_policy((HEAD + text).encode(), "policy.yaml").policy
    return judge(policy, Facts(subject=a_subject(timeout=timeout), tests=some_tests(), source="ci", now=now))


def office(now: datetime = NOON, calendar: str = OFFICE) -> Calendar:
    found = ruling(f"rules: [{{name: a, then: require_approval, calendar: {calendar}}}]", now).calendar
    assert found is not None
    return found


def openings(hours: str) -> list[tuple[int, int, int]]:
    """Return weekday, first and last hour of each opening."""
    return [
        (o.day, o.begin // 60, o.end // 60) for o in office(calendar=f"{{time_zone: UTC, hours: {hours}}}").openings
    ]


def complaints(text: str) -> list[str]:
    with pytest.raises(PolicyInvalid) as caught:
        read_policy((HEAD + text).encode(), "policy.yaml")
    return [line.removeprefix("policy.yaml:") for line in str(caught.value).splitlines()]


@pytest.mark.parametrize(
    ("hours", "expected"),
    [
        ('"Mon-Tue 09:00-18:00"', [(0, 9, 18), (1, 9, 18)]),
        ('"mon, Wednesday 9:00-12:00"', [(0, 9, 12), (2, 9, 12)]),
        ('"Mon 09:00-12:00, 13:00-18:00, Fri 09:00-12:00"', [(0, 9, 12), (0, 13, 18), (4, 9, 12)]),
        ('"Sun-Mon 00:00-24:00"', [(0, 0, 24), (6, 0, 24)]),
        ('"Fri 22:00-06:00"', [(4, 22, 24), (5, 0, 6)]),
        ('"Sun 22:00-06:00"', [(0, 0, 6), (6, 22, 24)]),
        ('"Mon 20:00-00:00, Tue 00:00-02:00"', [(0, 20, 24), (1, 0, 2)]),
        ('{Mon-Tue: "09:00-12:00, 14:00-16:00", Sat: "10:00-11:00"}', None),
    ],
)
def test_hours_are_openings_of_single_days(hours: str, expected: list[tuple[int, int, int]] | None) -> None:
    by_mapping = [(0, 9, 12), (0, 14, 16), (1, 9, 12), (1, 14, 16), (5, 10, 11)]

    assert openings(hours) == (expected or by_mapping)


CALENDAR = "must be the name of a calendar, always, or a mapping with time_zone and hours"
NEVER = "must name some hours: a calendar that is never open would stop every clock for ever"
KEYS = "allowed: time_zone, hours, holidays, closed"
DAYS = "must name days as Mon, Tue, Wed, Thu, Fri, Sat, Sun"
ZONE = "must be a time zone such as Europe/Berlin or UTC"
HOURS = "must be hours such as 09:00-18:00, over midnight such as 22:00-06:00, or 00:00-24:00"


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        (
            "{time_zone: Europe/Berln, hours: Mon 09:00-18:00}",
            f'4:18: calendars.c.time_zone: {ZONE}, not "Europe/Berln"; did you mean "Europe/Berlin"?',
        ),
        ("{time_zone: UTC}", '4:6: calendars.c.hours: "hours" is required here'),
        (
            "{time_zone: UTC, hours: {}}",
            f"4:30: calendars.c.hours: {NEVER}",
        ),
        (
            "{time_zone: UTC, hours: 9}",
            '4:30: calendars.c.hours: must be hours such as "Mon-Fri 09:00-18:00", or a mapping of days, not 9',
        ),
        (
            "{time_zone: UTC, hours: Mon 18:00-18:00}",
            '4:30: calendars.c.hours: "18:00-18:00" is no time at all; a whole day is 00:00-24:00',
        ),
        (
            "{time_zone: UTC, hours: Mon 24:00-06:00}",
            '4:30: calendars.c.hours: "24:00-06:00" is no time at all; a whole day is 00:00-24:00',
        ),
        (
            "{time_zone: UTC, hours: Mon 09:00-25:00}",
            '4:30: calendars.c.hours: must be a time of the day such as 09:30, at most 24:00, not "25:00"',
        ),
        (
            "{time_zone: UTC, hours: Mon 09:00-24:30}",
            '4:30: calendars.c.hours: must be a time of the day such as 09:30, at most 24:00, not "24:30"',
        ),
        (
            "{time_zone: UTC, hours: Mon 9-18}",
            f'4:30: calendars.c.hours: {HOURS}, not "9-18"',
        ),
        (
            "{time_zone: UTC, hours: Mon}",
            f'4:30: calendars.c.hours: {HOURS}, not "Mon" alone',
        ),
        (
            "{time_zone: UTC, hours: 09:00-18:00}",
            '4:30: calendars.c.hours: must start with its days, such as "Mon-Fri 09:00-18:00", not "09:00-18:00"',
        ),
        (
            "{time_zone: UTC, hours: {Fryday: 09:00-18:00}}",
            f'4:39: calendars.c.hours.Fryday: {DAYS}, not "Fryday"; did you mean "Friday"?',
        ),
        (
            "{time_zone: UTC, hours: {Fri: 9}}",
            f'4:36: calendars.c.hours.Fri: {HOURS}, not "9"',
        ),
        (
            '{time_zone: UTC, hours: "Mon-Fri 09:00-18:00, Wed 17:00-19:00"}',
            "4:30: calendars.c.hours: Wed 09:00-18:00 and Wed 17:00-19:00 overlap; write every hour once",
        ),
        (
            '{time_zone: UTC, hours: "Sun 22:00-06:00, Mon 05:00-07:00"}',
            "4:30: calendars.c.hours: Sun 22:00-06:00 and Mon 05:00-07:00 overlap; write every hour once",
        ),
        (
            "{time_zone: UTC, hours: Mon 09:00-18:00, holidays: DE-BZ}",
            '4:57: calendars.c.holidays.0: must be a country such as DE, or a part of it such as DE-BY, not "DE-BZ"',
        ),
        (
            "{time_zone: UTC, hours: Mon 09:00-18:00, closed: [2026-02-30]}",
            '4:56: calendars.c.closed.0: must be a day such as 2026-12-24, not "2026-02-30"',
        ),
        (
            "{time_zone: UTC, hours: Mon 09:00-18:00, holiday: DE}",
            f'4:47: calendars.c.holiday: unknown key; did you mean "holidays"?; {KEYS}',
        ),
    ],
)
def test_a_calendar_that_makes_no_sense(calendar: str, expected: str) -> None:
    found = complaints(f"calendars:\n  c: {calendar}")

    assert [line.partition('; did you mean "DE-')[0] if "DE-BZ" in line else line for line in found] == [expected]


def test_everything_that_is_wrong_is_told_at_once() -> None:
    assert complaints("""\
calendars:
  office: {time_zone: Mars/Olympus, hours: Mon 9-18}
  always: {time_zone: UTC, hours: Mon 09:00-18:00}
  tiny: {time_zone: UTC, hours: Mon 09:00-09:10}
rules:
  - {name: a, when: source == "a", then: require_approval, calendar: ofice}
  - {name: b, when: source == "b", then: require_approval, calendar: office}
  - {name: c, when: source == "c", then: require_approval, calendar: tiny, timeout: 12h}
  - {name: d, when: source == "d", then: require_approval, calendar: {time_zone: UTC}}
  - {name: e, when: source == "e", then: require_approval, calendar: []}
""") == [
        '4:23: calendars.office.time_zone: must be a time zone such as Europe/Berlin or UTC, not "Mars/Olympus"',
        f'4:44: calendars.office.hours: {HOURS}, not "9-18"',
        "5:3: calendars.always: always is what a clock is called that never stands; take another name",
        '8:70: rules.0.calendar: there is no calendar "ofice"; did you mean "office"?',
        "10:85: rules.2.timeout: would take more than 365 days by the hours of its calendar; shorten it",
        '11:70: rules.3.calendar.hours: "hours" is required here',
        f"12:70: rules.4.calendar: {CALENDAR}, not a list",
    ]


def test_a_calendar_has_no_effect_where_nobody_is_asked() -> None:
    text = f"{HEAD}calendars: {{office: {OFFICE}}}\nrules: [{{name: a, then: auto_reject, calendar: office}}]"

    found = [str(warning) for warning in read_policy(text.encode(), "policy.yaml").warnings]

    assert any("rules.0.calendar: has no effect with auto_reject: nobody is asked" in line for line in found)
    assert ruling("rules: [{name: a, then: auto_reject, calendar: always}]").calendar is None


def test_a_rule_runs_by_its_own_calendar_else_that_of_the_defaults_else_by_none() -> None:
    head = f"""\
version: 1
defaults: {{approvers: [bo@acme.test], fallback: [bo@acme.test], calendar: office}}
calendars: {{office: {OFFICE}}}
rules:
  - {{name: own, when: source == "own", then: require_approval, calendar: {{time_zone: UTC, hours: Mon 09:00-18:00}}}}
  - {{name: like the defaults, when: source == "like", then: require_approval}}
  - {{name: never, when: source == "never", then: require_approval, calendar: always}}
"""
    policy = read_policy(head.encode(), "policy.yaml").policy

    def zone(source: str) -> str | None:
        facts = Facts(subject=a_subject(), tests=some_tests(), source=source, now=NOON)
        calendar = judge(policy, facts).calendar
        return calendar and calendar.zone

    assert (zone("own"), zone("like"), zone("never")) == ("UTC", "Europe/Berlin", None)
    assert zone("no rule's") == "Europe/Berlin"


def test_what_is_frozen_knows_its_holidays_and_its_clock() -> None:
    calendar = office(datetime(2026, 3, 4, 12, tzinfo=UTC))

    assert date(2026, 4, 3) in calendar.closed, "Good Friday"
    assert date(2026, 6, 4) in calendar.closed, "Corpus Christi, of Bavaria"
    assert date(2026, 12, 24) in calendar.closed, "closed by the file"
    assert date(2027, 3, 26) in calendar.closed, "the next Good Friday"
    assert date(2026, 1, 1) not in calendar.closed, "past"
    assert [(f"{o.since:%Y-%m-%d %H:%M}", o.seconds) for o in calendar.offsets] == [
        ("2026-03-04 00:00", 3600),
        ("2026-03-29 01:00", 7200),
        ("2026-10-25 01:00", 3600),
        ("2027-03-28 01:00", 7200),
    ]
    assert calendar.until == datetime(2026, 3, 4, tzinfo=UTC) + HORIZON


ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu", "UTC")
EVERY_NIGHT = tuple(Opening(day, begin, end) for day in range(7) for begin, end in ((0, 240), (1320, 1440)))
ALMANACS: dict[str, Almanac] = {zone: make_almanac(zone, EVERY_NIGHT, ("DE-BY",), ()) for zone in ZONES}
TURNS = st.sampled_from(
    [datetime(2026, *day, tzinfo=UTC) for day in ((3, 8), (3, 29), (4, 5), (10, 4), (10, 25), (11, 1), (12, 25))]
)


@given(zone=st.sampled_from(ZONES), turn=TURNS, hours=st.integers(-40, 40), minutes=st.integers(1, 2000))
def test_a_frozen_clock_goes_as_the_zones_does(zone: str, turn: datetime, hours: int, minutes: int) -> None:
    """Over the nights in which clocks are put forward and back, minute by minute."""
    local, calendar = ZoneInfo(zone), ALMANACS[zone](turn - 45 * DAY)
    since = turn + hours * HOUR

    def is_open(moment: datetime) -> bool:
        there = moment.astimezone(local)
        return (there.hour < 4 or there.hour >= 22) and there.date() not in calendar.closed

    counted = sum(is_open(since + n * MINUTE) for n in range(minutes))
    assert elapsed(since, since + minutes * MINUTE, calendar) == counted * MINUTE


def test_a_timeout_of_friday_evening_ends_on_monday() -> None:
    asked = ruling(f"rules: [{{name: a, then: require_approval, calendar: {OFFICE}, timeout: 30m}}]", FRIDAY - HOUR)

    assert later(FRIDAY - HOUR, asked.timeout, asked.calendar) == datetime(2026, 3, 9, 8, 20, tzinfo=UTC)


def test_whoever_wishes_for_less_time_waits_day_and_night() -> None:
    text = f"rules: [{{name: a, then: require_approval, calendar: {OFFICE}, timeout: 8h}}]"

    short, long = ruling(text, timeout=30 * MINUTE), ruling(text, timeout=80 * HOUR)

    assert (short.timeout, short.is_wished, short.timeout_calendar) == (30 * MINUTE, True, None)
    assert short.calendar is not None, "reminders and escalations run in business time all the same"
    assert (long.timeout, long.is_wished) == (8 * HOUR, False), "80 hours of Friday evening end after Monday's eight"


def test_where_silence_approves_business_time_is_not_shortened() -> None:
    text = f"rules: [{{name: a, then: require_approval, calendar: {OFFICE}, timeout: 8h, on_timeout: approve}}]"

    asked = ruling(text, timeout=30 * MINUTE)

    assert (asked.timeout, asked.is_wished) == (8 * HOUR, False)
    assert "a: keeps its own timeout, because its end would be an approval" in asked.explanation


def test_explaining_says_when_each_step_would_come() -> None:
    rule = f"""\
rules:
  - name: a
    then: require_approval
    calendar: {OFFICE}
    timeout: 12h
    stages:
      - {{name: first, remind_after: 2h, escalate: [{{after: 4h, to: [dia@acme.test]}}]}}
      - {{name: second, escalate: [{{after: 4h, to: [dia@acme.test]}}]}}
"""
    policy = read_policy((HEAD + rule).encode(), "policy.yaml").policy
    facts = Facts(subject=a_subject(), tests=some_tests(), source="ci", now=datetime(2026, 12, 23, 16, 50, tzinfo=UTC))

    told = "\n".join(explain(policy, facts).lines)
    wished = explain(policy, replace(facts, subject=a_subject(timeout=30 * MINUTE))).lines

    assert "clocks run in business time, Europe/Berlin" in told
    assert "reminded after 2h (Mon 2026-12-28 10:50 Europe/Berlin), then ever more rarely" in told
    assert "escalated after 4h (Mon 2026-12-28 12:50 Europe/Berlin), dia@acme.test may answer too" in told
    assert "escalated after 4h, dia@acme.test may answer too" in told, "nobody knows when the second begins"
    assert "after 12h (Tue 2026-12-29 11:50 Europe/Berlin) without an answer it expires" in told
    assert any("after 30m (Wed 2026-12-23 18:20 Europe/Berlin)" in line for line in wished)
    assert any("the caller wished for, counts day and night" in line for line in wished)


def test_an_edited_file_changes_nothing_that_is_frozen() -> None:
    almanac = make_almanac("Europe/Berlin", EVERY_NIGHT, (), ())

    assert almanac(NOON) is almanac(NOON + HOUR), "one for the whole day"
    assert almanac(NOON) != almanac(NOON + DAY)
