"""Rules that are never reached, and those that only are in doubt; judged against the judge itself."""

from dataclasses import replace
from itertools import product

import pytest

from bot.core.evidence import TestEvidence
from bot.core.judging.facts import Facts
from bot.core.judging.rules import judge
from bot.policy import PolicyInvalid, read_policy
from tests.factories import NOON, a_subject

HEAD = "version: 1\nsources: {ci: {token_env: T}}\ndefaults: {approvers: [ana@acme.test]}\nrules:\n"
A, B = 'request.environment == "prod"', "tests.failed == 0"
APPROVE, REJECT, ASK = "auto_approve", "auto_reject", "require_approval"
SAME = "comes first and has the same condition"
WIDER = "comes first and matches whatever this matches; put this before it, or change one when"
SOONER = "rejects whatever this matches, and rejections are looked at first; change one when"


def said(*rules: tuple[str, str], budget: str = "") -> list[str]:
    """Return errors and warnings about the reach of rules ``a``, ``b``, …, without what comes before the colons."""
    text = HEAD + "".join(
        f"  - {{name: {name}, then: {then}, when: {when}{budget if name == 'a' else ''}}}\n"
        for name, (then, when) in zip("abcdef", rules, strict=False)
    )
    try:
        lines = [str(warning) for warning in read_policy(text.encode(), "p").warnings]
    except PolicyInvalid as invalid:
        lines = [str(error) for error in invalid.errors]
    return [line.split(": ", 2)[2] for line in lines if "reached" in line or "matches" in line]


@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        (APPROVE, APPROVE, f'is never reached: rule 0 ("a") {WIDER}'),
        (ASK, APPROVE, f'is never reached: rule 0 ("a") {WIDER}'),
        (ASK, ASK, f'is never reached: rule 0 ("a") {WIDER}'),
        (REJECT, REJECT, f'is never reached: rule 0 ("a") {SOONER}'),
        (REJECT, APPROVE, f'is never reached: rule 0 ("a") {SOONER}'),
        (REJECT, ASK, f'is only reached in doubt: rule 0 ("a") {SOONER}'),
        (APPROVE, ASK, f'is only reached in doubt: rule 0 ("a") {WIDER}'),
    ],
)
def test_behind_a_wider_condition_nothing_is_left(first: str, second: str, sentence: str) -> None:
    assert said((first, A), (second, f"{A} && {B}")) == [sentence]


@pytest.mark.parametrize(
    ("first", "second", "start"),
    [
        (APPROVE, APPROVE, "is never reached"),
        (ASK, ASK, "is never reached"),
        (REJECT, REJECT, "is never reached"),
        (APPROVE, ASK, "is only reached in doubt"),  # only warned of: whom a doubt is for
    ],
)
def test_the_same_condition_twice(first: str, second: str, start: str) -> None:
    (line,) = said((first, A), (second, A))

    assert line.startswith(f'{start}: rule 0 ("a") {SAME}')


def test_a_rejection_comes_first_wherever_it_stands() -> None:
    assert said((APPROVE, f"{A} && {B}"), (REJECT, A)) == [f'is never reached: rule 1 ("b") {SOONER}']


def test_a_rule_with_a_budget_leaves_something_for_those_behind_it() -> None:
    assert said((APPROVE, A), (APPROVE, f"{A} && {B}"), budget=", budget: 5 per 1d") == []


def test_without_test_results_a_rule_that_looks_at_them_leaves_the_other_way_to_those_behind_it() -> None:
    assert said((APPROVE, f"{A} || {B}"), (APPROVE, A)) == []


def test_a_condition_that_is_always_true_is_as_good_as_none() -> None:
    assert said((ASK, '"true"'), (APPROVE, A)) == ['is never reached: rule 0 ("a") has a when that is always true']


def test_a_condition_that_is_never_true_is_warned_of_and_hides_nothing() -> None:
    assert said((ASK, '"false"'), (ASK, A)) == ["never matches; take the rule out, or write when it shall match"]


def test_a_rule_that_can_not_be_read_hides_nothing() -> None:
    assert said((ASK, "nonsense"), (ASK, A), ("sometimes", A), (APPROVE, B)) == []


_FACTS = [
    Facts(
        subject=a_subject(environment=environment, parameters=parameters),
        tests=TestEvidence(total=total, failed=failed, incomplete=incomplete),
        source="ci",
        now=NOON,
    )
    for environment, parameters, (total, failed), incomplete in product(
        ["prod", "staging"], [{}, {"n": 1}, {"n": "x"}], [(0, 0), (3, 0), (3, 1)], [(), ("it was cut",)]
    )
]
_CONDITIONS = [A, B, f"{A} && {B}", f"{A} || {B}", "request.parameters.n == 1", f"request.parameters.n == 1 && {A}"]


_RULES = [(then, when) for then in (APPROVE, REJECT, ASK) for when in _CONDITIONS]


@pytest.mark.parametrize("second", _RULES, ids=" ".join)
@pytest.mark.parametrize("first", _RULES, ids=" ".join)
def test_what_is_called_never_reached_never_is(first: tuple[str, str], second: tuple[str, str]) -> None:
    lines = said(first, second)
    alone = [
        read_policy(f"{HEAD}  - {{name: {name}, then: {then}, when: '{when}'}}\n".encode(), "p").policy
        for name, (then, when) in (("a", first), ("b", second))
    ]
    together = replace(alone[0], rules=(*alone[0].rules, *alone[1].rules))
    used = {judge(together, facts).rule for facts in _FACTS}

    for line in lines:
        hidden = "b" if 'rule 0 ("a")' in line else "a"
        assert "in doubt" in line or hidden not in used
