"""CircleCI (https://circleci.com/docs/reference/variables/)."""

from __future__ import annotations

from collections.abc import Mapping

from jit_gate.asking import Person
from jit_gate.ci.found import Found, branch_ref, change_ref, present, read_repository, tag_ref

_FORK = "pull/"


def read(env: Mapping[str, str]) -> Found:
    """Return what the variables say. The branch of a fork's pull request is called ``pull/12``."""
    url, branch = env.get("CIRCLE_REPOSITORY_URL", ""), env.get("CIRCLE_BRANCH", "")
    change = branch[len(_FORK) :] if branch.startswith(_FORK) else env.get("CIRCLE_PR_NUMBER")
    user = env.get("CIRCLE_USERNAME")
    return Found(
        name="CircleCI",
        repository=read_repository(url),
        ref=change_ref(change) or tag_ref(env.get("CIRCLE_TAG")) or branch_ref(branch),
        commit=env.get("CIRCLE_SHA1"),
        url=env.get("CIRCLE_BUILD_URL"),
        triggerer=Person(github=user) if user and "github.com" in url else None,
        run=present({"workflow": env.get("CIRCLE_WORKFLOW_ID"), "build": env.get("CIRCLE_BUILD_NUM")}),
    )
