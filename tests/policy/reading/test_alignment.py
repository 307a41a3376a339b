"""A condition's error points at the right character of the file, however YAML writes the text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.policy import PolicyInvalid, read_policy


@pytest.mark.parametrize(
    ("written", "line", "column"),
    [
        ("tests.fail > 0", 5, 11),
        ("'tests.fail > 0'", 5, 12),
        ('"tests.fail > 0"', 5, 12),
        ("source == 'a' && tests.fail > 0", 5, 28),
        ("'source == ''a'' && tests.fail > 0'", 5, 31),
        (r'"source == \"a\" && tests.fail > 0"', 5, 31),
        (r'"true &&\n  tests.fail > 0"', 5, 23),
        ("true &&\n      tests.fail > 0", 6, 7),
        ("'true &&\n      tests.fail > 0'", 6, 7),
        ("|\n      tests.fail > 0", 6, 7),
        ("|-\n      true &&\n        tests.fail > 0", 7, 9),
        ("|2\n      true &&\n\n      tests.fail > 0", 8, 7),
        (">\n      true &&\n      tests.fail > 0", 7, 7),
        (">-\n      true &&\n\n      false ||\n      tests.fail > 0", 9, 7),
        ("&anchor 'true && tests.fail > 0'", 5, 28),
        ("source == 'äöü' && tests.fail > 0", 5, 30),
    ],
)
def test_the_error_points_at_the_name(written: str, line: int, column: int) -> None:
    text = f"version: 1\nrules:\n  - name: a\n    then: auto_reject\n    when: {written}\n"

    with pytest.raises(PolicyInvalid) as caught:
        read_policy(text.encode(), "policy.yaml")

    assert [(e.position.line, e.position.column) for e in caught.value.errors if e.position] == [(line, column)]


@settings(deadline=None)
@given(padding=st.text(st.sampled_from(" \n"), max_size=8), style=st.sampled_from(["|", "|-", ">", "'", '"', ""]))
def test_whatever_the_spacing_the_error_points_at_the_name(padding: str, style: str) -> None:
    condition = f"true &&{padding} tests.fail > 0".replace("\n", "\n      ")
    quoted = f"{style}\n      {condition}" if style[:1] in {"|", ">"} else f"{style}{condition}{style}"
    text = f"version: 1\nrules:\n  - name: a\n    then: auto_reject\n    when: {quoted}\n"

    with pytest.raises(PolicyInvalid) as caught:
        read_policy(text.encode(), "policy.yaml")

    (position,) = [error.position for error in caught.value.errors]
    assert position is not None
    assert text.split("\n")[position.line - 1][position.column - 1 :].startswith("tests.fail")
