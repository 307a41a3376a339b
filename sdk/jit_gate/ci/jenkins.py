"""Jenkins (https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables), with its Git plugin.

Who started a build is only known with the plugin "build user vars".
"""

from __future__ import annotations

from collections.abc import Mapping

from jit_gate.ci.found import Found, branch_ref, by_email, change_ref, present, read_repository, tag_ref


def read(env: Mapping[str, str]) -> Found:
    """Return what the variables say."""
    author = by_email(env.get("CHANGE_AUTHOR_EMAIL"))
    branch = env.get("BRANCH_NAME") or env.get("GIT_BRANCH", "").replace("origin/", "", 1)
    return Found(
        name="Jenkins",
        repository=read_repository(env.get("GIT_URL", "")),
        ref=change_ref(env.get("CHANGE_ID")) or tag_ref(env.get("TAG_NAME")) or branch_ref(branch),
        commit=env.get("GIT_COMMIT"),
        url=env.get("BUILD_URL"),
        triggerer=by_email(env.get("BUILD_USER_EMAIL")),
        authors=(author,) if author else (),
        run=present({"job": env.get("JOB_NAME"), "build": env.get("BUILD_NUMBER")}),
    )
