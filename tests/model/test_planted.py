"""Every planted defect still has its place."""

import ast

import pytest

from tests.model.mutants import MISSED, read_killer
from tests.model.planted import MUTANTS, ROOT, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_it_can_be_planted_and_changes_what_is_run(mutant: Mutant) -> None:
    path, text = mutant.planted_in(ROOT)

    planted = ast.dump(ast.parse(text))

    assert planted != ast.dump(ast.parse(path.read_text(encoding="utf-8")))


def test_what_found_it_is_the_innermost_place_with_a_name_of_its_own() -> None:
    said = (
        "tests/model/test_x.py:1: in somebody_acts\n    self._try()\ntests/model/test_x.py:9: in _try\n    assert 0\n"
    )

    assert read_killer(1, said) == "`somebody_acts`"
    assert read_killer(0, "") == MISSED
    with pytest.raises(RuntimeError):
        read_killer(1, "no such place")
