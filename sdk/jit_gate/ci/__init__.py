"""The CI systems: each reader is pure, and here is how one knows which of them this is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from jit_gate.ci import azure, buildkite, circleci, github, gitlab, jenkins
from jit_gate.ci.found import Found
from jit_gate.errors import BadInput

__all__ = ["Found", "find_ci"]

_LARGEST_EVENT = 32 * 1024 * 1024

_READERS: tuple[tuple[str, Callable[[Mapping[str, str]], Found]], ...] = (
    ("GITLAB_CI", gitlab.read),
    ("BUILDKITE", buildkite.read),
    ("CIRCLECI", circleci.read),
    ("TF_BUILD", azure.read),
    ("JENKINS_URL", jenkins.read),
)


def find_ci(env: Mapping[str, str]) -> Found | None:
    """Return what the CI says whose job this is, None where there is none. Raises BadInput for a broken event file."""
    if env.get("GITHUB_ACTIONS"):
        return github.read(env, _event(env.get("GITHUB_EVENT_PATH")))
    return next((read(env) for mark, read in _READERS if env.get(mark)), None)


def _event(path: str | None) -> Mapping[str, Any]:
    """Return the event that started the run: it knows who wrote the change, whom a ban has to hold for."""
    if not path:
        return {}
    try:
        with Path(path).open("rb") as opened:
            found: object = json.loads(opened.read(_LARGEST_EVENT))
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(f"The event that started this run can't be read ({type(error).__name__}): {path}.") from error
    return cast("Mapping[str, Any]", found) if isinstance(found, dict) else {}
