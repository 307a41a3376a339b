"""Change freezes of the policy file: when they hold, what they do, and what is wrong with them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.core.freeze import Freezing
from bot.core.judging.facts import Facts
from bot.core.judging.policy import Policy
from bot.core.judging.rules import judge
from bot.core.ruling import Handling, OnTimeout, Ruling
from bot.policy import PolicyInvalid, read_policy
from tests.factories import NOON, a_break_glass, a_subject, some_tests

HEAD = """\
version: 1
defaults: {approvers: [bo@acme.test], fallback: [bo@acme.test]}
rules:
  - {name: no, when: request.action == "no", then: auto_reject, reason: never}
  - {name: looks, when: '"look" in freeze.active', then: require_approval}
  - {name: green, when: tests.failed == 0, then: auto_approve}
  - {name: silent, when: request.action == "silent", then: require_approval, on_timeout: approve}
freezes:
"""


def policy(freezes: str) -> Policy:
    return read_policy((HEAD + freezes).encode(), "policy.yaml").policy


def judged(freezes: str, now: datetime = NOON, action: str = "deploy", failed: int = 0) -> Ruling:
    facts = Facts(subject=a_subject(action=action), tests=some_tests(failed), source="ci", now=now)
    return judge(policy(freezes), facts)


def until(freezes: str, now: datetime) -> str | None:
    """Return when the first freeze that holds ends, as UTC."""
    held = judged(freezes, now).freezes
    return f"{held[0].until:%Y-%m-%d %H:%M}" if held else None


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


NO_TIME = "is no time at all, or all of it; leave weekly out and write from and until"
DAY_OR_TIME = "must be a day or a time such as 2026-11-27 or 2026-11-27T18:00"
KEYS = "name, from, until, weekly, time_zone, when, then, reason, allow_break_glass"
DAYS = "must name days as Mon, Tue, Wed, Thu, Fri, Sat, Sun"
ZONE = "must be a time zone such as Europe/Berlin or UTC"
TRIAGE = "tests.new, tests.known, tests.flaky, tests.waived, tests.unknown"
TESTS = f"tests.total, tests.passed, tests.failed, tests.skipped, {TRIAGE}, tests.incomplete"
WHEN = f"is looked at again at each approval, and can only name request.*, {TESTS}, source, now"
SPAN = 'must be days and times such as "Fri 16:00 - Mon 06:00"'
REJECTS = "  - {name: year end, from: 2026-03-01, until: 2026-03-31, then: reject, reason: books are closed}"
ASKS = "  - {name: year end, from: 2026-03-01, until: 2026-03-31, then: ask}"


def test_a_freeze_that_rejects_wins_over_everything_and_says_why_and_until_when() -> None:
    for action in ("deploy", "no"):
        ruling = judged(REJECTS, action=action)

        assert (ruling.handling, ruling.rule) == (Handling.AUTO_REJECT, "freeze year end")
        assert ruling.reason == (
            "Nothing is approved in the change freeze “year end”, until 2026-04-01 00:00 UTC (books are closed)."
        )
        assert ruling.explanation == (
            "freeze year end: holds until 2026-04-01 00:00 UTC",
            "freeze year end: rejects",
        )


def test_a_freeze_that_asks_takes_approvals_by_rule_away_and_nothing_else() -> None:
    ruling = judged(ASKS)

    assert (ruling.handling, ruling.rule) == (Handling.REQUIRE_APPROVAL, "default")
    assert [freeze.name for freeze in ruling.freezes] == ["year end"]
    assert (
        "green: may not approve by itself: nothing is approved by itself in the change freeze “year end”, "
        "until 2026-04-01 00:00 UTC"
    ) in ruling.explanation
    assert judged(ASKS, action="no").rule == "no"
    assert judged(ASKS, action="silent", failed=1).on_timeout is OnTimeout.EXPIRE


def test_outside_of_its_time_and_its_condition_a_freeze_does_nothing() -> None:
    elsewhere = REJECTS.replace("then:", 'when: request.environment == "moon", then:')

    assert judged(REJECTS, at("2026-02-28 23:59")).handling is Handling.AUTO_APPROVE
    assert judged(REJECTS, at("2026-02-28 23:59")).explanation[0].startswith("no: did not match")
    assert judged(elsewhere).handling is Handling.AUTO_APPROVE
    assert judged(elsewhere).explanation[0] == "freeze year end: did not match"


def test_conditions_see_the_names_of_the_freezes_that_hold_for_a_request() -> None:
    looks = ASKS.replace("year end", "look")

    assert judged(looks).rule == "looks"
    assert judged(looks.replace("then:", "when: 'false', then:")).rule == "green"


def test_a_freeze_whose_condition_cannot_be_evaluated_asks_a_person_and_says_so() -> None:
    ruling = judged(REJECTS.replace("then:", "when: request.parameters.force == true, then:"))

    assert ruling.handling is Handling.REQUIRE_APPROVAL
    assert ruling.explanation[0].startswith("freeze year end: could not be evaluated: there is no key")
    assert [freeze.then for freeze in ruling.freezes] == [Freezing.ASK]


def test_where_a_freeze_allows_it_an_emergency_is_asked_and_waits_for_the_glass() -> None:
    whole = policy(REJECTS.replace("then:", "allow_break_glass: true, then:"))
    rules = tuple(
        replace(rule, terms=replace(rule.terms, break_glass=a_break_glass())) if rule.name == "silent" else rule
        for rule in whole.rules
    )
    facts = Facts(subject=a_subject(action="silent"), tests=some_tests(1), source="ci", now=NOON)

    asked, rejected = judge(replace(whole, rules=rules), facts), judge(whole, facts)
    refused = judge(replace(whole, rules=rules), replace(facts, subject=a_subject(action="no")))

    assert (asked.rule, asked.handling) == ("silent", Handling.REQUIRE_APPROVAL)
    assert "silent: in the freeze only breaking the glass can approve it" in asked.explanation
    assert (rejected.rule, rejected.handling) == ("freeze year end", Handling.AUTO_REJECT)
    assert refused.rule == "no", "what a rule rejects needs no freeze"


@pytest.mark.parametrize(
    ("times", "now", "ends"),
    [
        ("from: 2026-03-04, until: 2026-03-04", "2026-03-04 00:00", "2026-03-05 00:00"),
        ("from: 2026-03-04, until: 2026-03-04", "2026-03-05 00:00", None),
        ("from: 2026-03-04T18:00, until: 2026-03-05T06:00", "2026-03-04 17:59:59", None),
        ("from: 2026-03-04T18:00, until: 2026-03-05T06:00", "2026-03-04 18:00", "2026-03-05 06:00"),
        ("from: 2026-03-04, until: 2026-03-04, time_zone: Europe/Berlin", "2026-03-03 23:00", "2026-03-04 23:00"),
        ('from: "2026-03-04T18:00+03:00", until: "2026-03-04T21:00Z"', "2026-03-04 15:00", "2026-03-04 21:00"),
        # An hour that clocks repeat is frozen twice, whichever end it is.
        ("from: 2026-10-25T02:30, until: 2026-10-26, time_zone: Europe/Berlin", "2026-10-25 00:30", "2026-10-26 23:00"),
        ("from: 2026-10-24, until: 2026-10-25T02:30, time_zone: Europe/Berlin", "2026-10-25 01:29", "2026-10-25 01:30"),
        ('weekly: "Fri 16:00 - Mon 06:00"', "2026-03-06 15:59", None),
        ('weekly: "Fri 16:00 - Mon 06:00"', "2026-03-06 16:00", "2026-03-09 06:00"),
        ('weekly: "Fri 16:00 - Mon 06:00"', "2026-03-09 05:59", "2026-03-09 06:00"),
        ('weekly: "Fri 16:00 - Mon 06:00"', "2026-03-09 06:00", None),
        ('weekly: "Sat 00:00 - Sun 24:00"', "2026-03-08 23:59", "2026-03-09 00:00"),
        ('weekly: "Fri 16:00 - Mon 06:00", time_zone: Europe/Berlin', "2026-03-27 15:00", "2026-03-30 04:00"),
        ('weekly: "Sun 02:30 - Sun 03:30", time_zone: Europe/Berlin', "2026-03-29 01:29", None),
        ('weekly: "Sun 02:00 - Sun 03:30", time_zone: Europe/Berlin', "2026-03-29 01:29", "2026-03-29 01:30"),
    ],
)
def test_when_a_freeze_holds(times: str, now: str, ends: str | None) -> None:
    assert until(f"  - {{name: f, {times}, then: reject}}", at(now)) == ends


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(PolicyInvalid) as caught:
        policy("""\
  - {name: a, from: 2026-11-30, until: 2026-11-27, then: reject}
  - {name: a, weekly: "Fri 16:00 - Fri 16:00", then: aks}
  - {weekly: "Fri 16:00", from: 2026-11-30, then: ask}
  - {name: c, from: tomorrow, then: ask, fro: 1}
  - {name: d, from: 2026-11-30, then: ask}
  - {name: e, weekly: "Fri 16:00 - Mo 06:00", time_zone: Berln, then: ask, when: size(freeze.active) > 0}
  - {name: f, weekly: "Fri 4pm - Mon 6am", then: ask}
  - {name: g, weekly: "Fri 16:00 - Mon 06:00", then: reject, when: '"@acme/pay" in tests.owners'}
""")

    told = [line.removeprefix("policy.yaml:") for line in str(caught.value).splitlines()]
    assert [line.partition(": ")[::2] for line in told] == [
        ("9:40", "freezes.0.until: must come after from; a day alone counts to its end"),
        ("10:12", "freezes.1.name: freeze 0 is called that already; choose another name"),
        ("10:23", f'freezes.1.weekly: "Fri 16:00 - Fri 16:00" {NO_TIME}'),
        ("10:54", 'freezes.1.then: must be one of reject, ask, not "aks"; did you mean "ask"?'),
        ("11:5", 'freezes.2.name: "name" is required here'),
        (
            "11:14",
            "freezes.2.weekly: stands beside from or until: a freeze is once, or every week; take one of them out",
        ),
        ("12:21", f'freezes.3.from: {DAY_OR_TIME}, not "tomorrow"'),
        ("12:42", f'freezes.3.fro: unknown key; did you mean "from"?; allowed: {KEYS}'),
        ("13:5", 'freezes.4: needs from and until, or weekly: "Fri 16:00 - Mon 06:00"'),
        ("14:23", f'freezes.5.weekly: {DAYS}, not "Mo"; did you mean "Mon"?'),
        ("14:58", f'freezes.5.time_zone: {ZONE}, not "Berln"'),
        ("14:82", f"freezes.5.when: {WHEN}"),
        ("15:23", f'freezes.6.weekly: {SPAN}, not "Fri 4pm - Mon 6am"'),
        ("16:68", f"freezes.7.when: {WHEN}"),
    ]


def test_a_way_for_emergencies_has_no_effect_where_people_may_approve_anyway() -> None:
    text = HEAD + ASKS.replace("then:", "allow_break_glass: true, then:")

    found = [str(warning) for warning in read_policy(text.encode(), "policy.yaml").warnings]

    assert any("freezes.0.allow_break_glass: has no effect with ask: people may approve" in line for line in found)


def test_a_freeze_that_begins_later_is_no_fact_yet() -> None:
    assert judged(ASKS, at("2026-02-01") + timedelta(hours=1)).freezes == ()
