"""Which requests are of one change, and what people said of it last."""

from dataclasses import replace

import pytest

from bot.core.judging.precedent import change_of, precedent_in
from bot.core.life.lifecycle import advance
from bot.core.request import Precedent, State, Subject
from bot.core.ruling import Category
from tests.factories import BO, NOON, a_request, a_subject, a_timeout, an_actor, approval, rejection

SUBJECT = a_subject(repository="acme/payments", ref="refs/heads/main", lane="payments/production")


@pytest.mark.parametrize(
    "other",
    [
        replace(SUBJECT, commit="another"),
        replace(SUBJECT, title="another"),
        replace(SUBJECT, lane="another"),
        replace(SUBJECT, parameters={"version": "2"}),
    ],
)
def test_the_same_ref_of_a_repository_is_the_same_change_whatever_is_on_it_by_now(other: Subject) -> None:
    assert change_of("ci", other) == change_of("ci", SUBJECT)


@pytest.mark.parametrize("field", ["action", "service", "environment", "repository", "ref"])
def test_elsewhere_it_is_another_change(field: str) -> None:
    assert change_of("ci", replace(SUBJECT, **{field: "another"})) != change_of("ci", SUBJECT)


def test_another_source_speaks_of_another_change() -> None:
    assert change_of("cd", SUBJECT) != change_of("ci", SUBJECT)


def test_without_a_ref_a_lane_is_the_change_and_without_both_there_is_none() -> None:
    in_a_lane = a_subject(repository="acme/payments", ref=None, lane="payments")

    assert change_of("ci", in_a_lane) == change_of("ci", replace(in_a_lane, repository=None, commit="another"))
    assert change_of("ci", in_a_lane) != change_of("ci", replace(in_a_lane, lane="another"))
    assert change_of("ci", replace(in_a_lane, lane=None)) is None
    assert change_of("ci", replace(in_a_lane, lane="")) is None


def test_left_out_is_the_same_as_empty() -> None:
    assert change_of("ci", replace(SUBJECT, service=None)) == change_of("ci", replace(SUBJECT, service=""))


def test_a_lane_is_never_taken_for_a_ref() -> None:
    named = a_subject(repository=None, ref=None, lane="x")

    assert change_of("ci", named) != change_of("ci", a_subject(repository="x", ref="x", lane=None))


def test_a_rejection_by_people_is_a_precedent_with_what_they_said() -> None:
    no = rejection(BO, reason="The refund test is red.", category=Category.PRODUCT_BUG)
    rejected = advance(a_request(subject=SUBJECT, number=41), no, NOON).request

    assert precedent_in(rejected, "https://acme.slack.test/archives/C1/p1") == Precedent(
        id=rejected.id,
        number=41,
        by=an_actor(BO),
        at=NOON,
        commit=SUBJECT.commit,
        reason="The refund test is red.",
        category="product_bug",
        card="https://acme.slack.test/archives/C1/p1",
    )


def test_what_was_approved_is_open_or_was_ended_by_silence_is_none() -> None:
    request = a_request(subject=SUBJECT)
    approved = advance(request, approval(BO), NOON).request
    deadline = request.deadline
    assert deadline is not None
    silent = advance(request, a_timeout(), deadline).request

    assert approved.state is State.APPROVED
    assert [precedent_in(one, None) for one in (request, approved, silent)] == [None, None, None]
