"""What an approval is bound to: every field that matters changes the digest, no other does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.canonical import sha256_digest
from bot.core.digest import bound
from bot.core.evidence import Failure, TestEvidence, Triage
from tests import factories as a

SUBJECT, TESTS = a.a_subject(), a.some_tests(failed=2)


@pytest.mark.parametrize(
    "changed",
    [
        {"action": "x"},
        {"service": "x"},
        {"service": None},
        {"environment": "x"},
        {"repository": "x"},
        {"ref": "x"},
        {"commit": "x"},
        {"parameters": {"version": "1.42.0", "strategy": "all at once"}},
    ],
    ids=repr,
)
def test_what_is_asked_changes_the_digest(changed: dict[str, object]) -> None:
    other = replace(SUBJECT, **changed)  # pyright: ignore[reportArgumentType] - any field by its name

    assert sha256_digest(bound(other, TESTS)) != sha256_digest(bound(SUBJECT, TESTS))


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "x"},
        {"reason": "x"},
        {"labels": ("x",)},
        {"metadata": {"x": 1}},
        {"lane": "x"},
        {"callback_url": None},
        {"timeout": timedelta(1)},
        {"requester": None},
    ],
    ids=repr,
)
def test_what_only_describes_it_does_not(changed: dict[str, object]) -> None:
    other = replace(SUBJECT, **changed)  # pyright: ignore[reportArgumentType] - any field by its name

    assert bound(other, TESTS) == bound(SUBJECT, TESTS)


@pytest.mark.parametrize(
    "tests",
    [
        replace(TESTS, failed=3),
        replace(TESTS, incomplete=("cut off",)),
        replace(TESTS, failures=TESTS.failures[:1]),
        replace(TESTS, failures=(*TESTS.failures, a.a_failure("another"))),
        replace(TESTS, failures=(replace(TESTS.failures[0], message="other"), TESTS.failures[1])),
    ],
    ids=["count", "incomplete", "one fewer", "one more", "message"],
)
def test_what_failed_changes_the_digest(tests: TestEvidence) -> None:
    assert sha256_digest(bound(SUBJECT, tests)) != sha256_digest(bound(SUBJECT, TESTS))


def test_the_order_of_failures_and_what_passed_do_not() -> None:
    other = replace(TESTS, failures=TESTS.failures[::-1], total=99, passed=97, reports=("other",))

    assert bound(SUBJECT, other) == bound(SUBJECT, TESTS)


def test_the_bound_object_is_this() -> None:
    tests = TestEvidence(failed=1, failures=(Failure(id="t", message="m", detail="d"),), incomplete=("why",))

    assert bound(a.a_subject(parameters={"n": 1}), tests) == {
        "action": "deploy",
        "service": "payments",
        "environment": "production",
        "repository": "acme/payments",
        "ref": "refs/heads/main",
        "commit": "9fceb02d0ae598e95dc970b74767f19372d61af8",
        "parameters": {"n": 1},
        "tests": {"failed": 1, "incomplete": True, "failing": [{"id": "t", "message": "m"}]},
    }


def test_how_a_failure_was_triaged_does_not() -> None:
    triaged = replace(TESTS.failures[0], triage=Triage.NEW, signature="s1:0000000000000000")

    assert bound(SUBJECT, replace(TESTS, failures=(triaged, TESTS.failures[1]), new=1)) == bound(SUBJECT, TESTS)
