"""What the policy says of a request: rejections first, then the first match, and no yes in doubt."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.evidence import TestEvidence
from bot.core.judging.facts import Condition, Facts, Unclear
from bot.core.judging.policy import Policy, Rule
from bot.core.judging.rules import judge
from bot.core.judging.signpost import Signpost
from bot.core.judging.trail import is_unclear, unclear_rules
from bot.core.people.identity import Person
from bot.core.people.membership import Crowd
from bot.core.ruling import Forbidden, Handling, OnTimeout, Ruling
from tests import factories as a


def facts(tests: TestEvidence | None = None, timeout: timedelta | None = None) -> Facts:
    return Facts(
        subject=a.a_subject(timeout=timeout),
        tests=a.some_tests() if tests is None else tests,
        source="ci",
        now=a.NOON,
    )


def always(_: Facts) -> bool:
    return True


def never(_: Facts) -> bool:
    return False


def unclear(_: Facts) -> Unclear:
    return Unclear("no such key: version")


def a_rule(name: str, handling: Handling, when: Condition | None = always) -> Rule:
    return Rule(name=name, when=when, terms=a.a_ruling(handling=handling, rule=name))


def a_policy(*rules: Rule, default: Ruling | None = None) -> Policy:
    return Policy(hash=a.POLICY_HASH, default=default or a.a_ruling(rule="default"), rules=rules)


YES, NO, ASK = Handling.AUTO_APPROVE, Handling.AUTO_REJECT, Handling.REQUIRE_APPROVAL
CUT_OFF = a.some_tests(failed=0, incomplete=["gate.xml was cut off"])
DEFAULT = "default: asks, because no rule above settled it"


def test_without_rules_the_default_asks() -> None:
    who_may = ('stage "qa": any 1 full member', "may not answer: ana (asked for it)")

    assert judge(a_policy(), facts()) == a.a_ruling(rule="default", explanation=(DEFAULT,), who_may=who_may)


def test_the_first_match_holds() -> None:
    policy = a_policy(a_rule("a", ASK, never), a_rule("b", YES), a_rule("c", ASK))

    ruling = judge(policy, facts())

    assert ruling.rule == "b"
    assert ruling.explanation == ("a: did not match", "b: matched")


def test_a_rule_without_a_condition_matches() -> None:
    assert judge(a_policy(a_rule("a", YES, None)), facts()).rule == "a"


def test_a_matching_rejection_wins_wherever_it_stands() -> None:
    policy = a_policy(a_rule("a", YES), a_rule("b", NO, never), a_rule("c", NO), a_rule("d", NO))

    ruling = judge(policy, facts())

    assert (ruling.rule, ruling.handling) == ("c", NO)
    assert ruling.explanation == ("b: did not match", "c: matched")


def test_a_rejection_that_is_unclear_rejects_nothing_but_no_rule_may_approve() -> None:
    ruling = judge(a_policy(a_rule("a", YES), a_rule("b", NO, unclear)), facts())

    assert (ruling.rule, ruling.handling) == ("default", ASK)
    assert ruling.explanation == (
        "b: could not be evaluated: no such key: version",
        "a: matched",
        "a: may not approve by itself: a condition could not be evaluated",
        DEFAULT,
    )


def test_a_later_rejection_wins_over_an_unclear_one() -> None:
    assert judge(a_policy(a_rule("a", NO, unclear), a_rule("b", NO)), facts()).rule == "b"


def test_an_unclear_yes_is_none_and_spoils_the_next() -> None:
    ruling = judge(a_policy(a_rule("a", YES, unclear), a_rule("b", YES)), facts())

    assert ruling.rule == "default"


def test_a_yes_before_an_unclear_condition_stands() -> None:
    assert judge(a_policy(a_rule("a", YES), a_rule("b", YES, unclear)), facts()).rule == "a"


def test_an_unclear_condition_of_a_rule_that_asks_asks() -> None:
    ruling = judge(a_policy(a_rule("a", ASK, unclear), a_rule("b", YES)), facts())

    assert (ruling.rule, ruling.handling) == ("a", ASK)
    assert ruling.explanation == ("a: could not be evaluated: no such key: version",)


def test_incomplete_evidence_never_lets_through() -> None:
    ruling = judge(a_policy(a_rule("a", YES), a_rule("b", ASK)), facts(CUT_OFF))

    assert ruling.rule == "b"
    assert ruling.explanation == (
        "a: matched",
        "a: may not approve by itself: the evidence is incomplete",
        "b: matched",
    )


def test_a_rule_that_looks_at_what_is_new_says_no_yes_while_something_is_unknown() -> None:
    looks = replace(a_rule("a", YES), reads_tests=True, overlooks_unknown=True)

    unknown = judge(a_policy(looks), facts(replace(a.some_tests(failed=3), known=2)))
    known = judge(a_policy(looks), facts(replace(a.some_tests(failed=3), known=2, flaky=1)))

    assert (unknown.rule, known.rule) == ("default", "a")
    assert unknown.explanation[1] == (
        "a: may not approve by itself: it looks at what is new or known, and of 1 that failed nothing is known "
        "(tests.unknown)"
    )


def test_incomplete_evidence_may_be_rejected() -> None:
    assert judge(a_policy(a_rule("a", NO)), facts(CUT_OFF)).rule == "a"


def test_no_evidence_is_no_green_for_a_rule_that_looks_at_it() -> None:
    green = replace(a_rule("green", YES), reads_tests=True)

    ruling = judge(a_policy(green, a_rule("b", YES)), facts(TestEvidence()))

    assert ruling.rule == "b"
    assert ruling.explanation == (
        "green: matched",
        "green: may not approve by itself: it looks at test results, and none came",
        "b: matched",
    )
    assert judge(a_policy(green), facts(TestEvidence())).handling is ASK
    assert judge(a_policy(green), facts(a.some_tests(failed=0))).rule == "green"


@pytest.mark.parametrize("handling", [NO, ASK])
def test_no_evidence_holds_back_a_yes_and_nothing_else(handling: Handling) -> None:
    rule = replace(a_rule("a", handling), reads_tests=True)

    assert judge(a_policy(rule), facts(TestEvidence())).rule == "a"


def test_a_name_that_looks_like_a_doubt_is_none() -> None:
    policy = a_policy(a_rule("x: could not be evaluated: y", NO, never), a_rule("b", YES))

    assert judge(policy, facts()).rule == "b"


def test_a_stage_whose_condition_does_not_match_is_left_out_and_that_is_said() -> None:
    chain = a.a_ruling(rule="a", stages=[a.a_stage("qa"), a.a_stage("release")])
    rule = Rule(name="a", when=None, terms=chain, stage_when=(never, None))

    ruling = judge(a_policy(rule), facts())

    assert [stage.name for stage in ruling.stages] == ["release"]
    assert ruling.explanation[-1] == "a: stage qa is left out, its condition did not match"


def test_silence_approves_nothing_while_nobody_can_tell_which_stages_are_asked() -> None:
    chain = a.a_ruling(rule="a", stages=[a.a_stage("sec"), a.a_stage("qa")], on_timeout=OnTimeout.APPROVE)
    rule = Rule(name="a", when=None, terms=chain, stage_when=(unclear, None))

    ruling = judge(a_policy(rule), facts())

    assert ruling.on_timeout is OnTimeout.EXPIRE
    assert ruling.explanation[-1] == "a: silence may not approve: a condition could not be evaluated"


def test_what_could_not_be_evaluated_is_named_once() -> None:
    chain = a.a_ruling(rule="ask", stages=[a.a_stage("qa")])
    ask = Rule(name="ask", when=unclear, terms=chain, stage_when=(unclear,))

    ruling = judge(a_policy(a_rule("frozen", NO, unclear), a_rule("late", NO, never), ask), facts())

    assert unclear_rules(ruling) == ("frozen", "ask", "ask: stage qa is asked")
    assert [is_unclear(step) for step in ruling.explanation] == [True, False, True, True]
    assert unclear_rules(judge(a_policy(), facts())) == ()


@pytest.mark.parametrize(
    ("ban", "handling", "requester", "is_said"),
    [
        (Forbidden.REQUESTER, ASK, None, True),
        (Forbidden.REQUESTER, ASK, a.ANA, False),
        (Forbidden.REQUESTER, YES, None, False),
        (Forbidden.AUTHORS, ASK, None, False),
    ],
)
def test_a_ban_that_cannot_hold_because_nobody_asked_in_person_is_said(
    ban: Forbidden,
    handling: Handling,
    requester: Person | None,
    is_said: bool,  # noqa: FBT001 - a row of the table
) -> None:
    rule = Rule(name="a", when=None, terms=a.a_ruling(rule="a", handling=handling, forbid=[ban]))

    ruling = judge(a_policy(rule), replace(facts(), subject=a.a_subject(requester=requester)))

    said = "a: the requester may not answer, but nobody was named as one: not enforced"
    assert (ruling.explanation[-1] == said) == is_said


def a_route(name: str, when: Condition | None = always) -> Signpost:
    return Signpost(name=name, when=when, channels=(f"#{name}",), mention=Crowd(people=(a.DIA,)))


@pytest.mark.parametrize(
    ("calls", "mention"), [(False, (a.DIA,)), (True, ())], ids=["the route calls", "the rule calls"]
)
def test_the_first_route_that_matches_says_where_and_an_unclear_one_is_told(
    calls: bool,  # noqa: FBT001 - a row of the table
    mention: tuple[Person, ...],
) -> None:
    rule = Rule(name="a", when=None, terms=a.a_ruling(rule="a", channels=[]), calls=calls)
    routes = (a_route("odd", unclear), a_route("other", never), a_route("pay", None), a_route("late"))

    ruling = judge(replace(a_policy(rule), signposts=routes), facts())

    assert (ruling.channels, ruling.stages[0].mention) == (("#pay",), mention)
    assert unclear_rules(ruling) == ("route odd",)
    assert ruling.explanation[-1] == "route pay: shown in #pay"


@pytest.mark.parametrize(
    ("wish", "minutes"), [(None, 60), (timedelta(minutes=5), 5), (timedelta(hours=1), 60), (timedelta(days=1), 60)]
)
def test_the_caller_only_shortens_the_wait(wish: timedelta | None, minutes: int) -> None:
    for policy in (a_policy(), a_policy(a_rule("a", ASK)), a_policy(a_rule("a", YES))):
        assert judge(policy, facts(timeout=wish)).timeout == timedelta(minutes=minutes)


def test_the_caller_does_not_shorten_a_wait_that_ends_in_a_yes() -> None:
    default = a.a_ruling(rule="default", on_timeout=OnTimeout.APPROVE)

    ruling = judge(a_policy(default=default), facts(timeout=timedelta(seconds=1)))

    assert ruling.timeout == a.HOUR
    assert ruling.explanation[-1] == "default: keeps its own timeout, because its end would be an approval"


@pytest.mark.parametrize("handling", [YES, NO])
def test_a_policy_whose_default_asks_nobody_is_refused(handling: Handling) -> None:
    with pytest.raises(ValueError, match="asks a person"):
        a_policy(default=a.a_ruling(handling=handling))


def test_a_rule_that_asks_needs_a_stage_and_a_stage_somebody() -> None:
    with pytest.raises(ValueError, match="at least one stage"):
        replace(a.a_ruling(), stages=())
    with pytest.raises(ValueError, match="at least one person"):
        a.a_stage(quorum=0)


RULES = st.lists(st.tuples(st.sampled_from(Handling), st.sampled_from([always, never, unclear, None])), max_size=6)


@settings(deadline=None)
@given(RULES, st.booleans())
def test_a_yes_needs_a_clear_match_whole_evidence_and_no_rejection(
    drawn: list[tuple[Handling, Condition | None]],
    is_cut_off: bool,  # noqa: FBT001 - drawn, not passed
) -> None:
    policy = a_policy(*(a_rule(str(n), handling, when) for n, (handling, when) in enumerate(drawn)))
    matches = [None if when is None else when(facts()) for _, when in drawn]
    matched = [match is None or match is True for match in matches]

    ruling = judge(policy, facts(CUT_OFF if is_cut_off else None))

    rejecting = [n for n, (handling, _) in enumerate(drawn) if handling is NO and matched[n]]
    assert (ruling.handling is NO) == bool(rejecting)
    if ruling.handling is YES:
        here = int(ruling.rule)
        assert matched[here]
        assert not is_cut_off
        assert not any(isinstance(matches[n], Unclear) for n, (h, _) in enumerate(drawn) if h is NO or n < here)
        assert all(drawn[n][0] is NO or matches[n] is False for n in range(here))


SILENT_YES = a.a_ruling(rule="b", on_timeout=OnTimeout.APPROVE)


@pytest.mark.parametrize(
    ("rules", "tests", "why"),
    [
        ([a_rule("x", NO, unclear)], None, "a condition could not be evaluated"),
        ([], a.some_tests(failed=0, incomplete=["cut off"]), "the evidence is incomplete"),
    ],
)
def test_in_doubt_silence_is_no_yes(rules: list[Rule], tests: TestEvidence | None, why: str) -> None:
    ruling = judge(a_policy(*rules, Rule(name="b", when=always, terms=SILENT_YES)), facts(tests))

    assert ruling.on_timeout is OnTimeout.EXPIRE
    assert f"b: silence may not approve: {why}" in ruling.explanation


def test_silence_is_no_yes_where_the_rules_own_condition_is_unclear_or_its_tests_are_missing() -> None:
    own = judge(a_policy(Rule(name="b", when=unclear, terms=SILENT_YES)), facts())
    untested = judge(a_policy(Rule(name="b", when=always, terms=SILENT_YES, reads_tests=True)), facts(TestEvidence()))

    assert (own.on_timeout, untested.on_timeout) == (OnTimeout.EXPIRE, OnTimeout.EXPIRE)


def test_without_a_doubt_a_rule_may_say_that_silence_is_a_yes() -> None:
    assert judge(a_policy(Rule(name="b", when=always, terms=SILENT_YES)), facts()).on_timeout is OnTimeout.APPROVE
