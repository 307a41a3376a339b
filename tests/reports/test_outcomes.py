"""Every reader tells, test by test, what came of it: by hashes that say the same of the same test in every run."""

import json
from pathlib import Path

import pytest

from bot.core.evidence import Outcomes, together
from bot.core.evidence.outcomes import hash_of, number_of, numbers_of
from bot.reports import NAMES, read_whole
from tests.reports.samples import SAMPLES

CORPUS = Path(__file__).parent / "corpus"
REPORTS = sorted(path for path in CORPUS.glob("*.*") if path.suffix != ".md")


def outcomes(content: bytes) -> Outcomes:
    return read_whole(content, "r", None).outcomes


def of_junit(*cases: str) -> Outcomes:
    return outcomes(f"<testsuite name='s'>{''.join(cases)}</testsuite>".encode())


PASSED, FAILED = "<testcase classname='c' name='a'/>", "<testcase classname='c' name='a'><failure/></testcase>"


@pytest.mark.parametrize("name", NAMES)
def test_what_passed_and_what_failed_is_told_apart_by_every_reader(name: str) -> None:
    whole = read_whole(SAMPLES[name].whole(), "r", name)
    (failure,) = whole.tests.failures

    assert whole.outcomes.failed == hash_of(failure.id)
    assert whole.outcomes.passed == hash_of(failure.id[:-1] + "b")
    assert (whole.outcomes.skipped, whole.outcomes.retried) == (b"", b"")


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.name)
def test_there_are_as_many_outcomes_as_tests_were_counted(path: Path) -> None:
    whole = read_whole(path.read_bytes(), "r", None)
    found, tests = whole.outcomes, whole.tests

    assert len(found.passed + found.failed + found.skipped + found.retried) == 8 * tests.total
    assert len(found.skipped) == 8 * tests.skipped


def test_the_hash_of_a_test_is_the_same_for_ever() -> None:
    """These stand in databases: whoever changes them makes every test unknown."""
    assert hash_of("tests.api.test_pay::test_refund").hex() == "7de4131ab622484a"
    assert number_of("tests.api.test_pay::test_refund") == 5352566322646738045
    assert list(numbers_of(hash_of("a") + hash_of("b"))) == [number_of("a"), number_of("b")]


def test_what_failed_and_passed_later_under_its_name_was_run_again() -> None:
    found = of_junit(FAILED, "<testcase classname='c' name='b'><failure/></testcase>", FAILED, PASSED)

    assert found.failed == hash_of("c::b")
    assert sorted(numbers_of(found.retried)) == sorted(map(number_of, ("c::a", "c::a#2")))
    assert found.passed == hash_of("c::a#3")


def test_what_passed_before_it_failed_was_not_run_again() -> None:
    found = of_junit(PASSED, FAILED)

    assert (found.passed, found.failed, found.retried) == (hash_of("c::a"), hash_of("c::a#2"), b"")


def test_surefire_says_what_failed_at_first() -> None:
    found = outcomes((CORPUS / "hand-surefire.xml").read_bytes())

    assert found.retried == hash_of("test.acme.PayTest::sometimes")


def of_json(document: object) -> Outcomes:
    return outcomes(json.dumps(document).encode())


def test_playwright_ctrf_and_jest_say_what_failed_at_first() -> None:
    flaky = {"status": "flaky", "projectName": ""}
    playwright = {"suites": [{"specs": [{"file": "f", "title": "t", "tests": [flaky]}]}], "stats": {"unexpected": 0}}
    ctrf = {"results": {"tests": [{"name": "t", "status": "passed", "flaky": True}]}}
    test = {"title": "t", "status": "passed", "retryReasons": ["it was late"]}
    jest = {"testResults": [{"name": "/app/a/f.js", "assertionResults": [test]}]}

    assert of_json(playwright).retried == hash_of("f::t")
    assert of_json(ctrf).retried == hash_of("t")
    assert of_json(jest).retried == hash_of("a/f.js::t")


def test_outcomes_of_several_reports_stand_one_after_the_other() -> None:
    one, other = of_junit(FAILED, "<testcase name='s'><skipped/></testcase>"), of_junit(PASSED)

    assert together([one, other]) == Outcomes(passed=other.passed, failed=one.failed, skipped=one.skipped)
