"""Whose Home tab may show a request."""

from dataclasses import replace

from bot.core.home import concerned, waits_for
from bot.core.request import ApprovalRequest
from bot.core.ruling import Demands, RequireReason
from tests import factories as a


def _asking_chen() -> ApprovalRequest:
    return a.a_request(
        ruling=a.a_ruling(stages=[a.a_stage("qa", 1, [a.CHEN])]),
        subject=a.a_subject(requester=None),
        reviews=[a.approval(a.BO)],
    )


def test_it_concerns_whoever_answered_and_in_whose_name() -> None:
    request = _asking_chen()
    (review,) = request.reviews
    lent = replace(request, reviews=(replace(review, on_behalf_of=a.DIA),))

    assert concerned(request) == a.CHEN.handles | a.BO.handles
    assert concerned(lent) == a.CHEN.handles | a.BO.handles | a.DIA.handles


def test_it_concerns_whoever_asked_but_no_account_that_nobody_is_behind() -> None:
    request = _asking_chen()
    (review,) = request.reviews
    asked = replace(request, subject=a.a_subject(requester=a.ANA))
    nobody = replace(asked, reviews=(replace(review, by=replace(review.by, person=None)),))

    assert concerned(nobody) == a.CHEN.handles | a.ANA.handles


def test_where_anybody_may_answer_nobody_can_say_whom_it_concerns() -> None:
    assert concerned(a.a_request(ruling=a.a_ruling(stages=[a.a_stage("qa")]))) is None


def test_a_request_waits_for_whoever_may_answer_whatever_its_rule_wants_of_a_yes() -> None:
    demands = Demands(category=RequireReason.ALWAYS, condition=True, environment=True)

    assert waits_for(a.a_request(ruling=a.a_ruling(demands=demands)), a.an_actor(a.BO), (), a.NOON)
