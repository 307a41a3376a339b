"""`jit policy test`: cases that say what must come of a request, and a line for everything that is wrong with them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.core.judging.facts import Facts
from bot.policy import PolicyInvalid, Verdict, read_policy, run_cases
from tests.factories import ANA, NOON, a_subject, some_tests

POLICY = b"""\
version: 1
defaults: {channel: "#approvals"}
people: {ana: {email: ana@acme.test}, bo: {email: bo@acme.test}, chen: {email: chen@acme.test}}
groups: {qa: {users: [ana, bo, chen]}}
rules:
  - {name: weekend, when: now.getDayOfWeek("UTC") == 6, then: auto_reject, reason: not now}
  - name: red
    when: tests.failed > 0
    then: require_approval
    stages: [{name: qa, approvers: [qa]}, {name: release}]
    timeout: 2h
"""


def read(body: dict[str, object], source: str | None, now: datetime | None) -> Facts | list[str]:
    if "wrong" in body:
        return ["/wrong: is not a field of this call"]
    failed = body.get("failed", 0)
    assert isinstance(failed, int)
    return Facts(
        subject=a_subject(requester=ANA), tests=some_tests(failed=failed), source=source or "ci", now=now or NOON
    )


def run(tmp_path: Path, text: str) -> tuple[Verdict, ...]:
    path = tmp_path / "cases.yaml"
    path.write_text(text, encoding="utf-8")
    return run_cases(path, read_policy(POLICY, "policy.yaml").policy, read)


def test_a_case_is_good_when_everything_it_names_came_of_it(tmp_path: Path) -> None:
    verdicts = run(
        tmp_path,
        """
cases:
  - name: red asks
    request: {failed: 2}
    expect:
      {outcome: require_approval, rule: red, channels: ["#approvals"], stages: [qa, release], approvers: [chen, bo],
       timeout: 2h}
  - {name: on a Saturday, now: 2026-03-07T12:00:00+01:00, request: {}, expect: {outcome: auto_reject, approvers: []}}
  - {name: anything goes, request: {}, expect: {}}
""",
    )

    assert [(verdict.name, verdict.faults) for verdict in verdicts] == [
        ("red asks", ()),
        ("on a Saturday", ()),
        ("anything goes", ()),
    ]


def test_a_case_that_went_otherwise_says_what_was_expected_what_came_and_how(tmp_path: Path) -> None:
    (verdict,) = run(
        tmp_path,
        "cases: [{name: a, request: {failed: 1}, expect: {outcome: auto_approve, stages: [qa], approvers: [ana]}}]",
    )

    assert verdict.faults == (
        "approvers: expected ana, got bo, chen",
        "outcome: expected auto_approve, got require_approval",
        "stages: expected qa, got qa, release",
    )
    assert verdict.explanation == (
        'weekend: did not match: now.getDayOfWeek("UTC") == 6 is false',
        "red: matched",
        'stage "qa": 1 of bo, chen',
        'stage "release": any 1 full member',
        "may not answer: ana (asked for it)",
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cases: []", "1:1: must have cases"),
        ("[]", "1:1: must have cases"),
        ("", " is empty; docs/policy.md shows one"),
        ("cases: [{name: a, request: {}, expects: {}}]", '1:32: cases.0.expects: unknown key; did you mean "expect"'),
        ("cases: [{name: a, request: {}, expect: {outcome: approve}}]", "1:50: cases.0.expect.outcome: must be one of"),
        ("cases: [{name: a, request: {wrong: 1}, expect: {}}]", "1:28: cases.0.request: /wrong: is not a field"),
        ("cases: [{name: a, now: noon, request: {}, expect: {}}]", "1:24: cases.0.now: must be a moment with its zone"),
        (
            "cases: [{name: a, now: 2026-03-04 12:00:00, request: {}, expect: {}}]",
            "1:24: cases.0.now: must be a moment",
        ),
        ("kases: [{name: a, request: {}, expect: {}}]", "1:1: kases: unknown key; allowed: cases"),
    ],
)
def test_what_is_wrong_with_the_cases_is_said_with_its_place(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(PolicyInvalid) as invalid:
        run(tmp_path, text)

    assert any(
        str(line).removeprefix(f"{tmp_path}/cases.yaml:").startswith(expected) for line in invalid.value.errors
    ), str(invalid.value)


def test_a_moment_is_read_in_its_zone(tmp_path: Path) -> None:
    seen: list[datetime | None] = []

    def look(body: dict[str, object], source: str | None, now: datetime | None) -> Facts | list[str]:
        seen.append(now)
        return read(body, source, now)

    path = tmp_path / "cases.yaml"
    path.write_text("cases: [{name: a, now: '2026-03-04T13:00:00+01:00', request: {}, expect: {}}]", encoding="utf-8")
    run_cases(path, read_policy(POLICY, "policy.yaml").policy, look)

    assert seen == [datetime(2026, 3, 4, 12, 0, tzinfo=UTC)]
