"""Buildkite (https://buildkite.com/docs/pipelines/configure/environment-variables)."""

from __future__ import annotations

from collections.abc import Mapping

from jit_gate.ci.found import Found, branch_ref, by_email, change_ref, present, read_repository, tag_ref


def read(env: Mapping[str, str]) -> Found:
    """Return what the variables say. ``HEAD`` is no commit: nobody knows yet which that is."""
    author = by_email(env.get("BUILDKITE_BUILD_AUTHOR_EMAIL"))
    pull, commit = env.get("BUILDKITE_PULL_REQUEST", "false"), env.get("BUILDKITE_COMMIT")
    ref = change_ref(None if pull == "false" else pull) or tag_ref(env.get("BUILDKITE_TAG"))
    return Found(
        name="Buildkite",
        repository=read_repository(env.get("BUILDKITE_REPO", "")),
        ref=ref or branch_ref(env.get("BUILDKITE_BRANCH")),
        commit=None if commit == "HEAD" else commit,
        url=env.get("BUILDKITE_BUILD_URL"),
        triggerer=by_email(env.get("BUILDKITE_BUILD_CREATOR_EMAIL")),
        authors=(author,) if author else (),
        run=present({"build": env.get("BUILDKITE_BUILD_NUMBER"), "job": env.get("BUILDKITE_JOB_ID")}),
    )
