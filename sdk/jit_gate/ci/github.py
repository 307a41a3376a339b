"""GitHub Actions (https://docs.github.com/actions/reference/workflows-and-actions/variables), and Gitea's likeness."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, cast

from jit_gate.asking import Person
from jit_gate.ci.found import Found, by_email, present

Json = Mapping[str, Any]

MOST_AUTHORS = 100
"""What the bot takes."""


def read(env: Mapping[str, str], event: Json) -> Found:
    """Return what the variables and the event that started the run say."""
    repository, run = env.get("GITHUB_REPOSITORY"), env.get("GITHUB_RUN_ID")
    actor = env.get("GITHUB_TRIGGERING_ACTOR") or env.get("GITHUB_ACTOR")
    is_github = "GITEA_ACTIONS" not in env and "FORGEJO_ACTIONS" not in env
    attempt = env.get("GITHUB_RUN_ATTEMPT", "1")
    return Found(
        name="GitHub Actions",
        repository=repository,
        ref=env.get("GITHUB_REF"),
        commit=env.get("GITHUB_SHA"),
        url=f"{env.get('GITHUB_SERVER_URL', '')}/{repository}/actions/runs/{run}/attempts/{attempt}" if run else None,
        triggerer=Person(github=actor) if actor and is_github else None,
        authors=tuple(dict.fromkeys(_authors(event)))[:MOST_AUTHORS] if is_github else (),
        run=present(
            {"run": run, "attempt": attempt, "workflow": env.get("GITHUB_WORKFLOW"), "job": env.get("GITHUB_JOB")}
        ),
    )


def _authors(event: Json) -> Iterator[Person]:
    """Yield who wrote the change: whose pull request it is, or who is named by the commits that were pushed."""
    login = _inside(event, "pull_request", "user", "login")
    if isinstance(login, str) and login:
        yield Person(github=login)
    commits = event.get("commits")
    for commit in cast("list[object]", commits) if isinstance(commits, list) else []:
        username, email = _inside(commit, "author", "username"), _inside(commit, "author", "email")
        if isinstance(username, str) and username:
            yield Person(github=username)
        elif isinstance(email, str) and (author := by_email(email)):
            yield author


def _inside(value: object, *path: str) -> object:
    for name in path:
        value = cast("Json", value).get(name) if isinstance(value, Mapping) else None
    return value
