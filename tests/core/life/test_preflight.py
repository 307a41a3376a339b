"""The last look before a yes counts."""

from dataclasses import replace

import pytest

from bot.core.errors import Refusal, Refused
from bot.core.freeze import Freezing
from bot.core.life.lifecycle import advance
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import OnTimeout, Ruling
from tests import factories as a

CUT = a.some_tests(incomplete=["gate.xml was cut off"])


def asked(ruling: Ruling | None = None) -> ApprovalRequest:
    return a.a_request(tests=CUT, ruling=ruling)


def test_on_results_that_are_not_complete_nobody_approves_and_it_says_what_would_help() -> None:
    with pytest.raises(Refused) as refused:
        advance(asked(), a.approval(), a.NOON)

    assert refused.value.code is Refusal.INCOMPLETE
    assert "(gate.xml was cut off)" in refused.value.sentence
    assert f"jit-gate report {a.ID}" in refused.value.sentence


def test_the_first_of_two_hears_it_already() -> None:
    with pytest.raises(Refused, match="not complete"):
        advance(asked(a.a_ruling(2)), a.approval(), a.NOON)


def test_they_can_be_rejected() -> None:
    assert advance(asked(), a.rejection(), a.NOON).request.state is State.REJECTED


def test_a_rule_may_leave_it_to_people_and_never_to_silence() -> None:
    ruling = a.a_ruling(accept_incomplete=True, on_timeout=OnTimeout.APPROVE)

    assert advance(asked(ruling), a.approval(), a.NOON).request.state is State.APPROVED
    assert advance(asked(ruling), a.a_timeout(), a.NOON + a.HOUR).request.state is State.EXPIRED


def test_in_an_emergency_the_glass_can_be_broken_all_the_same() -> None:
    ruling = a.a_ruling(break_glass=a.a_break_glass([a.EVE]))

    assert advance(asked(ruling), a.an_emergency(a.EVE), a.NOON).request.state is State.APPROVED


def test_brought_whole_they_can_be_approved() -> None:
    whole = advance(asked(), a.a_revision(), a.NOON).request

    assert advance(whole, a.approval(revision=2), a.NOON).request.state is State.APPROVED


@pytest.mark.parametrize("then", Freezing)
def test_a_freeze_that_rejects_comes_first(then: Freezing) -> None:
    request = replace(asked(), tests=a.some_tests())

    if then is Freezing.ASK:
        assert advance(request, a.approval(freezes=(a.a_freeze(then),)), a.NOON).request.state is State.APPROVED
        return
    with pytest.raises(Refused) as refused:
        advance(request, a.approval(freezes=(a.a_freeze(then),)), a.NOON)
    assert refused.value.code is Refusal.FROZEN
