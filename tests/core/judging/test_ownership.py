"""Who owns a failed test, where the caller does not say."""

from dataclasses import replace

from bot.core.evidence import TestEvidence
from bot.core.judging.ownership import nobody, owned
from tests import factories as a


def test_without_a_file_of_owners_nobody_owns_anything() -> None:
    failure = replace(a.a_failure("tests.api::test_pay"), file="tests/api/test_pay.py", owner=None)
    tests = TestEvidence(total=1, failed=1, failures=(failure,))

    assert nobody("acme/payments", "tests/api/test_pay.py") == ()
    assert [one.owner for one in owned(tests, "acme/payments", nobody).failures] == [None]
