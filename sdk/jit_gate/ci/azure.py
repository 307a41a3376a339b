"""Azure Pipelines (https://learn.microsoft.com/azure/devops/pipelines/build/variables)."""

from __future__ import annotations

from collections.abc import Mapping

from jit_gate.ci.found import Found, by_email, present


def read(env: Mapping[str, str]) -> Found:
    """Return what the variables say."""
    home, project, build = env.get("SYSTEM_COLLECTIONURI"), env.get("SYSTEM_TEAMPROJECTID"), env.get("BUILD_BUILDID")
    return Found(
        name="Azure Pipelines",
        repository=env.get("BUILD_REPOSITORY_NAME"),
        ref=env.get("BUILD_SOURCEBRANCH"),
        commit=env.get("BUILD_SOURCEVERSION"),
        url=f"{home}{project}/_build/results?buildId={build}" if home and project and build else None,
        triggerer=by_email(env.get("BUILD_REQUESTEDFOREMAIL")),
        run=present({"build": build, "number": env.get("BUILD_BUILDNUMBER"), "job": env.get("SYSTEM_JOBID")}),
    )
