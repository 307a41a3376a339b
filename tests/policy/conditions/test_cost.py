"""What a condition may cost is known before it is ever evaluated: what could take too long is no condition."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.judging.facts import Facts, Unclear
from bot.policy import PolicyInvalid, read_policy
from bot.policy.conditions.cost import MAX_ENTRIES, MAX_TEXT, MAX_WEIGHT, pattern_size
from bot.policy.conditions.engine import ConditionRejected, Engine
from tests.factories import NOON, a_subject, some_tests

IN_TWO = "request.labels.exists(a, request.labels.exists(b, {}))"
TOO_LONG = "could take too long over the largest lists and texts there may be; loop less, or look at less in each step"
LARGEST = Facts(
    subject=a_subject(
        labels=("x" * (MAX_WEIGHT // MAX_ENTRIES),) * MAX_ENTRIES,
        reason="r" * MAX_TEXT,
        parameters={"l": ["x" * (MAX_WEIGHT // MAX_ENTRIES - 10)] * MAX_ENTRIES},
    ),
    tests=some_tests(),
    source="ci",
    now=NOON,
)


def joined(text: str, times: int) -> str:
    return text if times == 1 else f"({joined(text, times // 2)} + {joined(text, times - times // 2)})"


def refused(text: str) -> tuple[int, int, str]:
    with pytest.raises(ConditionRejected) as caught:
        Engine().compile(text)
    (complaint,) = caught.value.complaints
    return complaint.line, complaint.column, complaint.sentence


@pytest.mark.parametrize(
    "text",
    [
        IN_TWO.format(joined("request.reason", 30) + '.contains("zz")'),
        IN_TWO.format('request.reason.matches("(r?){200}z")'),
        IN_TWO.format("request.reason.contains(a) || request.reason.contains(b) || request.reason.endsWith(a)"),
        "request.labels.map(a, request.labels.map(b, request.labels + request.labels)).size() == 3",
        'request.labels.exists(a, request.reason.matches("(r?){200}z"))',
        "request.parameters.l.exists(x, request.parameters.l.filter(y, y == x).size() > 9)",
        'request.reason.matches("((((a{30}){30}){30}){30})z")',
    ],
)
def test_what_could_take_seconds_is_refused_when_the_file_is_read(text: str) -> None:
    assert refused(text)[2] == TOO_LONG


def test_loops_stand_in_each_other_two_deep_and_the_third_is_pointed_at() -> None:
    text = "request.labels.exists(a,\n  request.labels.exists(b, request.labels.exists(c, a == c)))"

    assert refused(text) == (2, 49, "loops may stand in each other 2 deep, not deeper")


def test_a_pattern_of_the_caller_is_refused() -> None:
    assert refused("request.reason.matches(request.title)")[2].startswith("matches() needs its pattern written here")


def test_the_file_is_told_line_and_column() -> None:
    policy = """\
version: 1
rules:
  - name: slow
    when: |
      tests.failed == 0 &&
        request.reason.matches(request.title)
    then: auto_approve
"""
    with pytest.raises(PolicyInvalid) as caught:
        read_policy(policy.encode(), "policy.yaml")

    assert [str(error) for error in caught.value.errors] == [
        (
            "policy.yaml:6:31: rules.0.when: matches() needs its pattern written here, as text: "
            "a caller's could cost any time"
        )
    ]


@pytest.mark.parametrize(
    "text",
    [
        'request.labels.exists(l, l.matches("^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"))',
        IN_TWO.format("a.contains(b)"),
        IN_TWO.format("a == b && tests.failed > 100"),
        'request.labels.filter(l, l.startsWith("a")).map(l, l + "!").exists(l, l == "a!")',
        '["a", "b"].exists(x, request.labels.exists(l, l.startsWith(x)))',
        "request.parameters.l.exists(x, x in request.labels)",
        "request.flags.exists(k, request.flags[k])",
        joined("request.reason", 30) + '.contains("zz")',
        'request.title.matches("(?i)^deploy (\\\\w+) v?[0-9]+[.][0-9]+$")',
    ],
)
def test_what_is_taken_is_answered_over_the_largest_facts_there_may_be(text: str) -> None:
    assert isinstance(Engine().compile(text)(LARGEST), bool | Unclear)


def test_a_fact_with_too_much_text_in_it_is_unclear() -> None:
    heavy = Facts(
        subject=a_subject(parameters={"l": ["x" * MAX_TEXT] * (MAX_WEIGHT // MAX_TEXT + 1)}),
        tests=some_tests(),
        source="ci",
        now=NOON,
    )

    answer = Engine().compile("request.parameters.l.size() > 1")(heavy)

    assert isinstance(answer, Unclear)
    assert f"texts of at most {MAX_TEXT} characters, {MAX_WEIGHT} together" in answer.why


@pytest.mark.parametrize(
    ("pattern", "size"),
    [
        ("", 1),
        ("abc", 3),
        ("a{3}", 3),
        ("(ab){3}", 9),
        ("((a{3}){3}){2}", 26),
        ("[a-z]{2,}", 7),
        (r"\{a\}", 3),
        ("a)(", 2),
    ],
)
def test_what_is_repeated_is_in_a_pattern_as_often(pattern: str, size: int) -> None:
    assert pattern_size(pattern) == size


@given(st.text(alphabet="ab(){}[]\\,0123456789|*+?", max_size=40))
def test_any_pattern_has_a_size(pattern: str) -> None:
    assert pattern_size(pattern) >= 1
