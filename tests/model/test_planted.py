"""Every planted defect still has its place."""

import ast

import pytest

from tests.model.mutants import MISSED, PAGE, UNKNOWN, draw, read_killer, rows
from tests.model.planted import MUTANTS, ROOT, UNSEEN, Mutant


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.what)
def test_it_can_be_planted_and_changes_what_is_run(mutant: Mutant) -> None:
    path, text = mutant.planted_in(ROOT)

    planted = ast.dump(ast.parse(text))

    assert planted != ast.dump(ast.parse(path.read_text(encoding="utf-8")))


def test_it_is_planted_in_the_one_place_that_is_meant_or_not_at_all() -> None:
    with pytest.raises(ValueError, match="stands there 0 times"):
        Mutant("core/life/quorum", "no such line", "pass", "nothing").planted_in(ROOT)
    with pytest.raises(ValueError, match=r"stands there \d+ times"):
        Mutant("core/life/quorum", "return", "pass", "anything").planted_in(ROOT)


def test_what_found_it_is_the_innermost_place_with_a_name_of_its_own() -> None:
    said = (
        "tests/model/test_x.py:1: in somebody_acts\n    self._try()\ntests/model/test_x.py:9: in _try\n    assert 0\n"
    )

    assert read_killer(1, said) == "`somebody_acts`"
    assert read_killer(1, "".join(f"  | {line}\n" for line in said.splitlines())) == "`somebody_acts`"
    assert read_killer(0, "") == MISSED
    with pytest.raises(RuntimeError):
        read_killer(1, "no such place")


def test_the_page_says_of_every_defect_what_finds_it_or_it_is_listed_with_why_not() -> None:
    page = PAGE.read_text(encoding="utf-8")
    found = rows(page)

    assert draw(found) == page
    assert {mutant.what for mutant in MUTANTS if found[mutant.what] in {MISSED, UNKNOWN}} == set(UNSEEN)
