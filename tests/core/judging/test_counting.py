"""What counts as experience, when a rule was used, and what is turned away."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.errors import Refusal, Refused
from bot.core.judging.budget import Limit
from bot.core.judging.counting import Uses, answered_at, never_used, require_room, ruled_at, undertaking
from bot.core.judging.policy import Policy, Rule
from bot.core.life.lifecycle import advance, submit
from bot.core.request import ApprovalRequest
from bot.core.ruling import Handling, OnTimeout
from tests import factories as a

LATER = a.NOON + timedelta(minutes=5)
THREE = Limit(count=3, per=a.HOUR)


def settled(*, by_policy: bool = False) -> ApprovalRequest:
    handling = Handling.AUTO_APPROVE if by_policy else Handling.REQUIRE_APPROVAL
    return submit(a.a_submission(ruling=a.a_ruling(handling=handling)), a.NOON).request


def test_what_people_answered_counts_from_their_last_answer_on() -> None:
    request = settled()

    assert answered_at(request) is None
    assert answered_at(advance(request, a.approval(), LATER).request) == LATER
    assert answered_at(advance(request, a.rejection(), LATER).request) == LATER


def test_what_no_person_judged_is_no_experience() -> None:
    silent = a.a_request(ruling=a.a_ruling(on_timeout=OnTimeout.REJECT, break_glass=a.a_break_glass()))
    emergency = advance(silent, a.an_emergency(), LATER).request
    timeout = advance(silent, a.a_timeout(), a.NOON + a.HOUR).request

    assert emergency.decision is not None
    assert timeout.decision is not None
    assert timeout.decision.verdict is not None
    for request in (settled(by_policy=True), emergency, timeout, advance(silent, a.a_cancellation(), LATER).request):
        assert answered_at(request) is None


def test_a_rule_is_used_when_it_is_asked_by_or_decides() -> None:
    assert ruled_at(advance(settled(), a.approval(), LATER).request) == a.NOON
    assert ruled_at(settled(by_policy=True)) == a.NOON

    revised = advance(settled(), a.a_revision(ruling=a.a_ruling(handling=Handling.AUTO_APPROVE)), LATER).request
    assert ruled_at(revised) == LATER


@pytest.mark.parametrize("field", ["service", "environment", "action"])
def test_requests_are_alike_by_source_service_environment_and_action(field: str) -> None:
    subject = a.a_subject()
    other = replace(subject, **{field: "another"})

    assert undertaking("ci", other) != undertaking("ci", subject) != undertaking("cd", subject)
    assert undertaking("ci", subject) == undertaking("ci", replace(subject, title="other", commit=None, lane=None))


def test_left_out_is_empty_and_nothing_runs_together() -> None:
    assert undertaking("ci", a.a_subject(service=None)) == undertaking("ci", a.a_subject(service=""))
    assert undertaking("ci", a.a_subject(service="a", environment="b")) != undertaking(
        "ci", a.a_subject(service='a", "b', environment="")
    )


def test_a_rule_that_has_asked_often_enough_asks_no_more_and_says_when_it_will() -> None:
    with pytest.raises(Refused) as refused:
        require_room(a.a_ruling(), THREE, lambda _: Uses(count=3, since=a.NOON - timedelta(minutes=50)), a.NOON)

    assert refused.value.code is Refusal.TOO_MANY
    assert refused.value.retry_after == timedelta(minutes=10)
    assert refused.value.sentence == (
        "Rule “red gate in production” asks people about at most 3 per hour, and it has. Nothing was stored; "
        "ask again later."
    )


def test_there_is_room_below_the_limit_without_one_and_where_nobody_is_asked() -> None:
    def full(_: object) -> Uses:
        return Uses(count=3)

    require_room(a.a_ruling(), THREE, lambda _: Uses(count=2), a.NOON)
    require_room(a.a_ruling(), THREE, never_used, a.NOON)
    require_room(a.a_ruling(), None, full, a.NOON)
    require_room(a.a_ruling(handling=Handling.AUTO_APPROVE), THREE, full, a.NOON)


def test_a_full_window_that_knows_no_beginning_is_waited_for_whole() -> None:
    with pytest.raises(Refused) as refused:
        require_room(a.a_ruling(), THREE, lambda _: Uses(count=3), a.NOON)

    assert refused.value.retry_after == a.HOUR


def test_the_limit_is_that_of_the_rule_and_the_default_has_none() -> None:
    rule = Rule(name="red gate in production", when=None, terms=a.a_ruling(), limit=THREE)
    policy = Policy(hash=a.POLICY_HASH, default=a.a_ruling(rule="default"), rules=(rule,))

    assert policy.limit_of(rule.terms) == THREE
    assert policy.limit_of(policy.default) is None
