"""Which ID tokens are a source's, and what is proven by one."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from bot.core.errors import Refusal, Refused
from bot.core.judging.keyless import LONGEST_KEPT, Keyless, filled, is_like, is_of, proven_anew, require_proven
from bot.core.proof import Proof
from tests.factories import a_subject
from tests.fakes.issuer import CLAIMS

MAIN = "refs/heads/main"


def a_keyless(**fields: object) -> Keyless:
    keyless = Keyless(issuer="https://issuer", audience="us", claims={"repository": ("acme/*",)})
    return replace(keyless, **fields)  # pyright: ignore[reportArgumentType] - any field by its name


def proving(claims: Mapping[str, object] = CLAIMS, **fields: object) -> Proof:
    return a_keyless(**fields).prove(claims)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("acme/*", "acme/payments", True),
        ("acme/*", "acme/payments/deep", False),
        ("acme/**", "acme/payments/deep", True),
        ("acme/*", "xacme/payments", False),
        ("**a**a**a**b", "a" * 1000, False),
        ("*/*/*/*b", "a/a/a/aab", True),
        ("a*", "b", False),
        ("acme/pay", "acme/pay\n", False),
        ("acme/pay", "ACME/pay", False),
        ("acme/p.y", "acme/pay", False),
        ("acme/[a-z]+", "acme/pay", False),
        ("refs/heads/release-*", "refs/heads/release-1", True),
        ("refs/heads/release-*", "refs/heads/release-1/x", False),
        ("repo:acme/*:ref:refs/tags/v*", "repo:acme/pay:ref:refs/tags/v1", True),
        ("**", "", True),
        ("*", "", True),
        ("a", "", False),
    ],
)
def test_a_pattern_is_held_against_the_whole_claim(pattern: str, text: str, expected: bool) -> None:  # noqa: FBT001 - a table
    assert is_like(text, pattern) is expected


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ({"repository": ("acme/*",)}, True),
        ({"repository": ("evil/*", "acme/*")}, True),
        ({"repository": ("acme/*",), "ref": (MAIN,)}, True),
        ({"repository": ("acme/*",), "ref": ("refs/heads/dev",)}, False),
        ({"repository": ("acme/*",), "environment": ("**",)}, False),
        ({"run_id": ("77",)}, True),
    ],
)
def test_every_claim_has_to_be_there_and_like_one_of_its_patterns(
    claims: Mapping[str, tuple[str, ...]],
    expected: bool,  # noqa: FBT001 - a table
) -> None:
    assert a_keyless(claims=claims).takes(CLAIMS) is expected


@pytest.mark.parametrize(("value", "text"), [(7, "7"), (True, "true"), ("x", "x")])
def test_numbers_and_truths_are_compared_as_they_are_written(value: object, text: str) -> None:
    assert a_keyless(claims={"n": (text,)}).takes({"n": value})


@pytest.mark.parametrize(
    "value", ["acme/\x00", "acme/\udcff", "acme/x\n", "acme/" + "x" * 1000, None, 1.5, ["acme/x"], {"a": "acme/x"}]
)
def test_what_is_no_text_is_like_nothing(value: object) -> None:
    assert not a_keyless().takes({"repository": value})


def test_a_claim_that_the_policy_binds_has_to_be_there() -> None:
    assert not a_keyless(binds={"service": "project"}).takes(CLAIMS)
    assert not a_keyless(binds={"service": "project"}).takes({**CLAIMS, "project": ""})
    assert a_keyless(binds={"service": "project"}).takes({**CLAIMS, "project": "payments"})


def test_what_is_worth_knowing_is_kept_and_cut() -> None:
    proof = proving({**CLAIMS, "iat": 7, "secret": "x", "workflow": "w" * 500, "actor": ""})

    assert proof.claims["repository"] == "acme/payments"
    assert proof.claims["job_workflow_ref"] == CLAIMS["job_workflow_ref"]
    assert len(proof.claims["workflow"]) == LONGEST_KEPT
    assert not {"iat", "secret", "actor"} & set(proof.claims)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        (CLAIMS, {"repository": "acme/payments", "ref": MAIN, "commit": CLAIMS["sha"]}),
        (
            {"project_path": "acme/a/b", "ref": "main", "ref_path": MAIN, "sha": "abc", "environment": "production"},
            {"repository": "acme/a/b", "ref": MAIN, "commit": "abc", "environment": "production"},
        ),
        (
            {"oidc.circleci.com/vcs-origin": "github.com/acme/payments", "oidc.circleci.com/vcs-ref": MAIN},
            {"repository": "acme/payments", "ref": MAIN},
        ),
        ({"build_commit": "abc", "build_branch": "main"}, {"commit": "abc"}),
        ({"sub": "a job"}, {}),
    ],
)
def test_what_is_bound_is_what_the_ci_claims(claims: Mapping[str, object], expected: Mapping[str, str]) -> None:
    assert proving(claims).bound == expected


def test_a_policy_can_bind_other_fields_or_none() -> None:
    assert proving(binds={}).bound == {}
    assert proving(binds={"service": "workflow"}).bound == {"service": "release"}


def test_where_the_caller_says_nothing_the_claims_do() -> None:
    asked = a_subject(repository=None, ref=None, commit=None)

    said = filled(asked, proving())

    assert (said.repository, said.ref, said.commit) == ("acme/payments", MAIN, CLAIMS["sha"])
    assert said.service == asked.service
    require_proven(said)


def test_without_a_token_nothing_is_filled_in_and_nothing_is_bound() -> None:
    asked = a_subject(repository="anything/at-all")

    assert filled(asked, None) is asked
    require_proven(asked)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("repository", "acme/other"),
        ("repository", "Acme/payments"),
        ("repository", ""),
        ("ref", "refs/heads/dev"),
        ("ref", "refs/tags/main"),
        ("commit", "9fceb02"),
    ],
)
def test_asking_for_something_else_than_is_proven_is_refused(field: str, value: str) -> None:
    asked = filled(replace(a_subject(), **{field: value}), proving())  # pyright: ignore[reportArgumentType] - any field by its name

    with pytest.raises(Refused, match=f"{field} is .* by its ID token") as caught:
        require_proven(asked)

    assert caught.value.code is Refusal.UNPROVEN


def test_a_branch_may_be_asked_for_by_its_short_name_and_a_tag_may_not() -> None:
    require_proven(filled(a_subject(ref="main"), proving()))
    with pytest.raises(Refused):
        require_proven(filled(a_subject(ref="main"), proving({**CLAIMS, "ref": "refs/tags/main"})))


def test_a_job_sees_what_is_about_its_own_repository() -> None:
    assert is_of(a_subject(), proving())
    assert not is_of(a_subject(repository="acme/other"), proving())
    assert is_of(a_subject(repository="acme/other"), proving(binds={}))
    assert is_of(a_subject(repository="acme/other"), None)


def test_what_two_runs_of_a_job_prove_differs_by_the_run_alone() -> None:
    first, second = proving({**CLAIMS, "run_id": "1", "jti": "a"}), proving({**CLAIMS, "run_id": "2", "jti": "b"})

    assert first != second
    assert first.of_any_run() == second.of_any_run()
    assert proving({**CLAIMS, "actor": "bo"}).of_any_run() != first.of_any_run()


def test_a_revision_is_proven_anew_or_not_at_all() -> None:
    before, again = filled(a_subject(), proving()), proving({**CLAIMS, "sha": "abc"})

    assert proven_anew(before, None, frozenset()).proof is None
    assert proven_anew(before, again, frozenset()).commit == "abc"
    kept = proven_anew(before, again, frozenset({"commit"}))
    assert kept.commit == CLAIMS["sha"]
    with pytest.raises(Refused):
        require_proven(kept)


def test_a_branch_that_is_called_like_a_tag_is_no_tag() -> None:
    pushed = proving({**CLAIMS, "ref": "refs/heads/refs/tags/v1"})

    with pytest.raises(Refused):
        require_proven(filled(a_subject(ref="refs/tags/v1"), pushed))
