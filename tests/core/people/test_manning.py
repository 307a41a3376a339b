"""A chain that its bans leave without people asks the fallback, and says so; it never waits for nobody."""

import pytest

from bot.core.people.identity import Person
from bot.core.people.manning import able, manned
from bot.core.people.membership import NOBODY, Crowd
from bot.core.ruling import Forbidden, Ruling, Stage
from tests import factories as a

SUBJECT = a.a_subject(requester=a.ANA, authors=[a.BO])


def a_rule(*stages: Stage) -> Ruling:
    return a.a_ruling(stages=stages, forbid=list(Forbidden), rule="red")


def test_a_chain_that_can_be_met_stays_as_it_is() -> None:
    ruling = a_rule(a.a_stage("qa", 1, [a.ANA, a.CHEN]), a.a_stage("all", 5))

    assert manned(ruling, SUBJECT, Crowd(people=(a.DIA,))) == manned(ruling, SUBJECT, NOBODY)
    assert manned(ruling, SUBJECT, Crowd(people=(a.DIA,))).ruling == ruling


def test_where_the_bans_leave_too_few_the_fallback_is_asked_too_and_called() -> None:
    ruling = a_rule(a.a_stage("qa", 2, [a.ANA, a.BO, a.CHEN], mention=(a.CHEN,)), a.a_stage("release", 1, [a.CHEN]))

    found = manned(ruling, SUBJECT, Crowd(people=(a.DIA, a.CHEN)))

    first, second = found.ruling.stages
    assert first.approvers == (a.ANA, a.BO, a.CHEN, a.DIA)
    assert first.mention == (a.CHEN, a.DIA)
    assert second == ruling.stages[1]
    assert found.trail == ("red: stage qa lacks one person who may answer; the fallback is asked, too",)


@pytest.mark.parametrize("fallback", [(), (a.ANA,), (a.BO,)], ids=["nobody", "who asked", "an author"])
def test_a_chain_that_nobody_can_meet_says_so_at_once(fallback: tuple[Person, ...]) -> None:
    found = manned(a_rule(a.a_stage("qa", 2, [a.ANA])), SUBJECT, Crowd(people=fallback))

    lacking, still = "red: stage qa lacks 2 people who may answer", "with the fallback it still lacks 2 people"
    assert found.trail == (f"{lacking}; {still}, and cannot be approved",)


def test_whom_an_escalation_will_call_counts_and_nobody_twice() -> None:
    again = Person(key="chen@acme.test", email="chen@acme.test")
    stage = a.a_stage("qa", 2, [a.CHEN, again], escalate=(a.a_step(to=[a.DIA, a.EVE]),))

    assert able(stage, a_rule(stage), SUBJECT) == (a.CHEN, a.DIA)
    assert manned(a_rule(stage), SUBJECT, Crowd(people=(a.EVE,))).trail == ()


def test_a_live_group_is_taken_for_one_that_can_meet_its_stage_now_or_after_an_escalation() -> None:
    now = a.a_stage("qa", 3, [a.ANA], groups=(a.a_group(),))
    later = a.a_stage("qa", 3, [a.ANA], escalate=(a.a_step(groups=(a.a_group(),)),))

    for stage in (now, later):
        assert manned(a_rule(stage), SUBJECT, Crowd(people=(a.DIA,))).ruling.stages == (stage,)


def test_a_fallback_that_is_looked_up_later_is_asked_and_called_too() -> None:
    found = manned(a_rule(a.a_stage("qa", 2, [a.ANA])), SUBJECT, Crowd(groups=(a.a_group(),)))

    (stage,) = found.ruling.stages
    assert stage.groups == stage.mention_groups == (a.a_group(),)
    assert found.trail == ("red: stage qa lacks 2 people who may answer; the fallback is asked, too",)
