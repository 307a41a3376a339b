"""The identical failure counts as waived and says so; another one, or elsewhere, or later, does not."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from bot.core.evidence import TestEvidence
from bot.core.evidence.past import Past, Sighting
from bot.core.evidence.tests import Triage
from bot.core.evidence.triage import Terms, triaged
from bot.core.evidence.waived import Waived, WaiverUse
from bot.core.moments import draw_moment
from bot.core.waivers.excusing import NAMED, excused, said_of_uses, said_of_void, used_by
from bot.core.waivers.waiver import Site, Waiver
from tests.core.waivers.given import DAY, SITE, a_waiver, failing
from tests.factories import BO, NOON, a_failure

REFUND = a_failure()
UNTIL = draw_moment(NOON + 3 * DAY)
OTHER = a_failure("tests.api.test_pay::test_void")


def counted(tests: TestEvidence) -> Sequence[int]:
    return tests.new, tests.known, tests.flaky, tests.waived, tests.unknown


def test_the_identical_failure_counts_as_waived_and_says_by_whom_until_when_and_why() -> None:
    tests = excused(failing(REFUND, OTHER), [a_waiver()], SITE, NOON)

    assert counted(tests) == (0, 0, 0, 1, 1)
    assert [(one.id, one.triage) for one in tests.failures] == [(OTHER.id, Triage.UNKNOWN), (REFUND.id, Triage.WAIVED)]
    assert tests.failures[1].waiver == Waived(
        number=1, by=BO, until=NOON + 3 * DAY, reason="the sandbox of the bank is down", ticket="PAY-77"
    )
    assert tests.waivers == (WaiverUse(waiver=1, failures=1),)
    assert tests.failed == 2


def test_the_same_message_with_another_number_in_its_noise_is_the_identical_failure() -> None:
    noisy = a_failure(message="expected 200, got 500 at 2026-03-04T12:00:00Z")
    waiver = a_waiver(signature=failing(noisy).failures[0].signature)
    later = a_failure(message="expected 200, got 500 at 2026-03-05T08:30:11Z")

    assert excused(failing(later), [waiver], SITE, NOON).waived == 1


NOT_WAIVED = {
    "another signature of the same test": (failing(a_failure(message="the order is gone")), SITE),
    "another test with the same signature": (failing(OTHER), SITE),
    "another repository": (failing(REFUND), Site(source="ci", repository="acme/search", environment="production")),
    "another environment": (failing(REFUND), Site(source="ci", repository="acme/payments", environment="staging")),
    "no environment": (failing(REFUND), Site(source="ci", repository="acme/payments", environment=None)),
    "another source": (failing(REFUND), Site(source="cd", repository="acme/payments", environment="production")),
    "a failure that says nothing": (failing(replace(REFUND, message="", detail="")), SITE),
    "more names than were counted": (replace(failing(REFUND, OTHER), failed=1), SITE),
}


@pytest.mark.parametrize(("tests", "site"), NOT_WAIVED.values(), ids=NOT_WAIVED.keys())
def test_nothing_else_does(tests: TestEvidence, site: Site) -> None:
    assert excused(tests, [a_waiver()], site, NOON) == tests


OVER = {
    "at its end": a_waiver(until=NOON),
    "used up": a_waiver(used=5),
}


@pytest.mark.parametrize("waiver", OVER.values(), ids=OVER.keys())
def test_one_that_is_over_covers_nothing(waiver: Waiver) -> None:
    assert excused(failing(), [waiver], SITE, NOON) == failing()


def test_of_several_failures_of_one_test_each_must_match_by_itself_and_all_of_them_are_one_use() -> None:
    tests = excused(failing(REFUND, REFUND, a_failure(message="timed out")), [a_waiver()], SITE, NOON)

    assert counted(tests) == (0, 0, 0, 2, 1)
    assert tests.waivers == (WaiverUse(waiver=1, failures=2),)


def test_incomplete_evidence_stays_incomplete() -> None:
    assert excused(failing(incomplete=("cut off",)), [a_waiver()], SITE, NOON).incomplete == ("cut off",)


def test_what_is_waived_is_taken_out_of_what_its_past_said_it_was() -> None:
    green = Past(base=Sighting(failed=False, commit="c0ffee", at=NOON))
    tests = triaged(failing(REFUND, OTHER), {REFUND.id: green, OTHER.id: green}, Terms(commit="9fceb02"))

    assert counted(tests) == (2, 0, 0, 0, 0)
    assert counted(excused(tests, [a_waiver()], SITE, NOON)) == (1, 0, 0, 1, 0)


def test_an_explanation_names_the_waivers_that_are_leant_on_and_of_many_the_first() -> None:
    many = [a_waiver(n) for n in range(1, NAMED + 3)]

    assert said_of_uses([]) == ()
    assert said_of_uses([a_waiver()]) == (
        f"waiver #1 (bo, PAY-77): {REFUND.id} counts as waived until {UNTIL}: the sandbox of the bank is down",
    )
    assert (len(said_of_uses(many)), said_of_uses(many)[-1]) == (NAMED + 1, "and 2 more waivers")
    assert said_of_void([a_waiver(ticket=None)])[0].startswith("waiver #1 (bo): tests.api.test_pay::test_refund does")


def test_only_those_that_cover_something_are_used() -> None:
    used, unused = a_waiver(1), a_waiver(2, test=OTHER.id)

    assert used_by(excused(failing(REFUND), [used, unused], SITE, NOON), [used, unused]) == (used,)
