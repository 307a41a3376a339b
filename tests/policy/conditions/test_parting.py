"""What made a condition come out as it did: its parts, whole, and never another answer than the condition's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.judging.facts import Facts
from bot.policy.conditions.engine import Engine
from tests.factories import NOON, a_subject, some_tests

FACTS = Facts(subject=a_subject(labels=("hotfix",)), tests=some_tests(failed=2), source="ci", now=NOON)


def why(text: str) -> str:
    engine = Engine()
    engine.compile(text)
    return engine.why(text)(FACTS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tests.failed == 0", "tests.failed == 0 is false"),
        ("tests.failed == 2", ""),
        ('source == "ci" && tests.failed == 0', "tests.failed == 0 is false"),
        (
            'source == "cd" && tests.failed == 2 && tests.failed == 0',
            'source == "cd", tests.failed == 0 are false',
        ),
        ('source == "ci" && tests.failed == 2', ""),
        ('source == "cd" || tests.failed == 2', "tests.failed == 2 holds"),
        ('source == "ci" || tests.failed == 2', 'source == "ci", tests.failed == 2 hold'),
        ('source == "cd" || tests.failed == 0', 'source == "cd", tests.failed == 0 are false'),
        (
            '(source == "cd" || tests.failed == 0) && tests.failed == 2',
            '(source == "cd" || tests.failed == 0) is false',
        ),
        ('(source == "cd" && tests.failed == 0)', '(source == "cd" && tests.failed == 0) is false'),
        ('source == "a && b" && tests.failed == 2', 'source == "a && b" is false'),
        ('tests.failed ==\n   0 && "x" in request.labels', 'tests.failed == 0, "x" in request.labels are false'),
        ("tests.failed == 2 ? tests.total == 0 : true", "tests.failed == 2 ? tests.total == 0 : true is false"),
        ("request.parameters.no == 1 && tests.failed == 0", "tests.failed == 0 is false"),
        ("request.parameters.no == 1", ""),
    ],
)
def test_the_parts_that_decided_are_named(text: str, said: str) -> None:
    assert why(text) == said


def test_many_parts_and_long_ones_are_cut() -> None:
    assert why(" && ".join(f"tests.failed == {n}" for n in range(10, 18))) == (
        "tests.failed == 10, tests.failed == 11, tests.failed == 12, tests.failed == 13, tests.failed == 14, "
        "3 more are false"
    )
    assert why(f'request.title == "{"x" * 300}"').endswith("… is false")


LEAVES = st.sampled_from(["tests.failed == 2", "tests.failed == 0", "request.parameters.no == 1", 'source == "a||b"'])
CONDITIONS = st.recursive(
    LEAVES,
    lambda inner: st.tuples(inner, st.sampled_from(["&&", "||"]), inner, st.booleans()).map(
        lambda drawn: f"({drawn[0]} {drawn[1]} {drawn[2]})" if drawn[3] else f"{drawn[0]} {drawn[1]} {drawn[2]}"
    ),
    max_leaves=8,
)


@given(CONDITIONS)
def test_something_is_named_false_exactly_when_that_explains_the_answer(text: str) -> None:
    engine = Engine()
    answer = engine.compile(text)(FACTS)
    said = engine.why(text)(FACTS)

    if answer is False:
        assert said.endswith((" is false", " are false"))
    elif answer is True:
        assert not said.endswith((" is false", " are false"))
