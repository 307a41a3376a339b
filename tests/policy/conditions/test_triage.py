"""Conditions about what is new, known, flaky or waived: what nobody knows anything of makes no yes easier."""

from dataclasses import replace
from textwrap import dedent

import pytest

from bot.core.evidence import TestEvidence
from bot.core.judging.facts import Facts
from bot.core.judging.rules import judge
from bot.core.ruling import Ruling
from bot.policy import read_policy
from bot.policy.conditions.engine import Engine
from tests.factories import NOON, a_subject

NOTHING_KNOWN = TestEvidence(total=9, passed=6, failed=3)
ALL_KNOWN = replace(NOTHING_KNOWN, known=1, flaky=1, waived=1)


def ruled(rule: str, tests: TestEvidence) -> Ruling:
    policy = read_policy(f"version: 1\nrules:\n{dedent(rule)}".encode(), "policy.yaml").policy
    return judge(policy, Facts(subject=a_subject(), tests=tests, source="ci", now=NOON))


def approving(when: str, tests: TestEvidence) -> Ruling:
    return ruled(f"  - {{name: as ever, when: '{when}', then: auto_approve}}\n", tests)


@pytest.mark.parametrize("when", ["tests.new == 0", "tests.failed > 0 && tests.new < 1", "tests.known >= 0"])
def test_a_yes_that_overlooks_what_is_unknown_asks_a_person_and_says_so(when: str) -> None:
    ruling = approving(when, NOTHING_KNOWN)

    assert ruling.rule == "default"
    assert "and of 3 that failed nothing is known (tests.unknown)" in "\n".join(ruling.explanation)
    assert approving(when, ALL_KNOWN).rule == "as ever"


@pytest.mark.parametrize("when", ["tests.new == 0 && tests.unknown < 4", "tests.failed == 3", "tests.unknown > 0"])
def test_whoever_names_what_is_unknown_or_counts_all_alike_has_thought_of_it(when: str) -> None:
    assert approving(when, NOTHING_KNOWN).rule == "as ever"


def test_incomplete_evidence_satisfies_no_yes_however_it_was_triaged() -> None:
    assert approving("tests.new == 0", replace(ALL_KNOWN, incomplete=("cut off",))).rule == "default"


def test_a_stage_for_new_failures_is_asked_where_some_are_unknown() -> None:
    rule = """\
          - name: deploy
            then: require_approval
            stages: [{name: qa, when: tests.new > 0}, {name: release}]
        """

    unknown, known = ruled(rule, NOTHING_KNOWN), ruled(rule, ALL_KNOWN)

    assert [stage.name for stage in unknown.stages] == ["qa", "release"]
    assert [stage.name for stage in known.stages] == ["release"]


def test_silence_is_no_yes_where_it_overlooks_what_is_unknown() -> None:
    rule = "  - {name: a, when: tests.new == 0, then: require_approval, on_timeout: approve}\n"

    assert ruled(rule, NOTHING_KNOWN).on_timeout == "expire"
    assert ruled(rule, ALL_KNOWN).on_timeout == "approve"


APPROVED_AFTER = "  - {name: few, when: tests.failed < 10, then: auto_approve}\n"


@pytest.mark.parametrize(
    ("before", "rule"),
    [
        ("  - {name: a, when: tests.new > 0, then: require_approval}\n", "a"),
        ("  - {name: a, when: tests.new > 0, then: auto_reject}\n", "default"),
    ],
)
def test_what_stands_in_the_way_of_a_yes_stands_there_while_something_is_unknown(before: str, rule: str) -> None:
    unknown, known = ruled(before + APPROVED_AFTER, NOTHING_KNOWN), ruled(before + APPROVED_AFTER, ALL_KNOWN)

    assert (unknown.rule, unknown.handling) == (rule, "require_approval")
    assert (known.rule, known.handling) == ("few", "auto_approve")


def test_what_is_new_for_sure_is_rejected_whatever_else_is_unknown() -> None:
    some_new = replace(NOTHING_KNOWN, new=1)

    assert ruled("  - {name: a, when: tests.new > 0, then: auto_reject}\n", some_new).handling == "auto_reject"


@pytest.mark.parametrize("tests", [TestEvidence(), TestEvidence(total=3, passed=3)], ids=["none", "all green"])
def test_where_nothing_failed_nothing_is_unknown(tests: TestEvidence) -> None:
    before = "  - {name: a, when: tests.new > 0, then: require_approval}\n"

    assert ruled(before + "  - {name: b, then: auto_approve}\n", tests).rule == "b"


def test_a_freeze_for_new_failures_asks_while_something_is_unknown() -> None:
    freeze = (
        "version: 1\nfreezes: [{name: f, from: 2026-03-01, until: 2026-03-31, then: reject, when: tests.new > 0}]\n"
    )
    policy = read_policy(f"{freeze}rules:\n{APPROVED_AFTER}".encode(), "policy.yaml").policy

    def handled(tests: TestEvidence) -> str:
        return judge(policy, Facts(subject=a_subject(), tests=tests, source="ci", now=NOON)).handling

    assert (handled(NOTHING_KNOWN), handled(ALL_KNOWN)) == ("require_approval", "auto_approve")


def test_the_engine_tells_who_overlooks_it() -> None:
    assert Engine().overlooks_unknown("tests.new == 0")
    assert not Engine().overlooks_unknown("tests.new + tests.unknown == 0")
    assert not Engine().overlooks_unknown("tests.failed == 0")
