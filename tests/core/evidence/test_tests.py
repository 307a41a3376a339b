"""Several reports add up to one evidence; a card carries its counts and first failures."""

from bot.core.evidence import NAMED_FAILURES, SHOWN_FAILURES, Failure, TestEvidence, merged
from tests.factories import some_tests


def test_reports_add_up_in_the_order_given() -> None:
    one, two = some_tests(failed=1, total=3, incomplete=["a"]), some_tests(failed=2, total=4, incomplete=["b"])

    both = merged([one, two])

    assert (both.total, both.passed, both.failed, both.skipped) == (7, 4, 3, 0)
    assert both.failures == (*one.failures, *two.failures)
    assert both.incomplete == ("a", "b")
    assert both.reports == ("api gate", "api gate")


def test_more_failures_than_can_be_kept_are_counted_and_make_it_incomplete() -> None:
    half = TestEvidence(total=6_000, failed=6_000, failures=(Failure(id="a"),) * 6_000)

    both = merged([half, half])

    assert (both.failed, len(both.failures)) == (12_000, NAMED_FAILURES)
    assert both.incomplete == ("only the first 10000 failures are kept by name",)


def test_no_reports_are_no_evidence() -> None:
    assert merged([]) == TestEvidence()


def test_a_headline_keeps_all_counts_and_the_first_failures() -> None:
    tests = some_tests(failed=SHOWN_FAILURES + 3)

    assert tests.headline().failures == tests.failures[:SHOWN_FAILURES]
    assert tests.headline().failed == SHOWN_FAILURES + 3
