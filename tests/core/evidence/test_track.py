"""What is kept of a test: the newest runs, the newest on the base ref, and since when it is bad."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.evidence.past import Past, RefKind, Sighting
from bot.core.evidence.runs import Came, pack_signature
from bot.core.evidence.signs import UNSIGNED, Flake, Signs, is_of_before, pack_signs, read_signs
from bot.core.evidence.track import KEPT, UNSEEN, Mark, Ran, Track, after, commits_of, past_of, runs_of

BASE, BRANCH, TAG = RefKind
PASSED, RETRIED, FAILED = Came
COMMITS = {number: f"c{number}" for number in range(100)}
A, B, C = 1, 2, 3

Step = tuple[RefKind, int, int | None, Came]


def told(*steps: Step, track: Track = UNSEEN) -> Track:
    """Let runs come in: ref kind, minute, commit, and what came of the test."""
    for kind, minute, commit, came in steps:
        track = after(track, Ran(kind, Mark(minute * 60, commit)), came)
    return track


def past(*steps: Step) -> Past:
    return past_of(told(*steps), COMMITS)


def at(minute: int, commit: str | None, *, failed: bool = True) -> Sighting:
    return Sighting(failed=failed, commit=commit, at=datetime.fromtimestamp(minute * 60, UTC))


def test_nothing_is_known_of_a_test_that_never_ran() -> None:
    assert past() == Past()


def test_runs_and_failures_of_every_ref_kind_count() -> None:
    track = told((BASE, 1, A, PASSED), (BRANCH, 2, B, FAILED), (TAG, 3, C, FAILED), (BRANCH, 4, C, RETRIED))
    found = past_of(track, COMMITS)

    assert (found.runs, found.failures) == (4, 2)
    assert runs_of(track) == {BASE: (1, 0), BRANCH: (2, 1), TAG: (1, 1)}


def test_only_the_newest_runs_are_kept() -> None:
    steps: list[Step] = [(BASE, minute, None, FAILED if minute < 10 else PASSED) for minute in range(KEPT + 5)]

    assert (past(*steps).runs, past(*steps).failures) == (KEPT, 5)


def test_the_base_is_the_newest_run_on_the_base_ref() -> None:
    assert past((BASE, 1, A, FAILED), (BASE, 2, B, PASSED)).base == at(2, "c2", failed=False)
    assert past((BASE, 1, A, PASSED), (BASE, 2, B, FAILED)).base == at(2, "c2")
    assert past((BASE, 1, A, PASSED), (BRANCH, 2, B, FAILED)).base == at(1, "c1", failed=False)


def test_a_test_that_passed_when_it_was_run_again_has_passed_and_is_mixed() -> None:
    found = past((BASE, 1, A, RETRIED))

    assert (found.base, found.mixed) == (at(1, "c1", failed=False), True)
    assert (found.failures, found.first_bad, found.last_failed) == (0, None, None)


@pytest.mark.parametrize(
    ("steps", "is_mixed"),
    [
        (((BASE, 1, A, PASSED), (BASE, 2, A, FAILED)), True),
        (((BASE, 1, A, FAILED), (BASE, 2, A, PASSED)), True),
        (((BASE, 1, A, FAILED), (BRANCH, 2, B, FAILED), (BASE, 3, A, PASSED)), True),
        (((BASE, 1, A, FAILED), (BASE, 2, B, FAILED), (BASE, 3, C, FAILED), (BASE, 4, A, PASSED)), False),  # forgotten
        (((BASE, 3, A, FAILED), (BASE, 4, B, FAILED), (BASE, 2, A, PASSED)), True),  # late
        (((BRANCH, 1, A, PASSED), (BASE, 2, A, FAILED)), False),
        (((BASE, 1, A, PASSED), (BRANCH, 2, A, FAILED)), False),
        (((BRANCH, 1, A, FAILED), (BRANCH, 2, A, PASSED)), False),
        (((BRANCH, 1, A, RETRIED),), False),
        (((BASE, 1, None, RETRIED),), False),
        (((BASE, 1, A, PASSED), (BRANCH, 2, B, FAILED), (BASE, 3, A, FAILED)), True),
        (((BASE, 1, A, PASSED), (BASE, 2, B, FAILED)), False),
        (((BASE, 1, A, PASSED), (BASE, 2, A, PASSED)), False),
        (((BASE, 1, None, PASSED), (BASE, 2, None, FAILED), (BASE, 3, None, PASSED)), False),
    ],
)
def test_mixed_is_who_passed_and_failed_at_one_commit_of_the_base_ref(steps: tuple[Step, ...], is_mixed: bool) -> None:  # noqa: FBT001 - a case's
    assert past(*steps).mixed is is_mixed


def test_mixed_is_forgotten_with_its_run() -> None:
    mixed: list[Step] = [(BASE, 1, A, RETRIED)]
    later: list[Step] = [(BASE, 2 + number, B, PASSED) for number in range(KEPT)]

    assert past(*mixed, *later[:-1]).mixed
    assert not past(*mixed, *later).mixed


def test_the_first_bad_is_the_oldest_failure_since_the_base_was_green() -> None:
    green, bad, worse = (BASE, 1, A, PASSED), (BRANCH, 2, B, FAILED), (BASE, 3, C, FAILED)

    found = past(green, bad, worse)

    assert (found.first_bad, found.last_failed) == (at(2, "c2"), at(3, "c3"))


def test_a_green_base_ends_what_was_bad_and_a_green_branch_does_not() -> None:
    assert past((BASE, 1, A, FAILED), (BASE, 2, B, PASSED)).first_bad is None
    assert past((BASE, 1, A, FAILED), (BASE, 2, B, PASSED)).last_failed == at(1, "c1")
    assert past((BASE, 1, A, FAILED), (BRANCH, 2, B, PASSED)).first_bad == at(1, "c1")


def test_a_late_failure_overrules_nothing_newer() -> None:
    found = past((BASE, 5, B, PASSED), (BASE, 2, A, FAILED))

    assert (found.base, found.first_bad, found.last_failed) == (at(5, "c2", failed=False), None, at(2, "c1"))
    assert past((BASE, 5, B, FAILED), (BASE, 2, A, FAILED)).first_bad == at(2, "c1")
    assert past((BASE, 5, B, FAILED), (BASE, 2, A, FAILED)).last_failed == at(5, "c2")


def test_a_late_pass_ends_only_what_was_bad_before_it() -> None:
    assert past((BASE, 5, B, FAILED), (BASE, 2, A, PASSED)).first_bad == at(5, "c2")
    assert past((BASE, 1, A, FAILED), (BASE, 5, B, FAILED), (BASE, 2, C, PASSED)).first_bad == at(5, "c2")
    assert past((BASE, 5, B, PASSED), (BASE, 2, A, PASSED)).base == at(5, "c2", failed=False)
    assert told((BASE, 5, B, PASSED), (BASE, 2, A, PASSED)).green_at == 300


def test_a_late_run_counts_while_there_is_room() -> None:
    many: list[Step] = [(BASE, 10 + number, B, PASSED) for number in range(KEPT - 1)]

    assert past(*many, (BASE, 1, A, FAILED)).failures == 1
    assert past(*many, (BASE, 99, B, PASSED), (BASE, 1, A, FAILED)).failures == 0


def test_a_commit_whose_name_is_forgotten_was_not_said() -> None:
    track = told((BASE, 1, A, FAILED), (BRANCH, 2, None, FAILED))

    assert commits_of(track) == (A, A)
    assert commits_of(told((BASE, 1, A, PASSED), (BASE, 2, B, PASSED))) == (B, A)
    assert past_of(track, {}).base == at(1, None)


def test_what_is_asked_for_is_no_base_to_compare_it_with() -> None:
    track = told((BASE, 1, A, PASSED), (BASE, 2, B, FAILED), (BASE, 3, B, FAILED))

    assert past_of(track, COMMITS, "c2").base == at(1, "c1", failed=False)
    assert past_of(track, COMMITS, "c1").base == past_of(track, COMMITS).base == at(3, "c2")
    assert past_of(told((BASE, 2, B, FAILED)), COMMITS, "c2").base is None
    assert past_of(told((BASE, 1, A, FAILED), (BASE, 2, B, FAILED)), COMMITS, "c2").base == at(1, "c1")
    assert past_of(told((BASE, 2, None, FAILED)), COMMITS, "c2").base == at(2, None)


def test_a_late_run_on_the_base_is_the_earlier_one_if_it_is_the_newest_of_another_commit() -> None:
    late = told((BASE, 5, B, FAILED), (BASE, 2, A, PASSED), (BASE, 1, C, FAILED), (BASE, 4, B, FAILED))

    assert past_of(late, COMMITS, "c2").base == at(2, "c1", failed=False)
    assert past_of(late, COMMITS).base == at(5, "c2")


def test_only_turns_on_the_base_ref_count() -> None:
    assert past((BASE, 1, A, PASSED), (BASE, 2, B, FAILED), (BASE, 3, C, FAILED), (BASE, 4, A, PASSED)).turns == 2
    assert past((BASE, 1, A, PASSED), (BRANCH, 2, B, FAILED), (BASE, 3, C, PASSED)).turns == 0


SIGNATURES = [f"s1:{number:016x}" for number in range(9)]


Signed = tuple[RefKind, int | None, Came, int]


def signed(*steps: Signed) -> Track:
    """Let runs come in, a minute each: ref kind, commit, what came of the test, and the number of its signature."""
    track = UNSEEN
    for minute, (kind, commit, came, number) in enumerate(steps):
        sign = b"" if came is PASSED else pack_signature(SIGNATURES[number])
        track = after(track, Ran(kind, Mark(minute * 60, commit)), came, sign)
    return track


def alike(track: Track, asked: str | None = "c9") -> set[int]:
    """Return the numbers of the signatures that excuse a failure of *asked*."""
    return {SIGNATURES.index(signature) for signature in past_of(track, COMMITS, asked).signatures}


@pytest.mark.parametrize(
    ("steps", "numbers"),
    [
        (((BASE, A, PASSED, 0), (BASE, A, FAILED, 1)), {1}),
        (((BASE, A, FAILED, 1), (BASE, A, PASSED, 0)), {1}),
        (((BASE, A, FAILED, 1), (BASE, B, FAILED, 2), (BASE, A, PASSED, 0)), {1}),
        (((BASE, A, PASSED, 0), (BASE, A, FAILED, 1), (BASE, A, FAILED, 2)), {1, 2}),
        (((BASE, A, RETRIED, 1),), {1}),
        (((BASE, A, FAILED, 1), (BASE, A, RETRIED, 2)), {1, 2}),
        (((BASE, A, RETRIED, 1), (BASE, B, FAILED, 2)), {1}),
        (((BASE, A, RETRIED, 1), (BRANCH, A, FAILED, 2), (BRANCH, B, FAILED, 3)), {1}),
        (((BRANCH, A, PASSED, 0), (BASE, A, FAILED, 1)), set[int]()),
        (((BASE, A, PASSED, 0), (BRANCH, A, FAILED, 1)), set[int]()),
        (((BRANCH, A, RETRIED, 1), (TAG, A, RETRIED, 2)), set[int]()),
        (((BASE, None, RETRIED, 1), (BASE, None, PASSED, 1), (BASE, None, FAILED, 1)), set[int]()),
        (((BASE, A, FAILED, 1), (BASE, B, PASSED, 0)), set[int]()),
    ],
)
def test_a_signature_is_a_flakes_where_the_test_passed_too_at_that_commit_of_the_base_ref(
    steps: tuple[Signed, ...], numbers: set[int]
) -> None:
    assert alike(signed(*steps)) == numbers


def test_a_few_of_the_newest_flakes_are_kept_each_once() -> None:
    many = signed(*((BASE, number, RETRIED, number) for number in (1, 2, 1, 3, 4, 5)))

    assert alike(many) == {1, 3, 4, 5}
    assert alike(signed(*[(BASE, A, RETRIED, 1)] * 9, (BASE, B, RETRIED, 2))) == {1, 2}


@pytest.mark.parametrize("asked", ["c1", "C1"])
def test_runs_of_what_is_asked_for_show_no_flake(asked: str) -> None:
    twice = signed((BASE, A, PASSED, 0), (BASE, A, FAILED, 1), (BASE, A, RETRIED, 2))

    assert (alike(twice, asked), past_of(twice, COMMITS, asked).mixed) == (set(), False)
    assert (alike(twice, "c9"), past_of(twice, COMMITS, "c9").mixed) == ({1, 2}, True)
    assert past_of(twice, {}, "c9").signatures == frozenset()  # who knows whether it was that commit
    assert A in commits_of(told((BASE, 9, B, PASSED), (BASE, 10, C, PASSED), track=twice))


def test_a_flake_is_forgotten_with_the_last_run_on_the_base_ref_that_was_not_fine() -> None:
    fine: list[Step] = [(BASE, 9 + number, B, PASSED) for number in range(KEPT)]
    flake = signed((BASE, A, RETRIED, 1))

    assert alike(told(*fine[:-1], track=flake)) == {1}
    assert alike(told(*fine[:-1], (BRANCH, 99, B, FAILED), track=flake)) == set()


def test_the_base_is_known_by_the_signature_of_its_newest_run() -> None:
    track = signed((BASE, A, FAILED, 1), (BASE, B, FAILED, 2), (BRANCH, C, FAILED, 3), (BASE, B, FAILED, 4))

    assert past_of(track, COMMITS, "c9").base_signature == SIGNATURES[4]
    assert past_of(track, COMMITS, "c2").base_signature == SIGNATURES[1]
    assert past_of(told((BASE, 9, C, PASSED), track=track), COMMITS, "c9").base_signature is None
    assert past_of(told((BASE, 9, C, FAILED), track=track), COMMITS, "c9").base_signature is None
    late = after(track, Ran(BASE, Mark(59, C)), FAILED, pack_signature(SIGNATURES[5]))
    assert past_of(late, COMMITS, "c2").base_signature == SIGNATURES[5]


def test_a_green_run_of_what_is_asked_for_is_the_base_whatever_failed_before_and_after_it() -> None:
    red, green, again = (BASE, 1, A, FAILED), (BASE, 2, C, PASSED), (BASE, 3, C, FAILED)

    assert past_of(told(red, green), COMMITS, "c3").base == at(2, "c3", failed=False)
    assert past_of(told(red, green, again), COMMITS, "c3").base == at(2, "c3", failed=False)
    assert past_of(told(green, again), COMMITS, "c3").base == at(2, "c3", failed=False)
    assert past_of(told((BASE, 0, B, PASSED), red, again), COMMITS, "c3").base == at(1, "c1")


@pytest.mark.parametrize("spelt", ["abcdef1", "ABCDEF1", "abcdef1" + "0" * 33, "ABCDEF1" + "0" * 33])
def test_however_a_commit_is_spelt_it_is_no_base_of_its_own(spelt: str) -> None:
    names = {A: "1234567", B: "abcdef1" + "0" * 33}

    assert past_of(told((BASE, 1, A, PASSED), (BASE, 2, B, FAILED)), names, spelt).base == at(1, names[A], failed=False)


SIGNS = [
    UNSIGNED,
    Signs(base=pack_signature(SIGNATURES[1])),
    Signs(earlier=pack_signature(SIGNATURES[2]), flakes=(Flake(pack_signature(SIGNATURES[3]), 2**40), Flake(b"", 1))),
]


@pytest.mark.parametrize("signs", SIGNS)
def test_signatures_come_back_as_they_were_stored(signs: Signs) -> None:
    assert (read_signs(pack_signs(signs)), is_of_before(pack_signs(signs))) == (signs, False)


@pytest.mark.parametrize("count", range(5))
def test_signatures_of_before_excuse_nothing(count: int) -> None:
    packed = pack_signature(SIGNATURES[1]) * count

    assert (read_signs(packed), is_of_before(packed)) == (UNSIGNED, True)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(RefKind), st.integers(0, 30), st.sampled_from([None, A, B, C]), st.sampled_from(Came)
        ),
        max_size=20,
    )
)
def test_whatever_comes_in_whichever_order_the_newest_counts(steps: list[Step]) -> None:
    found = past(*steps)
    failures = [minute for _, minute, _, came in steps if came is FAILED]
    based = [minute for kind, minute, _, _ in steps if kind is BASE]
    greens = [minute for kind, minute, _, came in steps if kind is BASE and came is not FAILED]

    assert (found.runs, found.failures) == (len(steps), len(failures))
    assert (None if found.base is None else found.base.at.timestamp() / 60) == max(based, default=None)
    assert (None if found.last_failed is None else found.last_failed.at.timestamp() / 60) == max(failures, default=None)
    bad = None if found.first_bad is None else found.first_bad.at.timestamp() / 60
    since = [minute for minute in failures if minute > max(greens, default=-1)]
    # A failure that came in before an older green may be forgotten, but never all of them; none from before counts.
    assert (bad is None) == (not since) or bad in {max(greens), *since}
    assert bad is None or bad in failures
