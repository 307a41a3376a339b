"""What an answer must hold besides yes or no, and what becomes of the conditions of a yes."""

from datetime import timedelta

import pytest

from bot.core.effects import Note, TellThread
from bot.core.errors import Refusal, Refused
from bot.core.events import Reviewed
from bot.core.life.demanding import LONGEST_CONDITION, asks_words
from bot.core.life.lifecycle import advance
from bot.core.request import ApprovalRequest, Decision, State
from bot.core.ruling import Category, Demands, OnTimeout, RequireReason, Ruling
from tests import factories as a


def asking(where: str | None = "production", **demands: RequireReason | bool) -> ApprovalRequest:
    """A request whose rule wants *demands*."""
    ruling = a.a_ruling(demands=Demands(**demands), require_reason=RequireReason.NEVER)  # pyright: ignore[reportArgumentType] - by their names
    return a.a_request(ruling=ruling, subject=a.a_subject(environment=where))


def refused(request: ApprovalRequest, event: Reviewed) -> Refused:
    with pytest.raises(Refused) as found:
        advance(request, event, a.NOON)
    return found.value


def decision(request: ApprovalRequest, *events: Reviewed) -> Decision | None:
    for event in events:
        request = advance(request, event, a.NOON).request
    return request.decision


@pytest.mark.parametrize(
    ("wants", "yes", "no"),
    [
        (RequireReason.NEVER, False, False),
        (RequireReason.ON_APPROVE, True, False),
        (RequireReason.ON_REJECT, False, True),
        (RequireReason.ALWAYS, True, True),
    ],
)
def test_a_category_is_wanted_as_the_rule_says(wants: RequireReason, yes: bool, no: bool) -> None:  # noqa: FBT001 - a table
    for answer, is_wanted in ((a.approval, yes), (a.rejection, no)):
        if is_wanted:
            assert refused(asking(category=wants), answer()).code is Refusal.CATEGORY_REQUIRED
        assert decision(asking(category=wants), answer(category=Category.DATA))


@pytest.mark.parametrize("condition", [None, "", " \n", "x" * (LONGEST_CONDITION + 1)])
def test_a_condition_that_says_nothing_or_too_much_is_refused(condition: str | None) -> None:
    assert refused(asking(condition=True), a.approval(condition=condition)).code is Refusal.CONDITION_REQUIRED


@pytest.mark.parametrize("condition", ["", " \n"])
def test_blanks_are_no_condition_where_none_is_wanted(condition: str) -> None:
    kept = decision(asking(), a.approval(condition=condition))

    assert kept is not None
    assert kept.conditions == ()


def test_a_no_needs_no_condition_and_no_environment_and_keeps_none() -> None:
    answer = a.rejection(condition="max 10 %", environment="production")

    ended = advance(asking(condition=True, environment=True), answer, a.NOON).request

    assert ended.decision
    assert ended.decision.conditions == ()
    assert (ended.reviews[0].condition, ended.reviews[0].environment) == (None, None)


@pytest.mark.parametrize("typed", [None, "", "Production", "prod", "production "])
def test_only_the_very_name_of_the_environment_confirms_it(typed: str | None) -> None:
    request = asking(environment=True)

    found = refused(request, a.approval(environment=typed))

    assert found.code is Refusal.UNCONFIRMED
    assert "production" in found.sentence
    assert decision(request, a.approval(environment="production"))


def test_another_environment_is_refused_where_none_had_to_be_typed_and_where_there_is_none() -> None:
    assert refused(asking(), a.approval(environment="staging")).code is Refusal.UNCONFIRMED
    assert "names no environment" in refused(asking(None), a.approval(environment="staging")).sentence


def test_where_the_request_names_no_environment_none_is_asked_for() -> None:
    request = asking(None, environment=True)

    assert not asks_words(request)
    assert decision(request, a.approval())


@pytest.mark.parametrize(
    ("ruling", "wordy"),
    [
        (a.a_ruling(), False),
        (a.a_ruling(require_reason=RequireReason.ON_APPROVE), True),
        (a.a_ruling(demands=Demands(category=RequireReason.ON_REJECT)), False),
        (a.a_ruling(demands=Demands(category=RequireReason.ALWAYS)), True),
        (a.a_ruling(demands=Demands(condition=True)), True),
        (a.a_ruling(demands=Demands(environment=True)), True),
    ],
)
def test_one_click_is_enough_where_nothing_is_wanted_of_a_yes(ruling: Ruling, wordy: bool) -> None:  # noqa: FBT001 - a table
    assert asks_words(a.a_request(ruling=ruling)) is wordy


def test_the_conditions_of_all_stages_are_kept_each_once() -> None:
    chain = a.a_request(ruling=a.a_ruling(stages=[a.a_stage("qa", 2), a.a_stage("release")]))
    yes = [a.approval(by=a.BO, condition="max 10 %"), a.approval(by=a.CHEN, condition="watch it")]

    kept = decision(chain, *yes, a.approval(by=a.DIA, stage=1, condition="max 10 %"))

    assert kept
    assert kept.conditions == ("max 10 %", "watch it")


def test_a_yes_that_is_taken_back_takes_its_condition_along() -> None:
    request = a.a_request(ruling=a.a_ruling(stages=[a.a_stage("qa", 2, reject_quorum=2)]))
    answers = [a.approval(by=a.BO, condition="max 10 %"), a.rejection(by=a.BO), a.approval(by=a.CHEN)]

    kept = decision(request, *answers, a.approval(by=a.DIA))

    assert kept
    assert kept.conditions == ()


def test_silence_that_approves_keeps_the_conditions_that_were_given() -> None:
    ruling = a.a_ruling(2, on_timeout=OnTimeout.APPROVE)
    waiting = advance(a.a_request(ruling=ruling), a.approval(by=a.BO, condition="max 10 %"), a.NOON).request

    ended = advance(waiting, a.a_timeout(), a.NOON + timedelta(hours=1)).request

    assert ended.state is State.APPROVED
    assert ended.decision
    assert ended.decision.conditions == ("max 10 %",)


def test_the_thread_hears_of_a_condition_at_once() -> None:
    outcome = advance(a.a_request(quorum=2), a.approval(by=a.BO, condition="max 10 %"), a.NOON)

    (said,) = [effect.said for effect in outcome.effects if isinstance(effect, TellThread)]
    assert (said.note, said.conditions) == (Note.REVIEWED, ("max 10 %",))
