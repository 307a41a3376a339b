"""What is read from the JSON of real tools: ids that last, words without colours, places."""

import json
from typing import Any

import pytest

from bot.core.evidence import Failure, TestEvidence
from bot.reports import read_report
from tests.reports.test_corpus import CORPUS, failure, read


def told(found: Failure) -> tuple[str, str, str | None, int | None]:
    return found.id, found.message, found.file, found.line


def changed(name: str, **root: object) -> TestEvidence:
    """Read a report of the corpus again, with other values at its root."""
    document: dict[str, Any] = json.loads((CORPUS / f"{name}.json").read_bytes())
    return read_report(json.dumps({**document, **root}).encode(), name, None)


def test_jest_says_in_which_line_of_the_test_it_failed() -> None:
    assert told(failure(read("jest"), "refunds a payment")) == (
        "suite/pay.test.js::payments > refunds a payment",
        "Error: Expected: 200",
        "/app/suite/pay.test.js",
        7,
    )


@pytest.mark.parametrize("name", ["jest", "vitest"])
def test_a_file_that_could_not_be_loaded_is_a_failure(name: str) -> None:
    found = failure(read(name), "broken.test.js")

    assert (found.id, found.message) == ("suite/broken.test.js", "no configuration on this machine")


def test_a_run_of_jest_that_failed_without_a_failure_is_incomplete() -> None:
    assert changed("jest", testResults=[], numTotalTests=0, numFailedTests=0).incomplete == (
        "jest: says that the run failed, but holds no failure",
        "jest: holds no tests",
    )


def test_a_run_of_jest_that_was_interrupted_is_incomplete() -> None:
    assert changed("jest", wasInterrupted=True).incomplete == ("jest: the run was interrupted",)


def test_playwrights_message_has_no_colours_and_its_place_is_that_of_the_error() -> None:
    assert told(failure(read("playwright"), "takes the voucher [chromium]")) == (
        "pay.spec.js::checkout > takes the voucher [chromium]",
        "Error: expect(locator).toHaveText(expected) failed",
        "pay.spec.js",
        12,
    )


def test_what_passed_where_playwright_expected_a_failure_has_failed() -> None:
    assert failure(read("playwright"), "passes unexpectedly [chromium]").message == "passed, but failed was expected"


def test_an_error_outside_of_playwrights_tests_makes_it_incomplete() -> None:
    evidence = changed("playwright", errors=[{"message": "\u001b[31mError: no configuration\u001b[39m\nat x"}])

    assert evidence.incomplete == ("playwright: an error outside of any test: Error: no configuration",)


def test_fewer_tests_than_a_report_counts_make_it_incomplete() -> None:
    evidence = changed("playwright", suites=[])

    assert evidence.incomplete == (
        "playwright: says 4 failures, but holds 0",
        "playwright: says 9 tests, but holds 0",
        "playwright: holds no tests",
    )
    assert evidence.reports == ("playwright (counts 9 tests and 4 failures itself; 0 and 0 were found)",)


def test_ctrf_has_ids_without_doublings() -> None:
    assert told(failure(read("pytest-ctrf"), "ing.py::test_fails")) == (
        "every_ending.py::test_fails",
        "AssertionError: assert {'state': 'open'} == {'state': 'paid'}",
        "every_ending.py",
        25,
    )
    assert failure(read("jest-ctrf"), "refunds a payment").id == "pay.test.js > payments::payments refunds a payment"


def test_ctrfs_other_is_a_failure_unless_the_tool_calls_it_to_be_written() -> None:
    tests = [{"name": "a", "status": "other", "rawStatus": "todo"}, {"name": "b", "status": "other"}]
    summary = {"tests": 2, "failed": 0, "other": 2}

    evidence = read_report(json.dumps({"results": {"tests": tests, "summary": summary}}).encode(), "r", None)

    assert (evidence.failed, evidence.skipped, evidence.incomplete, evidence.reports) == (1, 1, (), ("r",))
    assert evidence.failures[0].message == 'says status="other" and no more'


def test_the_step_that_failed_is_named_with_its_words() -> None:
    found = failure(read("cucumber"), "refund a payment")

    assert told(found) == ("payments::refund a payment", "Error: Expected: 10", "pay.feature", 11)
    assert found.detail.startswith("Then the balance is 10\nError: Expected: 10\nReceived: 12")


@pytest.mark.parametrize("name", ["cucumber", "behave"])
def test_a_step_that_nobody_wrote_fails(name: str) -> None:
    assert failure(read(name), "pay out").message == "undefined: When something nobody wrote a step for"


def test_a_hook_that_failed_fails_its_scenario() -> None:
    assert failure(read("cucumber"), "an empty database").message == "Error: the database is down"
    assert failure(read("behave"), "an empty database").message == 'says status="hook_error" and no more'


def test_a_background_that_stands_before_its_scenario_belongs_to_it() -> None:
    """Cucumber-JVM writes it so: one element of its own before each scenario."""
    down = {"keyword": "Given ", "name": "a database", "result": {"status": "failed", "error_message": "down"}}
    elements = [
        {"type": "background", "steps": [down]},
        {"type": "scenario", "name": "one", "steps": [{"result": {"status": "skipped"}}]},
        {"type": "scenario", "name": "two", "steps": [{"result": {"status": "passed"}}]},
    ]

    evidence = read_report(json.dumps([{"name": "f", "elements": elements}]).encode(), "r", None)

    assert (evidence.total, evidence.passed) == (2, 1)
    assert [(each.id, each.message) for each in evidence.failures] == [("f::one", "down")]


def test_pytest_says_in_which_phase_it_failed_and_which_file_could_not_be_collected() -> None:
    evidence = read("pytest-json-report")

    assert failure(evidence, "::test_errors_before").message == "failed on setup: ConnectionError: the database is down"
    assert told(failure(evidence, "broken_import.py")) == (
        "broken_import.py",
        "RuntimeError: no configuration on this machine",
        "broken_import.py",
        1,
    )


def test_a_word_of_a_plugin_is_believed_only_when_pytest_was_content() -> None:
    """With subtests the plugin writes ``subtests passed`` for a test of which one subtest failed."""
    assert failure(read("pytest-json-report"), "::test_subtests").message.startswith("says outcome=")
    assert changed("pytest-json-report-rerun", exitcode=1).failed == 1


@pytest.mark.parametrize(("exitcode", "doubts"), [(2, 1), (3, 1), (1, 0), (0, 0)])
def test_a_run_of_pytest_that_broke_off_is_incomplete(exitcode: int, doubts: int) -> None:
    assert len(changed("pytest-json-report", exitcode=exitcode).incomplete) == doubts


def test_exit_code_1_without_a_failure_is_incomplete() -> None:
    tests = [{"nodeid": "t.py::test_a", "outcome": "passed"}]

    evidence = changed("pytest-json-report", exitcode=1, tests=tests, collectors=[], summary={"total": 1, "passed": 1})

    assert evidence.incomplete == ("pytest-json-report: pytest ended with exit code 1, but no failure is written down",)


def test_a_summary_alone_claims_what_it_does_not_hold() -> None:
    content = b'{"exitcode": 0, "summary": {"passed": 3, "total": 3}}'

    assert read_report(content, "r", None).incomplete == ("r: says 3 tests, but holds 0", "r: holds no tests")


def test_gos_subtests_are_counted_and_not_what_they_are_in() -> None:
    evidence = read("hand-go-test")

    assert [told(each) for each in evidence.failures] == [
        ("acme.test/pay::TestRefund/EUR/USD", "status = 500, want 200", "pay_test.go", 41),
        ("acme.test/pay::TestTable", "left a row behind", "pay_test.go", 60),
        ("acme.test/pay/broken", "undefined: rate", "broken/broken.go", 7),
    ]


def test_what_go_began_and_never_ended_makes_it_incomplete() -> None:
    lines = (CORPUS / "hand-go-test.jsonl").read_bytes().splitlines(keepends=True)

    evidence = read_report(b"".join([*lines[:10], b"panic: no\n"]), "r", None)

    assert evidence.incomplete == (
        "r: 1 lines are no events of go test",
        "r: 1 tests began and did not end",
        "r: 1 packages began and did not end",
    )
