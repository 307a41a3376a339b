"""What the variables of each CI say, as their documentation has them, and what becomes of it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from jit_gate import BadInput, Person
from jit_gate.ci import find_ci
from jit_gate.ci.found import Found, by_email, read_repository
from jit_gate.cli.composing import compose
from jit_gate.cli.flags import parser

GITHUB = {
    "GITHUB_ACTIONS": "true",
    "GITHUB_REPOSITORY": "acme/payments",
    "GITHUB_REF": "refs/heads/main",
    "GITHUB_SHA": "9fceb02d0ae598e95dc970b74767f19372d61af8",
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_RUN_ID": "77",
    "GITHUB_RUN_ATTEMPT": "2",
    "GITHUB_WORKFLOW": "release",
    "GITHUB_JOB": "deploy",
    "GITHUB_ACTOR": "chen",
    "GITHUB_TRIGGERING_ACTOR": "ana",
}
GITLAB = {
    "GITLAB_CI": "true",
    "CI_PROJECT_PATH": "acme/payments",
    "CI_COMMIT_BRANCH": "main",
    "CI_COMMIT_SHA": "9fceb02",
    "CI_JOB_URL": "https://gitlab.test/acme/payments/-/jobs/5",
    "CI_PIPELINE_ID": "4",
    "CI_JOB_ID": "5",
    "GITLAB_USER_EMAIL": "ana@acme.test",
    "CI_COMMIT_AUTHOR": "Bo Example <bo@acme.test>",
}
JENKINS = {
    "JENKINS_URL": "https://jenkins.test/",
    "GIT_URL": "https://robot:secret-of-git@git.test/acme/payments.git",
    "GIT_BRANCH": "origin/main",
    "GIT_COMMIT": "9fceb02",
    "BUILD_URL": "https://jenkins.test/job/pay/7/",
    "JOB_NAME": "pay",
    "BUILD_NUMBER": "7",
    "BUILD_USER_EMAIL": "ana@acme.test",
}
BUILDKITE = {
    "BUILDKITE": "true",
    "BUILDKITE_REPO": "git@git.test:acme/payments.git",
    "BUILDKITE_BRANCH": "main",
    "BUILDKITE_PULL_REQUEST": "false",
    "BUILDKITE_COMMIT": "9fceb02",
    "BUILDKITE_BUILD_URL": "https://buildkite.test/acme/pay/builds/7",
    "BUILDKITE_BUILD_NUMBER": "7",
    "BUILDKITE_BUILD_CREATOR_EMAIL": "ana@acme.test",
    "BUILDKITE_BUILD_AUTHOR_EMAIL": "bo@acme.test",
}
CIRCLECI = {
    "CIRCLECI": "true",
    "CIRCLE_REPOSITORY_URL": "git@github.com:acme/payments.git",
    "CIRCLE_BRANCH": "main",
    "CIRCLE_SHA1": "9fceb02",
    "CIRCLE_BUILD_URL": "https://circleci.test/gh/acme/payments/7",
    "CIRCLE_BUILD_NUM": "7",
    "CIRCLE_USERNAME": "ana",
}
AZURE = {
    "TF_BUILD": "True",
    "BUILD_REPOSITORY_NAME": "acme/payments",
    "BUILD_SOURCEBRANCH": "refs/heads/main",
    "BUILD_SOURCEVERSION": "9fceb02",
    "BUILD_BUILDID": "7",
    "SYSTEM_COLLECTIONURI": "https://dev.azure.test/acme/",
    "SYSTEM_TEAMPROJECTID": "1b2c",
    "BUILD_REQUESTEDFOREMAIL": "ana@acme.test",
}
EVERY = {
    "GitHub Actions": GITHUB,
    "GitLab CI": GITLAB,
    "Jenkins": JENKINS,
    "Buildkite": BUILDKITE,
    "CircleCI": CIRCLECI,
    "Azure Pipelines": AZURE,
}


def found_in(env: Mapping[str, str]) -> Found:
    found = find_ci(env)
    assert found is not None
    return found


@pytest.mark.parametrize("name", EVERY)
def test_every_ci_names_what_is_built_and_who_started_it(name: str) -> None:
    found = found_in(EVERY[name])

    assert (found.name, found.repository, found.ref) == (name, "acme/payments", "refs/heads/main")
    assert (found.commit or "").startswith("9fceb02")
    assert found.triggerer in {Person(github="ana"), Person(email="ana@acme.test")}
    assert (found.url or "").startswith("https://")
    assert "secret-of-git" not in str(found)


def test_elsewhere_nothing_is_known() -> None:
    assert find_ci({"PATH": "/bin", "CI": "true"}) is None


@pytest.mark.parametrize(
    ("env", "ref"),
    [
        (GITHUB | {"GITHUB_REF": "refs/pull/3/merge"}, "refs/pull/3/merge"),
        (GITLAB | {"CI_MERGE_REQUEST_REF_PATH": "refs/merge-requests/3/head"}, "refs/merge-requests/3/head"),
        (GITLAB | {"CI_COMMIT_TAG": "v1"}, "refs/tags/v1"),
        (JENKINS | {"CHANGE_ID": "3", "CHANGE_BRANCH": "main", "BRANCH_NAME": "PR-3"}, "refs/pull/3/head"),
        (JENKINS | {"TAG_NAME": "v1", "BRANCH_NAME": "v1"}, "refs/tags/v1"),
        (BUILDKITE | {"BUILDKITE_PULL_REQUEST": "3"}, "refs/pull/3/head"),
        (BUILDKITE | {"BUILDKITE_TAG": "v1"}, "refs/tags/v1"),
        (CIRCLECI | {"CIRCLE_BRANCH": "pull/3"}, "refs/pull/3/head"),
        (CIRCLECI | {"CIRCLE_PR_NUMBER": "3"}, "refs/pull/3/head"),
        (CIRCLECI | {"CIRCLE_TAG": "v1", "CIRCLE_BRANCH": ""}, "refs/tags/v1"),
        (AZURE | {"BUILD_SOURCEBRANCH": "refs/pull/3/merge"}, "refs/pull/3/merge"),
    ],
)
def test_a_pull_request_is_never_the_branch_that_it_calls_itself(env: Mapping[str, str], ref: str) -> None:
    assert found_in(env).ref == ref


def test_a_commit_that_nobody_knows_yet_is_not_sent() -> None:
    assert found_in(BUILDKITE | {"BUILDKITE_COMMIT": "HEAD"}).commit is None


@pytest.mark.parametrize(
    ("event", "authors"),
    [
        ({"pull_request": {"user": {"login": "bo"}}}, (Person(github="bo"),)),
        (
            {"commits": [{"author": {"username": "bo"}}, {"author": {"email": "eve@acme.test"}}, {"author": None}] * 2},
            (Person(github="bo"), Person(email="eve@acme.test")),
        ),
        ({"commits": "none", "pull_request": []}, ()),
        ([1], ()),
    ],
)
def test_github_names_whoever_wrote_the_change(tmp_path: Path, event: object, authors: tuple[Person, ...]) -> None:
    (tmp_path / "event.json").write_text(json.dumps(event), encoding="utf-8")

    assert found_in(GITHUB | {"GITHUB_EVENT_PATH": str(tmp_path / "event.json")}).authors == authors


@pytest.mark.parametrize("content", [None, "", "{", "[" * 100_000])
def test_an_event_that_can_not_be_read_asks_nobody(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "event.json").write_text(content, encoding="utf-8")

    with pytest.raises(BadInput, match="can't be read"):
        find_ci(GITHUB | {"GITHUB_EVENT_PATH": str(tmp_path / "event.json")})


def test_a_likeness_of_github_has_logins_of_its_own() -> None:
    assert found_in(GITHUB | {"GITEA_ACTIONS": "true"}).triggerer is None


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("ana@acme.test", Person(email="ana@acme.test")),
        ("Ana <ana@acme.test>", Person(email="ana@acme.test")),
        ("12345+ana@users.noreply.github.com", Person(github="ana")),
        ("ana", None),
        ("", None),
        (None, None),
        ("Ana <a b@acme.test>", None),
    ],
)
def test_an_address_names_a_person_or_nobody(text: str | None, person: Person | None) -> None:
    assert by_email(text) == person


@pytest.mark.parametrize(
    ("url", "repository"),
    [
        ("https://git.test/acme/payments", "acme/payments"),
        ("https://x:y@git.test/group/sub/payments.git/", "group/sub/payments"),
        ("ssh://git@git.test:22/acme/payments.git", "acme/payments"),
        ("git@git.test:acme/payments.git", "acme/payments"),
        ("/srv/git/payments", None),
        ("", None),
    ],
)
def test_where_it_is_cloned_from_names_the_repository(url: str, repository: str | None) -> None:
    assert read_repository(url) == repository


def composed(*words: str, env: Mapping[str, str]) -> dict[str, Any]:
    return compose(parser().parse_args(["request", "--title=t", "--action=a", *words]), env).draw()


def test_whoever_started_the_run_is_its_requester_unless_somebody_else_is_named() -> None:
    alone = composed(env=GITHUB)
    named = composed("--requester=dia@acme.test,slack:U0DIA", env=GITHUB)

    assert alone["requester"] == alone["triggerer"] == {"github": "ana"}
    assert named["requester"] == {"email": "dia@acme.test", "slack_id": "U0DIA"}
    assert named["triggerer"] == {"github": "ana"}


def test_a_flag_wins_and_what_can_be_kept_beside_it_is_kept() -> None:
    words = ("--repository=acme/other", "--author=github:dia", "--link=Docs=https://docs.test/?a=b", "--metadata=run=8")

    drawn = composed(*words, env=GITLAB)

    assert drawn["repository"] == "acme/other"
    assert drawn["authors"] == [{"github": "dia"}, {"email": "bo@acme.test"}]
    assert [link["label"] for link in drawn["links"]] == ["Docs", "GitLab CI"]
    assert drawn["links"][0]["url"] == "https://docs.test/?a=b"
    assert drawn["metadata"] == {"pipeline": "4", "job": "5", "run": "8"}


def test_without_the_ci_only_flags_count() -> None:
    assert composed("--no-ci", env=GITHUB) == {"title": "t", "action": "a"}


def test_every_field_of_the_api_has_a_flag(tmp_path: Path) -> None:
    from handlers.api.asking.model import RequestAsked  # noqa: PLC0415 - the API itself, only to compare with

    tests = tmp_path / "tests.json"
    tests.write_text('{"total": 3, "failed": 1, "failures": [{"id": "a"}]}', encoding="utf-8")
    plain = ("service", "environment", "repository", "ref", "commit", "lane", "reason", "severity")
    words = [f"--{name}={name}" for name in (*plain, "label")]
    words += ["--requester=a@b.test", "--author=github:bo", "--triggerer=slack:U0", "--flag=x", "--flag=y=false"]
    words += ["--parameter=version=1.42.0", "--parameter=replicas:=3", '--parameter=nested:={"a": [null]}']
    words += ["--metadata=run=1", "--link=a=https://b.test", f"--tests={tests}", "--timeout=1h30m"]
    words += ["--callback-url=https://c.test"]

    drawn = composed(*words, env={})

    assert set(drawn) == set(RequestAsked.model_fields) - {"reports"}  # which are files beside it: --report
    assert drawn["flags"] == {"x": True, "y": False}
    assert drawn["parameters"] == {"version": "1.42.0", "replicas": 3, "nested": {"a": [None]}}
    RequestAsked.model_validate_json(json.dumps(drawn))


@pytest.mark.parametrize(
    "word",
    [
        "--parameter=version",
        "--parameter==1",
        "--parameter=a:=nope",
        "--parameter=a:=NaN",
        "--flag=x=maybe",
        "--flag==true",
        "--link=https://b.test",
        "--author=bo",
        "--author=github:",
        "--author=a@b.test,c@d.test",
        "--author=twitter:bo",
        "--tests=nothing.json",
    ],
)
def test_what_is_not_understood_is_refused_before_anybody_is_asked(word: str) -> None:
    with pytest.raises(BadInput):
        compose(parser().parse_args(["request", "--title=t", "--action=a", word]), {}).encode()


def test_the_same_name_twice_is_refused() -> None:
    with pytest.raises(BadInput, match="twice"):
        composed("--parameter=a=1", "--parameter=a:=2", env={})
