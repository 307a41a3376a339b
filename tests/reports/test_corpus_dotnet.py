"""TRX, NUnit 3 and xUnit.net, written to the published formats: classes, places, and runs that went wrong."""

import pytest

from bot.core.evidence import TestEvidence
from bot.reports import read_report
from tests.reports.test_corpus import CORPUS, read


def changed(file: str, old: str, new: str) -> TestEvidence:
    """Read a report of the corpus again, with something else in it."""
    text = (CORPUS / file).read_text("utf-8")
    assert old in text
    return read_report(text.replace(old, new).encode(), "r", None)


@pytest.mark.parametrize(
    ("name", "id_", "message", "file"),
    [
        (
            "hand-trx",
            "Acme.PayTests::Refunds",
            "Assert.AreEqual failed. Expected:<200>. Actual:<500>.",
            "/app/PayTests.cs",
        ),
        ("hand-nunit", 'Acme.PayTests::Refunds("EUR")', "Expected: 200", "/app/PayTests.cs"),
        (
            "hand-xunit",
            'Acme.PayTests::Refunds(currency: "EUR")',
            "Assert.Equal() Failure: Values differ",
            "C:\\app\\PayTests.cs",
        ),
    ],
)
def test_a_failure_has_its_class_its_words_and_its_place(name: str, id_: str, message: str, file: str) -> None:
    found = read(name).failures[0]

    assert (found.id, found.message, found.file, found.line, found.suite) == (id_, message, file, 41, "Acme.PayTests")
    assert "Refunds" in found.detail


def test_a_result_with_inner_ones_is_counted_as_these() -> None:
    ids = [each.id for each in read("hand-trx").failures]

    assert ids == ["Acme.PayTests::Refunds", "Acme.PayTests::Rounds (2.5,3)", "Acme.DatabaseTests::Connects"]


def test_a_result_that_failed_though_no_inner_one_did_is_counted() -> None:
    evidence = changed("hand-trx.trx", 'testName="Rounds (2.5,3)" outcome="Failed"', 'testName="R" outcome="Passed"')

    assert [each.id for each in evidence.failures][1] == "Acme.PayTests::Rounds"
    assert evidence.total == 7


def test_a_run_that_was_aborted_is_incomplete() -> None:
    info = (
        '<RunInfos><RunInfo computerName="vm" outcome="Error"><Text>The active test run was aborted.\n'
        "Reason: Test host process crashed</Text></RunInfo></RunInfos></ResultSummary>"
    )

    evidence = changed("hand-trx.trx", "</ResultSummary>", info)

    assert evidence.incomplete == (
        "r: the run says: The active test run was aborted. Reason: Test host process crashed",
    )
    assert changed(
        "hand-trx.trx", '<ResultSummary outcome="Failed"', '<ResultSummary outcome="Aborted"'
    ).incomplete == ("r: the run ended as Aborted",)


def test_results_that_are_only_counted_make_it_incomplete() -> None:
    evidence = changed("hand-trx.trx", 'total="7" executed="6" passed="2" failed="3"', 'total="9" failed="5"')

    assert evidence.incomplete == ("r: says 5 failures, but holds 3", "r: says 8 tests, but holds 6")


@pytest.mark.parametrize(("word", "failed"), [("PassedButRunAborted", 4), ("NotExecuted", 3), ("Disconnected", 4)])
def test_only_passed_is_passed(word: str, failed: int) -> None:
    content = (CORPUS / "hand-trx.trx").read_text("utf-8").replace('outcome="Passed"', f'outcome="{word}"', 1)

    evidence = read_report(content.encode(), "r", None)

    assert (evidence.failed, evidence.passed) == (failed, 1)


def test_a_suite_that_failed_after_its_tests_makes_it_incomplete() -> None:
    assert changed("hand-nunit.xml", 'label="Error" site="SetUp"', 'label="Error" site="TearDown"').incomplete == (
        "r: 1 suites failed outside of any test",
    )


def test_a_run_that_failed_without_a_failure_is_incomplete() -> None:
    content = b'<test-run result="Failed"><test-suite><test-case name="a" result="Passed"/></test-suite></test-run>'

    assert read_report(content, "r", None).incomplete == ("r: says that the run failed, but holds no failure",)


def test_an_error_beside_xunits_tests_makes_it_incomplete() -> None:
    error = '<errors><error type="assembly-cleanup"><failure><message>no</message></failure></error></errors>'

    evidence = changed("hand-xunit.xml", "<errors />", error)

    assert evidence.incomplete == ("r: 1 errors stand outside of any test",)


def test_what_two_assemblies_count_is_added_up() -> None:
    one = '<assembly total="1" failed="0"><collection><test name="a" result="Pass"/></collection></assembly>'

    assert read_report(f"<assemblies>{one}{one}</assemblies>".encode(), "r", None).reports == ("r",)
    assert read_report(f"<assemblies>{one}{one.replace('1', '4', 1)}</assemblies>".encode(), "r", None).incomplete == (
        "r: says 5 tests, but holds 2",
    )
