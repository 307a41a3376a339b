"""TAP: plans, subtests, directives, and what is said of a failure."""

import pytest

from bot.core.evidence import TestEvidence
from bot.reports import read_report
from tests.reports.test_corpus import failure, read


def tap(*lines: str) -> TestEvidence:
    return read_report("\n".join(lines).encode(), "r", None)


def told(evidence: TestEvidence) -> list[tuple[str, str]]:
    return [(each.id, each.message) for each in evidence.failures]


@pytest.mark.parametrize(
    ("name", "ending", "message", "file", "line"),
    [
        ("node-test", "refunds a payment", "Expected values to be strictly equal:", "/app/suite/pay.node.mjs", 7),
        ("node-test", "rounds #half up", "no half cents", "/app/suite/pay.node.mjs", 9),
        ("node-tap", "rounds #half up", "rounds #half up", "suite/pay.tap.js", 6),
        ("tape", "is refunded", "is refunded", "/app/suite/pay.tape.js", 6),
        ("mocha", "refunds a payment", "Expected: 200", "pay.test.js", 7),
        (
            "pytest-tap",
            "ing.py::test_fails",
            "AssertionError: assert {'state': 'open'} == {'state': 'paid'}",
            "every_ending.py",
            25,
        ),
        ("pytest-tap", "::test_passes_unexpectedly", "unexpected success: [XPASS(strict)] known no more", None, None),
    ],
)
def test_a_failure_says_why_and_where(name: str, ending: str, message: str, file: str | None, line: int | None) -> None:
    found = failure(read(name), ending)

    assert (found.message, found.file, found.line) == (message, file, line)


def test_the_titles_around_a_subtest_are_part_of_its_id() -> None:
    assert failure(read("node-test"), "rounds #half up").id == "payments > in another currency::rounds #half up"
    assert failure(read("node-tap"), "the database is down").id == "suite/pay.tap.js > throws::the database is down"


def test_a_test_with_subtests_counts_only_when_it_failed_and_none_of_them_did() -> None:
    child = ("# Subtest: a", "    ok 1 - b", "    1..1")

    assert tap("1..1", *child, "ok 1 - a").total == 1
    assert told(tap("1..1", *child, "not ok 1 - a")) == [("a", "a")]
    assert told(tap("1..1", "# Subtest: a", "    not ok 1 - b", "    1..1", "not ok 1 - a")) == [("a::b", "b")]


def test_a_failure_below_a_test_that_passed_is_still_one() -> None:
    assert told(tap("1..1", "# Subtest: a", "    not ok 1 - b", "    1..1", "ok 1 - a")) == [("a::b", "b")]


def test_below_what_is_to_be_done_nothing_has_failed() -> None:
    evidence = tap("1..1", "# Subtest: a", "    not ok 1 - b", "    1..1", "not ok 1 - a # TODO")

    assert (evidence.total, evidence.failed, evidence.skipped) == (1, 0, 1)


@pytest.mark.parametrize(
    ("line", "passed", "failed"),
    [
        ("ok", 1, 0),
        ("ok 1", 1, 0),
        ("ok 1 - a # SKIP not yet", 0, 0),
        ("ok 1 - a # skip", 0, 0),
        ("not ok 1 - a # TODO later", 0, 0),
        ("ok 1 - a # TODO later", 0, 0),
        ("not ok 1 - a # SKIP", 0, 1),
        ("ok 1 - issue #12", 1, 0),
        ("ok 1 - a \\# SKIP", 1, 0),
        ("ok 1 - a # time=2ms", 1, 0),
    ],
)
def test_what_came_of_it(line: str, passed: int, failed: int) -> None:
    evidence = tap("1..1", line)

    assert (evidence.total, evidence.passed, evidence.failed, evidence.incomplete) == (1, passed, failed, ())


def test_what_a_name_is_followed_by_is_not_part_of_it() -> None:
    assert told(tap("1..1", "not ok 1 - a # time=2ms")) == [("a", "a")]
    assert told(tap("1..1", "not ok 1 - a \\# b")) == [("a # b", "a # b")]
    assert told(tap("1..1", "not ok 1")) == [("test 1", "failed without a message")]


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (("1..3", "ok 1"), "planned 3 tests, but holds 1"),
        (("ok 1", "ok 2", "1..1"), "planned 1 tests, but holds 2"),
        (("ok 1",), "has no plan, so tests may be missing"),
        (("1..1", "ok 1", "Bail out! no database"), "the run bailed out: no database"),
        (("1..1", "ok 1", "Bail out!"), "the run bailed out: no reason given"),
        (("1..1", "# Subtest: a", "    ok 1", "    1..2", "ok 1"), "1 subtests did not keep their plan"),
        (("1..1", "# Subtest: a", "    ok 1", "ok 1"), "1 subtests did not keep their plan"),
        (("1..1", "ok 1", "  ---", "  a: b", "not ok 2"), "its last block of details never ends"),
        (("1..0 # SKIP no database",), "holds no tests"),
    ],
)
def test_what_may_be_missing_makes_it_incomplete(lines: tuple[str, ...], why: str) -> None:
    assert tap(*lines).incomplete == (f"r: {why}",)


def test_lines_inside_of_details_are_no_tests() -> None:
    evidence = tap("1..1", "not ok 1 - a", "  ---", "  error: |-", "    first", "    not ok", "1..7", "  ...")

    assert (evidence.total, evidence.incomplete) == (1, ())
    assert told(evidence) == [("a", "first")]


def test_a_plan_may_stand_before_prose_of_others() -> None:
    assert tap("> npm test", "", "TAP version 14", "1..1", "pragma +strict", "hello", "ok 1 - a").passed == 1
