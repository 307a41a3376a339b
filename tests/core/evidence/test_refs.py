"""What is compared with: a policy says which branches are the base, and nothing else ever is."""

import pytest

from bot.core.evidence.past import RefKind
from bot.core.evidence.refs import BASE_REFS, ref_kind


@pytest.mark.parametrize("ref", ["main", "refs/heads/main", "master", "refs/heads/trunk"])
def test_without_a_word_the_usual_branches_are_the_base(ref: str) -> None:
    assert ref_kind(ref) is RefKind.BASE


@pytest.mark.parametrize(
    "ref",
    [
        None,
        "",
        "develop",
        "Main",
        "main ",
        "mainly",
        "ana/main",
        "origin/main",
        "refs/remotes/origin/main",
        "refs/heads/refs/heads/main",
        "refs/pull/7/merge",
    ],
)
def test_whatever_else_is_named_is_a_branch(ref: str | None) -> None:
    assert ref_kind(ref) is RefKind.BRANCH


@pytest.mark.parametrize("ref", ["refs/tags/v1", "refs/tags/main"])
def test_a_tag_is_never_the_base(ref: str) -> None:
    assert ref_kind(ref, ["*", "main"]) is RefKind.TAG


@pytest.mark.parametrize(
    ("ref", "pattern", "fits"),
    [
        ("release/1.2", "release/*", True),
        ("release/", "release/*", True),
        ("release", "release/*", False),
        ("release/1/hotfix", "release/*", False),
        ("ana/release", "*", False),
        ("v1-stable", "v*-stable", True),
        ("v-stable", "v*-stable", True),
        ("stable", "s*stable", False),
        ("ababa", "a*b*a", True),
        ("abca", "a*d*a", False),
        ("aa", "a*a*a", False),
        ("anything", "**", True),
        ("a/b/c", "*/b/*", True),
        ("main", "m?in", False),
        ("main", "[m]ain", False),
    ],
)
def test_a_star_stands_for_anything_but_a_slash(ref: str, pattern: str, fits: bool) -> None:  # noqa: FBT001 - a table
    assert (ref_kind(ref, [pattern]) is RefKind.BASE) is fits


def test_many_stars_cost_nothing() -> None:
    assert ref_kind("a" * 1000, ["*a" * 200 + "b"]) is RefKind.BRANCH


def test_the_branch_that_work_is_gathered_on_is_no_base_by_itself() -> None:
    assert "develop" not in BASE_REFS
