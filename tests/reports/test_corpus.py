"""Reports of real and of described tools: counts, ids and words."""

from pathlib import Path

import pytest

from bot.core.evidence import Failure, TestEvidence
from bot.reports import read_report

CORPUS = Path(__file__).parent / "corpus"


REPORTS = sorted(path for path in CORPUS.iterdir() if path.suffix in {".xml", ".json", ".jsonl", ".tap", ".trx"})
every_report = pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.stem)

DOUBTED = {
    "pytest-none": "pytest-none: holds no tests",
    # The plugin counts tests without their subtests in the plan, and writes a line for each of these.
    "pytest-tap": "pytest-tap: planned 16 tests, but holds 19",
    # Its reporter writes down as passed what Playwright itself says failed: it passed, but was expected to fail.
    "playwright-ctrf": "playwright-ctrf: says 4 failures, but holds 3",
}


def read(name: str) -> TestEvidence:
    (path,) = [path for path in REPORTS if path.stem == name]
    return read_report(path.read_bytes(), name, None)


def failure(evidence: TestEvidence, ending: str) -> Failure:
    (found,) = [each for each in evidence.failures if each.id.endswith(ending)]
    return found


@pytest.mark.parametrize(
    ("name", "total", "passed", "failed", "skipped"),
    [
        ("pytest-xunit1", 18, 3, 13, 2),
        ("pytest-xunit2", 18, 3, 13, 2),
        ("pytest-xdist", 17, 3, 12, 2),
        ("pytest-none", 0, 0, 0, 0),
        ("hand-surefire", 5, 2, 2, 1),
        ("hand-jest", 3, 1, 1, 1),
        ("hand-gtest", 4, 1, 1, 2),
        ("hand-nested", 6, 3, 3, 0),
        ("pytest-ctrf", 16, 3, 11, 2),
        ("pytest-rerun-ctrf", 1, 1, 0, 0),
        ("jest-ctrf", 7, 1, 4, 2),
        ("playwright-ctrf", 9, 4, 3, 2),
        ("jest", 8, 1, 5, 2),
        ("vitest", 8, 1, 4, 3),
        ("playwright", 9, 3, 4, 2),
        ("cucumber", 9, 2, 5, 2),
        ("behave", 9, 2, 6, 1),
        ("pytest-json-report", 17, 3, 12, 2),
        ("pytest-json-report-rerun", 1, 1, 0, 0),
        ("hand-go-test", 7, 3, 3, 1),
        ("hand-trx", 6, 2, 3, 1),
        ("hand-nunit", 6, 2, 3, 1),
        ("hand-xunit", 5, 2, 1, 2),
        ("mocha", 6, 1, 4, 1),
        ("node-test", 8, 1, 5, 2),
        ("node-tap", 5, 1, 2, 2),
        ("tape", 3, 1, 1, 1),
        ("pytest-tap", 19, 7, 10, 2),
        ("jest-junit", 7, 2, 4, 1),
        ("vitest-junit", 9, 1, 5, 3),
        ("mocha-junit", 5, 1, 4, 0),
        ("mocha-xunit", 6, 1, 4, 1),
        ("playwright-junit", 9, 3, 4, 2),
        ("cucumber-junit", 9, 3, 5, 1),
        ("behave-junit", 7, 2, 4, 1),
        ("node-junit", 8, 1, 6, 1),
        ("pytest-rerun", 2, 2, 0, 0),
    ],
)
def test_the_cases_themselves_are_counted(name: str, total: int, passed: int, failed: int, skipped: int) -> None:
    evidence = read(name)

    assert (evidence.total, evidence.passed, evidence.failed, evidence.skipped) == (total, passed, failed, skipped)
    assert len(evidence.failures) == failed


@every_report
def test_every_failure_has_an_id_of_its_own_and_a_message(path: Path) -> None:
    failures = read(path.stem).failures

    assert len({each.id for each in failures}) == len(failures)
    assert all(each.message for each in failures)


@every_report
def test_only_what_contradicts_itself_is_incomplete(path: Path) -> None:
    expected = (DOUBTED[path.stem],) if path.stem in DOUBTED else ()

    assert read(path.stem).incomplete == expected


def test_both_of_pytests_families_give_the_same_ids_and_places() -> None:
    one, other = read("pytest-xunit1"), read("pytest-xunit2")

    assert [each.id for each in one.failures] == [each.id for each in other.failures]
    assert failure(one, "::test_fails_with_words").line == failure(other, "::test_fails_with_words").line


def test_errors_count_as_failures_and_say_when_they_happened() -> None:
    found = failure(read("pytest-xunit1"), "::test_errors_before")

    assert found.message == 'failed on setup with "ConnectionError: the database is down"'


def test_a_difference_to_the_reports_own_counts_is_noted() -> None:
    (note,) = read("pytest-xunit2").reports

    assert note == "pytest-xunit2 (counts 21 tests and 13 failures itself; 18 and 13 were found)"


def test_a_report_that_agrees_with_itself_is_called_by_its_name() -> None:
    assert read("hand-surefire").reports == ("hand-surefire",)


def test_suites_in_suites_are_counted_once_and_equal_names_are_told_apart() -> None:
    evidence = read("hand-nested")

    assert evidence.reports == ("hand-nested",)
    assert [each.id for each in evidence.failures] == ["MoneyTest::testAdd#2", "MoneyTest::testAdd#3", "api::refunds"]


def test_a_test_that_passed_when_it_was_run_again_has_passed() -> None:
    ids = [each.id for each in read("hand-surefire").failures]

    assert ids == ["test.acme.PayTest::refunds", "test.acme.PayTest::connects"]


def test_message_detail_file_and_suite_are_taken_over() -> None:
    found = failure(read("hand-jest"), "refunds a payment")

    assert found.message == "Error: expect(received).toBe(expected) // Object.is equality"
    assert "Expected: 200\nReceived: 500" in found.detail
    assert (found.file, found.line, found.suite) == ("src/pay.test.ts", None, "payments")
