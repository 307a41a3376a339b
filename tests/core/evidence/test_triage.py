"""What a failure means: in doubt more, never less."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.evidence import Failure, TestEvidence, Triage
from bot.core.evidence.past import Past, Scope, Sighting, nothing_known
from bot.core.evidence.signature import signature_of
from bot.core.evidence.triage import MANY_TURNS, Measure, Terms, triage, triaged

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
HERE, BEFORE = "b" * 40, "a" * 40
TERMS = Terms(commit=HERE, measure=Measure(flaky_percent=10, flaky_runs=20))
SIGNATURE = "s1:0000000000000001"
FAILURE = Failure(id="t", message="boom", signature=SIGNATURE)
ALIKE = frozenset({SIGNATURE, "s1:0000000000000002"})
OTHER = frozenset({"s1:0000000000000002"})


def _seen(*, failed: bool, commit: str | None = BEFORE) -> Sighting:
    return Sighting(failed=failed, commit=commit, at=AT)


GREEN, RED = _seen(failed=False), _seen(failed=True)
OFTEN = Past(runs=20, failures=2, turns=MANY_TURNS, signatures=ALIKE)


@pytest.mark.parametrize(
    ("past", "means"),
    [
        (Past(), Triage.UNKNOWN),
        (Past(runs=9, failures=9), Triage.UNKNOWN),
        (Past(runs=1, base=GREEN), Triage.NEW),
        (Past(runs=2, failures=1, base=GREEN, signatures=ALIKE), Triage.NEW),
        (Past(runs=1, failures=1, base=RED, base_signature=SIGNATURE), Triage.KNOWN),
        (Past(runs=1, failures=1, base=RED, base_signature=SIGNATURE, signatures=OTHER), Triage.KNOWN),
        (Past(runs=1, failures=1, base=RED, base_signature="s1:0000000000000002", signatures=ALIKE), Triage.NEW),
        (Past(runs=1, failures=1, base=RED), Triage.NEW),
        (Past(runs=2, failures=1, mixed=True, signatures=ALIKE), Triage.FLAKY),
        (Past(runs=2, failures=1, mixed=True, base=GREEN, signatures=ALIKE), Triage.FLAKY),
        (Past(runs=2, failures=1, mixed=True, base=RED, signatures=ALIKE), Triage.FLAKY),
        (OFTEN, Triage.FLAKY),
        (replace(OFTEN, base=GREEN), Triage.FLAKY),
        (replace(OFTEN, base=RED), Triage.FLAKY),
    ],
)
def test_what_a_failure_means(past: Past, means: Triage) -> None:
    assert triage(FAILURE, past, TERMS) is means


@pytest.mark.parametrize("signatures", [frozenset[str](), OTHER], ids=["none is kept", "others"])
@pytest.mark.parametrize("past", [Past(runs=2, failures=1, mixed=True), OFTEN], ids=["mixed", "often"])
@pytest.mark.parametrize(
    ("base", "means"), [(GREEN, Triage.NEW), (RED, Triage.KNOWN), (None, Triage.UNKNOWN)], ids=["green", "red", "none"]
)
def test_a_flaky_test_that_fails_in_another_way_is_not_excused(
    signatures: frozenset[str], past: Past, base: Sighting | None, means: Triage
) -> None:
    past = replace(past, base=base, base_signature=SIGNATURE, signatures=signatures)

    assert triage(FAILURE, past, TERMS) is means


def test_a_failure_that_says_nothing_is_like_no_other() -> None:
    silent = replace(FAILURE, signature=None)

    assert triage(silent, Past(runs=1, failures=1, base=RED), TERMS) is Triage.NEW
    assert triage(silent, Past(runs=2, failures=1, mixed=True, base=GREEN, signatures=ALIKE), TERMS) is Triage.NEW


@pytest.mark.parametrize(
    "past",
    [
        replace(OFTEN, turns=MANY_TURNS - 1),
        replace(OFTEN, turns=0, runs=40, failures=39),
        replace(OFTEN, runs=19, failures=18),
        replace(OFTEN, failures=1),
    ],
    ids=["broke once and was repaired", "failed again and again on a branch", "too few runs", "seldom"],
)
def test_a_new_failure_is_not_taken_for_a_flaky_one(past: Past) -> None:
    assert triage(FAILURE, replace(past, base=GREEN), TERMS) is Triage.NEW


def test_from_when_on_a_test_is_flaky_is_the_policys_to_say() -> None:
    past = replace(OFTEN, base=GREEN)

    assert triage(FAILURE, past, replace(TERMS, measure=Measure(flaky_percent=11))) is Triage.NEW
    assert triage(FAILURE, past, replace(TERMS, measure=Measure(flaky_runs=21))) is Triage.NEW


@pytest.mark.parametrize(
    ("there", "here"),
    [
        (HERE, HERE),
        (HERE, HERE[:7]),
        (HERE[:7], HERE),
        (HERE, HERE.upper()),
        (HERE.upper(), HERE[:12]),
        (None, HERE),
        (BEFORE, None),
        (None, None),
    ],
    ids=["the same", "short", "short there", "upper case", "short and upper case", "?", "? here", "??"],
)
def test_a_failure_does_not_excuse_itself(there: str | None, here: str | None) -> None:
    past = Past(runs=1, failures=1, base=_seen(failed=True, commit=there), base_signature=SIGNATURE)

    assert triage(FAILURE, past, replace(TERMS, commit=here)) is Triage.UNKNOWN


def test_too_little_of_a_commit_is_another() -> None:
    past = Past(runs=1, failures=1, base=_seen(failed=True, commit=HERE), base_signature=SIGNATURE)

    assert triage(FAILURE, past, replace(TERMS, commit=HERE[:6])) is Triage.KNOWN


def test_who_does_not_say_for_which_commit_finds_no_flake() -> None:
    past = Past(runs=2, failures=1, mixed=True, base=GREEN, signatures=ALIKE)

    assert triage(FAILURE, past, replace(TERMS, commit=None)) is Triage.NEW


_SIGHTINGS = st.builds(Sighting, failed=st.booleans(), commit=st.sampled_from([None, HERE, BEFORE]), at=st.just(AT))
_PASTS = st.builds(
    Past,
    runs=st.integers(0, 60),
    failures=st.integers(0, 60),
    mixed=st.booleans(),
    base=st.none() | _SIGHTINGS,
    base_signature=st.sampled_from([None, SIGNATURE, "s1:0000000000000002"]),
    turns=st.integers(0, 9),
    signatures=st.sampled_from([frozenset[str](), OTHER, ALIKE]),
)
_WEIGHT = {Triage.NEW: 2, Triage.UNKNOWN: 2, Triage.KNOWN: 1, Triage.FLAKY: 1}


@given(_PASTS)
def test_nothing_is_excused_without_a_failure_before_it(past: Past) -> None:
    found = triage(FAILURE, past, TERMS)

    assert found is not Triage.WAIVED
    if _WEIGHT[found] == 1:
        is_red = past.base is not None and past.base.failed and past.base.commit == BEFORE
        assert past.signatures == ALIKE or (is_red and past.base_signature == SIGNATURE)


@given(_PASTS, st.integers(1, 30))
def test_failing_again_on_a_branch_never_makes_it_lighter(past: Past, times: int) -> None:
    again = replace(past, runs=past.runs + times, failures=past.failures + times, signatures=ALIKE)
    before = replace(past, signatures=ALIKE, turns=min(past.turns, MANY_TURNS - 1))

    assert triage(FAILURE, replace(again, turns=before.turns), TERMS) is triage(FAILURE, before, TERMS)


@given(_PASTS)
def test_green_on_the_base_ref_is_new_or_flaky_and_nothing_else(past: Past) -> None:
    assert triage(FAILURE, replace(past, base=GREEN), TERMS) in {Triage.NEW, Triage.FLAKY}


def test_all_failures_are_counted_and_the_most_telling_come_first() -> None:
    named = ("flaky", "known", "never seen", "new", "new too")
    tests = TestEvidence(total=9, failed=7, failures=tuple(Failure(id=name, message="boom") for name in named))
    signature = signature_of("boom", "")
    assert signature is not None
    pasts = {
        "flaky": Past(runs=2, failures=1, mixed=True, signatures=frozenset({signature})),
        "known": Past(runs=1, failures=1, base=RED, base_signature=signature, first_bad=RED, last_failed=RED),
        "new": Past(runs=1, base=GREEN),
        "new too": Past(runs=1, base=GREEN),
    }

    found = triaged(tests, pasts, TERMS)

    assert [failure.id for failure in found.failures] == ["new", "new too", "never seen", "known", "flaky"]
    assert (found.new, found.known, found.flaky, found.waived, found.unknown) == (2, 1, 1, 0, 3)
    assert found.failures[3].first_bad == found.failures[3].last_failed == RED
    assert {failure.signature for failure in found.failures} == {signature}
    assert (found.total, found.failed) == (9, 7)


def test_what_is_kept_of_all_failures_is_their_counts() -> None:
    tests = TestEvidence(total=9, failed=9, new=3, known=2, flaky=1, failures=(Failure(id="a"),) * 9)

    assert (tests.headline().new, tests.headline().unknown, len(tests.headline().failures)) == (3, 3, 5)


def test_a_source_that_counts_fewer_than_it_names_has_no_fewer_than_no_unknown_ones() -> None:
    assert TestEvidence(failed=1, new=2).unknown == 0


async def test_without_a_history_nothing_is_known() -> None:
    assert await nothing_known(Scope(source="ci", repository=None, environment=None, commit=None), ["t"]) == {}
