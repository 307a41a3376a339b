"""One condition holds wherever another does: said only when it is so, and said when they have parts in common."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.policy.conditions.engine import Engine
from bot.policy.conditions.implication import holds_wherever, ways_of

ENGINE = Engine()
LABELS = ("a", "b", "c")


def holds(first: str, second: str) -> bool:
    return holds_wherever(ways_of(first, ENGINE.tree), ways_of(second, ENGINE.tree))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("tests.failed == 0", "tests.failed==0"),
        ("tests.failed == 0", "((tests.failed == 0))"),
        ("tests.failed == 0", 'tests.failed == 0 && source == "ci"'),
        ("tests.failed == 0", 'source == "ci" && (source == "cd" && tests.failed\n == 0)'),
        ('tests.failed == 0 && source == "ci"', 'source == "ci" && tests.failed == 0'),
        ('tests.failed == 0 || source == "ci"', "tests.failed == 0"),
        ('tests.failed == 0 || source == "ci"', 'source == "ci" || tests.failed == 0'),
        ('tests.failed == 0 || source == "ci"', 'source == "ci" && tests.failed > 3'),
        ("true", "tests.failed == 0"),
        ("tests.failed == 0 || true", "tests.failed == 1"),
        ("tests.failed == 0", "tests.failed == 0 && true"),
        ("tests.failed == 0", "false"),
        ('"a" in request.labels', '"a"in request.labels'),
    ],
)
def test_parts_in_common_are_found(first: str, second: str) -> None:
    assert holds(first, second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("tests.failed == 0", "tests.failed == 1"),
        ('source == "a b"', 'source == "ab"'),
        ('source == "a"', "source == 'a' && true"),  # the same, written otherwise: it is not claimed
        ('tests.failed == 0 && source == "ci"', "tests.failed == 0"),
        ("tests.failed == 0", 'tests.failed == 0 || source == "ci"'),
        ("!(tests.failed == 0)", "tests.failed == 0"),
        ('source == "a && b"', 'source == "a" && source == "b"'),
        ('(source == "a" || source == "b") && tests.failed == 0', 'source == "a"'),
        ("false", "tests.failed == 0"),
        ("tests.failed > 0", "tests.failed > 5"),  # true, but arithmetic is not looked at
    ],
)
def test_nothing_is_claimed_that_the_texts_do_not_tell(first: str, second: str) -> None:
    assert not holds(first, second)


_ATOMS = st.sampled_from([*(f'"{label}" in request.labels' for label in LABELS), "true", "false"])
_CONDITIONS = st.recursive(
    _ATOMS,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda each: f"({each[0]}) {each[1]} ({each[2]})")
        | st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(" ".join)
        | inner.map(lambda each: f"!({each})")
    ),
    max_leaves=6,
)


def value(text: str, labels: tuple[str, ...]) -> bool:
    """Work the condition out by Python's own rules, in which && binds more tightly than ||, too."""
    for label in LABELS:
        text = text.replace(f'"{label}" in request.labels', str(label in labels))
    plain = text.replace("true", "True").replace("false", "False").replace("!", " not ")
    return bool(eval(plain.replace("&&", " and ").replace("||", " or ").strip()))  # noqa: S307 - drawn above


@given(first=_CONDITIONS, second=_CONDITIONS)
def test_what_is_claimed_is_so(first: str, second: str) -> None:
    worlds = [
        tuple(label for label, there in zip(LABELS, seen, strict=True) if there) for seen in product([0, 1], repeat=3)
    ]

    if holds(first, second):
        assert all(value(first, labels) for labels in worlds if value(second, labels)), (first, second)
