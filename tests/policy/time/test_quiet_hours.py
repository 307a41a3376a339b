"""Quiet hours in the policy file: when nobody is pinged, and for whom they never hold."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.judging.facts import Facts
from bot.core.judging.rules import judge
from bot.core.ruling import Ruling
from bot.policy import PolicyInvalid
from bot.policy.loader import load_policy
from tests.factories import a_subject, some_tests

LATE = datetime(2026, 11, 23, 22, 30, tzinfo=UTC)
"""Half past eleven in the evening in Berlin, a Monday."""

HEAD = "version: 1\ndefaults: {approvers: [bo@acme.test]}\n"
QUIET = """\
quiet_hours:
  {time_zone: Europe/Berlin, hours: "Mon-Sun 22:00-07:00", when_critical: request.severity == "critical"}
"""
RULES = """\
rules:
  - {name: loud, when: request.action == "rollback", then: require_approval, quiet: false}
  - {name: usual, then: require_approval}
"""


def ruled(tmp_path: Path, text: str = HEAD + QUIET + RULES, now: datetime = LATE, **fields: object) -> Ruling:
    file = tmp_path / "policy.yaml"
    file.write_text(text, encoding="utf-8")
    subject = a_subject(**{"severity": None, **fields})  # pyright: ignore[reportArgumentType] - any field by its name
    return judge(load_policy(file), Facts(subject=subject, tests=some_tests(), source="ci", now=now))


def complaints(tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "policy.yaml"
    file.write_text(HEAD + text, encoding="utf-8")
    with pytest.raises(PolicyInvalid) as refused:
        load_policy(file)
    return [line.partition("policy.yaml:")[2] for line in str(refused.value).splitlines()]


def test_at_night_the_ruling_says_until_when_nobody_is_pinged(tmp_path: Path) -> None:
    ruling = ruled(tmp_path)

    assert ruling.quiet is not None
    assert ruling.explanation[-1] == "quiet hours: nobody is pinged before 2026-11-24T06:00:00.000000Z"


def test_by_day_the_ruling_keeps_the_hours_for_the_night_and_says_nothing(tmp_path: Path) -> None:
    ruling = ruled(tmp_path, now=LATE.replace(hour=12))

    assert ruling.quiet is not None
    assert not any("quiet hours" in step for step in ruling.explanation)


def test_what_is_critical_pings_at_night(tmp_path: Path) -> None:
    assert ruled(tmp_path, severity="critical").quiet is None


def test_a_rule_may_ping_at_night(tmp_path: Path) -> None:
    assert ruled(tmp_path, action="rollback").quiet is None


def test_what_may_be_critical_pings_at_night_and_says_why(tmp_path: Path) -> None:
    unclear = QUIET.replace('request.severity == "critical"', 'request.parameters.missing == "x"')

    ruling = ruled(tmp_path, HEAD + unclear + RULES)

    assert ruling.quiet is None
    assert any(step.startswith("quiet hours: could not be evaluated: ") for step in ruling.explanation)


def test_a_rule_that_decides_by_itself_has_no_quiet_hours(tmp_path: Path) -> None:
    text = HEAD + QUIET + "rules: [{name: all, then: auto_reject, reason: no}]\n"

    assert ruled(tmp_path, text).quiet is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            'quiet_hours: {time_zone: Europe/Berln, hours: "Mon-Sun 22:00-07:00"}\n',
            ["3:26: quiet_hours.time_zone: must be a time zone such as Europe/Berlin or UTC, not "],
        ),
        (
            'quiet_hours: {time_zone: UTC, hours: "22:00-07:00"}\n',
            ['3:38: quiet_hours.hours: must start with its days, such as "Mon-Fri 09:00-18:00", not "22:00-07:00"'],
        ),
        (
            'quiet_hours: {time_zone: UTC, hours: "Mon-Sun 00:00-24:00"}\n',
            ["3:38: quiet_hours.hours: are the whole week: nobody would ever be pinged"],
        ),
        (
            'quiet_hours: {time_zone: UTC, hours: "Mon 22:00-23:00", when_critical: request.severty == "x"}\n',
            ["3:72: quiet_hours.when_critical: "],
        ),
        ("quiet_hours: nights\n", ["3:14: quiet_hours: "]),
        (
            'quiet_hours: {time_zone: UTC, hour: "Mon 22:00-23:00"}\n',
            ["3:31: quiet_hours.hour: ", "3:14: quiet_hours.hours: "],
        ),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, text: str, found: list[str]) -> None:
    said = complaints(tmp_path, text)

    assert len(said) == len(found), said
    assert all(any(line.startswith(start) for line in said) for start in found), said
