"""Reports of real and of described tools: counts, ids and words."""

from pathlib import Path

import pytest

from bot.core.evidence import Failure, TestEvidence
from bot.reports import read_report

CORPUS = Path(__file__).parent / "corpus"


def read(name: str) -> TestEvidence:
    return read_report((CORPUS / f"{name}.xml").read_bytes(), name, None)


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
    ],
)
def test_the_cases_themselves_are_counted(name: str, total: int, passed: int, failed: int, skipped: int) -> None:
    evidence = read(name)

    assert (evidence.total, evidence.passed, evidence.failed, evidence.skipped) == (total, passed, failed, skipped)
    assert len(evidence.failures) == failed


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.xml")), ids=lambda path: path.stem)
def test_every_failure_has_an_id_of_its_own_and_a_message(path: Path) -> None:
    failures = read(path.stem).failures

    assert len({each.id for each in failures}) == len(failures)
    assert all(each.message for each in failures)


@pytest.mark.parametrize("path", sorted(CORPUS.glob("*.xml")), ids=lambda path: path.stem)
def test_only_a_report_without_tests_is_incomplete(path: Path) -> None:
    expected = ("pytest-none: holds no tests",) if path.stem == "pytest-none" else ()

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
