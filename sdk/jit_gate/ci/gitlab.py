"""GitLab CI (https://docs.gitlab.com/ci/variables/predefined_variables/)."""

from __future__ import annotations

from collections.abc import Mapping

from jit_gate.ci.found import Found, branch_ref, by_email, present, tag_ref


def read(env: Mapping[str, str]) -> Found:
    """Return what the variables say."""
    author = by_email(env.get("CI_COMMIT_AUTHOR"))
    ref = tag_ref(env.get("CI_COMMIT_TAG")) or branch_ref(env.get("CI_COMMIT_BRANCH"))
    return Found(
        name="GitLab CI",
        repository=env.get("CI_PROJECT_PATH"),
        ref=env.get("CI_MERGE_REQUEST_REF_PATH") or ref,
        commit=env.get("CI_COMMIT_SHA"),
        url=env.get("CI_JOB_URL") or env.get("CI_PIPELINE_URL"),
        triggerer=by_email(env.get("GITLAB_USER_EMAIL")),
        authors=(author,) if author else (),
        run=present({"pipeline": env.get("CI_PIPELINE_ID"), "job": env.get("CI_JOB_ID")}),
    )
