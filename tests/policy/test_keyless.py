"""Sources without a secret in the policy file: what is read, and the ones that would let in anybody."""

from datetime import timedelta
from textwrap import dedent, indent

import pytest

from bot.core.judging.keyless import Keyless
from bot.policy import PolicyInvalid, read_policy

GITHUB = "https://token.actions.githubusercontent.com"


def read(oidc: str, more: str = "") -> Keyless | None:
    text = f"version: 1\nsources:\n  ci:\n    oidc: {oidc}\n{indent(dedent(more), '  ')}"
    return read_policy(text.encode(), "policy.yaml").policy.sources["ci"].keyless


def complaint(oidc: str, more: str = "") -> str:
    with pytest.raises(PolicyInvalid) as caught:
        read(oidc, more)
    lines = str(caught.value).splitlines()
    assert len(lines) == 1, lines
    return lines[0]


def claiming(claims: str, issuer: str = GITHUB) -> str:
    return f"{{issuer: '{issuer}', audience: us, claims: {{{claims}}}}}"


def test_a_source_can_do_without_a_secret() -> None:
    keyless = read(
        """
      issuer: https://token.actions.githubusercontent.com
      audience: https://jit.acme.test
      claims:
        repository_owner_id: 1234567
        repository: [acme/payments, acme/web-*]
        ref: refs/heads/main
        private: true
      binds: {repository: repository, service: workflow}
      max_lifetime: 10m
      hosts: [ghe.acme.test]
    """
    )

    assert keyless == Keyless(
        issuer=GITHUB,
        audience="https://jit.acme.test",
        claims={
            "repository_owner_id": ("1234567",),
            "repository": ("acme/payments", "acme/web-*"),
            "ref": ("refs/heads/main",),
            "private": ("true",),
        },
        binds={"repository": "repository", "service": "workflow"},
        longest=timedelta(minutes=10),
        hosts=frozenset({"ghe.acme.test"}),
    )


def test_without_a_word_an_hour_is_long_enough_and_the_usual_is_bound() -> None:
    keyless = read(claiming("repository: acme/*"))

    assert keyless is not None
    assert (keyless.longest, keyless.binds) == (timedelta(hours=1), None)


@pytest.mark.parametrize(
    ("oidc", "expected"),
    [
        (claiming(""), "oidc.claims: must name a claim: without one every job that this issuer signs for gets in"),
        (claiming("repository: '**'"), "oidc.claims: matches every token of this issuer"),
        (claiming("repository: '*', sub: ['x', '*']"), "oidc.claims: matches every token of this issuer"),
        (claiming("environment: production"), "lets in everybody on GitHub"),
        (claiming("repository: '*/payments'"), "lets in everybody on GitHub"),
        (claiming("repository: [acme/payments, '*/web']"), "lets in everybody on GitHub"),
        (claiming("sub: 'repo:acme*:**'"), "lets in everybody on GitHub"),
        (claiming("job_workflow_ref: acme/flows/.github/workflows/*"), "lets in everybody on GitHub"),
        (claiming("ref: refs/heads/main, actor: ana"), "such as repository_owner_id"),
        (claiming("ref: refs/heads/main", f"{GITHUB}/"), "lets in everybody on GitHub"),
        (claiming("namespace_path: ac*", "https://gitlab.com"), "lets in everybody on gitlab.com"),
        (claiming("ref: main", "https://gitlab.com"), "such as namespace_id"),
        (claiming("pipeline_slug: release", "https://agent.buildkite.com"), "lets in everybody on Buildkite"),
        (claiming("a: b", "http://issuer.test"), "oidc.issuer: must begin with https://"),
        (claiming("a: b", "http://127.0.0.1:8080"), "is on this machine: name 127.0.0.1 in hosts"),
        (claiming("a: b", "https://u:p@issuer.test"), "oidc.issuer: must be an address such as"),
        (claiming("a: b", "https://issuer.test?x=1"), "oidc.issuer: must be an address such as"),
        (claiming("a: b", "issuer.test"), "oidc.issuer: must be"),
        (claiming("a: b", "https://"), "oidc.issuer: must be an address such as"),
        (claiming("a: b", "https://[x"), "oidc.issuer: must be an address such as"),
        (claiming("a: ''", "https://i.test"), "oidc.claims.a.0: must be text with * for anything but a slash"),
        (claiming("a: []", "https://i.test"), "oidc.claims.a: "),
        (claiming("a: 1.5", "https://i.test"), "oidc.claims.a: "),
        (claiming("a: '***'", "https://i.test"), "oidc.claims.a.0: may hold * or ** at most 4 times"),
        (claiming("a: 'x*x*x*x*x*'", "https://i.test"), "oidc.claims.a.0: may hold * or ** at most 4 times"),
        ("{issuer: 'https://i.test', claims: {a: b}}", "audience"),
        ("{issuer: 'https://i.test', audience: 'a b', claims: {a: b}}", "oidc.audience: must be visible ASCII"),
        (
            "{issuer: 'https://i.test', audience: us, claims: {a: b}, binds: {title: sub}}",
            "must be one of repository, ref, commit, environment, service",
        ),
        (
            "{issuer: 'https://i.test', audience: us, claims: {a: b}, max_lifetime: 25h}",
            "oidc.max_lifetime: must be at most 24h",
        ),
        ("{issuer: 'https://i.test', audience: us, claims: {a: b}, regex: true}", "oidc.regex"),
    ],
)
def test_what_would_let_in_anybody_or_nobody_is_refused(oidc: str, expected: str) -> None:
    assert expected in complaint(oidc)


@pytest.mark.parametrize(
    "claims",
    ["repository: acme/*", "repository_owner: acme", "repository_owner_id: 7", "sub: 'repo:acme/*:ref:**'"],
)
def test_whoever_names_the_owner_is_let_load(claims: str) -> None:
    assert read(claiming(claims)) is not None


def test_two_sources_that_take_the_same_tokens_are_refused() -> None:
    more = f"""
      cd:
        oidc: {claiming("repository: acme/*")}
    """

    assert "takes the same tokens as ci" in complaint(claiming("repository: acme/*"), more)


def test_an_issuer_has_one_set_of_keys() -> None:
    more = """
      cd:
        oidc: {issuer: 'https://i.test', audience: us, claims: {a: c}, jwks_uri: 'https://evil.test/keys'}
    """

    assert "must name the same jwks_uri and hosts as ci" in complaint(claiming("a: b", "https://i.test"), more)


def test_people_in_slack_show_no_id_token() -> None:
    text = f"version: 1\nsources:\n  s: {{kind: slack, actions: [a], oidc: {claiming('repository: acme/*')}}}\n"

    with pytest.raises(PolicyInvalid, match="has no place in a source of the kind slack"):
        read_policy(text.encode(), "policy.yaml")


def test_a_token_may_follow_another() -> None:
    text = "version: 1\nsources: {ci: {token_env: [A, B], signing_secret_env: [C, D]}}\n"

    source = read_policy(text.encode(), "policy.yaml").policy.sources["ci"]

    assert (source.token_envs, source.signing_secret_envs) == (("A", "B"), ("C", "D"))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("{token_env: [A, A]}", "is used by sources.ci.token_env already"),
        ("{token_env: [A], signing_secret_env: [B, A]}", "is used by sources.ci.token_env already"),
        ("{token_env: [A, B, C, D]}", "token_env"),
        ("{token_env: [a-token-of-mine]}", "the secret itself never stands here"),
        ("{token_env: []}", "so that a caller can prove who it is"),
    ],
)
def test_a_list_of_secrets_names_each_once(source: str, expected: str) -> None:
    with pytest.raises(PolicyInvalid, match=expected):
        read_policy(f"version: 1\nsources: {{ci: {source}}}\n".encode(), "policy.yaml")
