"""What changed between two revisions, in numbers and in words."""

from dataclasses import replace

import pytest

from bot.core.evidence import Content, Failure, TestEvidence, difference, marks
from bot.core.evidence.difference import MARKED, NAMED


def content(*failed: str, total: int = 9, named: bool = True, **fields: object) -> Content:
    """A commit whose tests *failed*; ``id:why`` says why."""
    failures = [Failure(id=one.partition(":")[0], message=one.partition(":")[2]) for one in failed]
    tests = TestEvidence(
        total=total, passed=total - len(failed), failed=len(failed), failures=tuple(failures) if named else ()
    )
    whole = Content(commit="9fceb02d0ae5", ref="refs/heads/main", parameters={}, tests=tests)
    return replace(whole, **fields)  # pyright: ignore[reportArgumentType] - any field by its name


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        (content("a"), content("a", "b", commit="a12b3c4d5e6f"), "+1 failure, commit 9fceb02… → a12b3c4…"),
        (content("a", "b", "c"), content("c", "d"), "+1 failure, -2 failures"),
        (content("a:500"), content("a:404"), "1 failure for another reason"),
        (content(), content(ref="refs/heads/next"), "ref refs/heads/main → refs/heads/next"),
        (content(commit=None), content(), "commit none → 9fceb02…"),
        (content(commit="9fceb0200"), content(commit="9fceb0201"), "commit 9fceb0200 → 9fceb0201"),
        (content(commit="v1"), content(commit="v2"), "commit v1 → v2"),
        (content("a", named=False), content("a", "b", "c", named=False), "1 → 3 failures"),
        (content("a"), content("a", "b", named=False), "1 → 2 failures"),
        (content(), content(total=12), "9 → 12 tests"),
        (content(), content(), "what its tests counted"),
        (content(ref="refs/heads/main"), content(ref=None), "ref refs/heads/main → none"),
    ],
)
def test_it_is_said_in_a_few_words(before: Content, after: Content, words: str) -> None:
    assert str(difference(before, after, 1)) == words


def test_it_says_when_the_results_are_no_longer_whole_or_are_again() -> None:
    whole = content()
    cut = replace(whole, tests=replace(whole.tests, incomplete=("cut off",)))

    assert str(difference(whole, cut, 1)) == "the results are not complete now"
    assert str(difference(cut, whole, 1)) == "the results are complete now"


def test_of_many_only_some_are_named_and_all_are_counted() -> None:
    found = difference(content(), content(*(f"t{n}" for n in range(9)), total=9), 3)

    assert (found.since, len(found.begun), found.begun_count, found.failed) == (3, NAMED, 9, (0, 9))


def test_the_same_test_in_two_reports_is_one() -> None:
    found = difference(content("a:x", "a:x"), content("a:x", "a:x", "b"), 1)

    assert (found.begun, found.other) == (("b",), ())


def test_parameters_are_told_apart_by_their_marks() -> None:
    before = content(parameters=marks({"version": "1.42.0", "weights": [1, {"b": 2, "a": 1}], "gone": 1}))
    after = content(parameters=marks({"version": "1.42.1", "weights": [1, {"a": 1, "b": 2}], "come": 1}))

    assert str(difference(before, after, 1)) == "parameters changed: come, gone, version"


def test_of_many_parameters_the_rest_has_one_mark() -> None:
    names = {f"p{n:03}": n for n in range(MARKED + 50)}
    before, after = content(parameters=marks(names)), content(parameters=marks(names | {"p149": "x"}))
    others = content(parameters=marks({name: f"{value}!" for name, value in names.items()}))

    assert len(before.parameters) == MARKED + 1
    assert str(difference(before, after, 1)) == "parameters changed: …"
    assert str(difference(before, others, 1)).endswith("p004 and 96 more")
