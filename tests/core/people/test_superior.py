"""The requester's manager stands where a rule asks for them; nobody known means nobody there, said at once."""

from bot.core.judging.facts import Facts
from bot.core.judging.policy import Policy
from bot.core.judging.rules import judge
from bot.core.people.identity import People
from bot.core.people.membership import Crowd
from bot.core.people.superior import MANAGER
from bot.core.ruling import Ruling, Stage
from tests import factories as a

PEOPLE = People((a.ANA, a.BO, a.CHEN), managers={"ana": "bo"})


def judged(stage: Stage, requester: object = a.ANA, fallback: Crowd | None = None) -> Ruling:
    policy = Policy(hash=a.POLICY_HASH, default=a.a_ruling(stages=[stage]), people=PEOPLE, fallback=fallback or Crowd())
    subject = a.a_subject(requester=requester)  # pyright: ignore[reportArgumentType] - somebody, or nobody
    return judge(policy, Facts(subject=subject, tests=a.some_tests(), source="ci", now=a.NOON))


def test_the_manager_is_asked_and_called_in_person() -> None:
    steps = (a.a_step(1, to=[], channel=None, groups=[MANAGER]),)
    (stage,) = judged(a.a_stage("boss", 1, [a.CHEN], groups=(MANAGER,), escalate=steps)).stages

    assert (stage.approvers, stage.groups) == ((a.CHEN, a.BO), ())
    assert stage.escalate == (a.a_step(1, to=[a.BO], channel=None),)


def test_a_manager_who_is_asked_already_is_asked_once() -> None:
    (stage,) = judged(a.a_stage("boss", 1, [a.BO], groups=(MANAGER,))).stages

    assert stage.approvers == (a.BO,)


def test_without_a_manager_the_fallback_is_asked_at_once_and_a_step_that_calls_nobody_is_left_out() -> None:
    stage = a.a_stage("boss", 1, [], groups=(MANAGER,), escalate=(a.a_step(1, to=[], channel=None, groups=[MANAGER]),))

    ruling = judged(stage, requester=a.BO, fallback=Crowd(people=(a.CHEN,)))

    assert (ruling.stages[0].approvers, ruling.stages[0].escalate) == ((a.CHEN,), ())
    assert any("names no manager of bo" in step for step in ruling.explanation)
    assert any("the fallback is asked, too" in step for step in ruling.explanation)


def test_the_manager_may_break_the_glass_in_person() -> None:
    glass = a.a_break_glass([a.DIA], groups=[MANAGER])
    policy = Policy(hash=a.POLICY_HASH, default=a.a_ruling(break_glass=glass), people=PEOPLE)
    facts = Facts(subject=a.a_subject(requester=a.ANA), tests=a.some_tests(), source="ci", now=a.NOON)

    assert judge(policy, facts).break_glass == a.a_break_glass([a.DIA, a.BO])
    assert any("the manager of the requester is bo" in line for line in judge(policy, facts).lines)


def test_nobody_is_the_manager_of_nobody() -> None:
    ruling = judged(a.a_stage("boss", 1, [], groups=(MANAGER,)), requester=None)

    assert any("nobody was named as the requester" in step for step in ruling.explanation)


def test_the_fallback_may_be_the_manager_too() -> None:
    (stage,) = judged(a.a_stage("qa", 1, []), fallback=Crowd(groups=(MANAGER,))).stages

    assert (stage.approvers, stage.groups) == ((a.BO,), ())
