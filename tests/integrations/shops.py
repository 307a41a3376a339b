"""Each CI as far as our pieces of it see one: reads their files, fills in what a pipeline says, runs their shell."""

import os
import re
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from ruamel.yaml import YAML

from tests.journeys.living import TOKEN
from tests.sdk.running import SDK

PIECES = SDK.parent / "integrations"
ACTION, COMPONENT = PIECES / "github-action" / "action.yml", PIECES / "gitlab-ci" / "templates" / "approval.yml"
PLUGIN, SCRIPT = PIECES / "buildkite", PIECES / "jenkins" / "resources" / "jit-approvals" / "ask.sh"
GROOVY = PIECES / "jenkins" / "vars" / "jitApproval.groovy"

Fields = Mapping[str, str | Sequence[str]]

AGENT = """\
#!/bin/sh
printf '%s\\n' "$*" >>"$AGENT_LOG"
cat >>"$AGENT_LOG"
printf '\\n' >>"$AGENT_LOG"
"""


def documents(path: Path) -> list[dict[str, Any]]:
    """Return what stands in a YAML file."""
    return list(cast("Any", YAML(typ="safe")).load_all(path.read_text(encoding="utf-8")))


@dataclass(kw_only=True)
class Shop:
    """A machine where jobs run, for one job. ``url`` is the bot's; what a test sets in ``env`` the CI itself would."""

    folder: Path
    url: str
    env: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        tools = self.folder / "bin"
        tools.mkdir()
        (tools / "jit-gate").symlink_to(SDK.parent / ".venv" / "bin" / "jit-gate")
        (tools / "python3").symlink_to(SDK.parent / ".venv" / "bin" / "python")
        self.script("buildkite-agent", AGENT)
        self.work = self.folder / "work"
        self.work.mkdir()
        # Whoever asks may have files of any name: nothing of ours may import them.
        for name in ("jit_gate.py", "argparse.py", "json.py"):
            (self.work / name).write_text("raise SystemExit(0)\n", encoding="utf-8")
        self.log = self.folder / "agent.log"
        self.env = {"PATH": f"{tools}:{os.defpath}", "HOME": str(self.folder), "AGENT_LOG": str(self.log), **self.env}

    def script(self, name: str, text: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(text, encoding="utf-8")
        path.chmod(0o755)

    async def start(self, *command: str, **more: str) -> Process:
        env = self.env | {"TMPDIR": str(self.folder)} | more
        return await create_subprocess_exec(*command, env=env, cwd=self.work, stdout=PIPE, stderr=PIPE)


def lines(value: str | Sequence[str]) -> str:
    """Return what is in a list as a form takes it: one a line."""
    return value if isinstance(value, str) else "\n".join(value)


async def github(shop: Shop, fields: Fields) -> Process:
    """Run the action's step as the runner does: inputs in place of expressions, in ``env`` alone."""
    (action,) = documents(ACTION)
    (step,) = action["runs"]["steps"]
    given: dict[str, str] = {"url": shop.url, "token": TOKEN, **{name: lines(value) for name, value in fields.items()}}
    inputs: dict[str, str] = {n: given.get(n) or str(one.get("default", "")) for n, one in action["inputs"].items()}

    def filled(text: str) -> str:
        return re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda match: inputs[match[1]], text)

    assert "${{" not in step["run"], "an expression inside of a script is an injection"
    env = {name: filled(value) for name, value in step["env"].items()}
    script = shop.folder / "step.sh"
    script.write_text(step["run"], encoding="utf-8")
    command = ("bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script))
    return await shop.start(*command, GITHUB_ACTIONS="true", GITHUB_ACTION_PATH=str(ACTION.parent), **env)


def job_of(inputs: Mapping[str, str]) -> dict[str, Any]:
    """Return the component's job as GitLab makes it of *inputs*."""
    head, body = documents(COMPONENT)
    specified = head["spec"]["inputs"]
    assert set(inputs) <= set(specified)
    values = {name: inputs.get(name, one.get("default")) for name, one in specified.items()}

    def filled(node: Any) -> Any:  # noqa: ANN401 - whatever stands in YAML
        if isinstance(node, dict):
            return {filled(key): filled(value) for key, value in cast("dict[str, Any]", node).items()}
        if isinstance(node, list):
            return [filled(one) for one in cast("list[Any]", node)]
        return re.sub(r"\$\[\[ inputs\.([\w-]+) \]\]", lambda match: _said(values[match[1]]), str(node))

    ((_, job),) = filled(body).items()
    return job


def _said(value: Any) -> str:  # noqa: ANN401 - as above
    return str(value).lower() if isinstance(value, bool) else str(value)


async def gitlab(shop: Shop, fields: Fields) -> Process:
    """Run the component's job: its variables are the job's, the parts of its script run in one shell."""
    job = job_of({name: lines(value) for name, value in fields.items()})
    script = "\n".join([*job["before_script"], *job["script"]])
    env = {"GITLAB_CI": "true", "JIT_URL": shop.url, "JIT_TOKEN": TOKEN, **job["variables"]}
    return await shop.start("sh", "-ec", script, **env)


async def gitlab_after(shop: Shop, fields: Fields, status: str) -> Process:
    """Run what comes after the job, in a shell of its own."""
    job = job_of({name: lines(value) for name, value in fields.items()})
    env = {"CI_JOB_STATUS": status, "JIT_URL": shop.url, "JIT_TOKEN": TOKEN, **job["variables"]}
    return await shop.start("sh", "-ec", "\n".join(job["after_script"]), **env)


async def buildkite(shop: Shop, fields: Fields) -> Process:
    """Run the plugin's hooks as an agent does: the second whatever the first ended with."""
    env = {"BUILDKITE": "true", "BUILDKITE_JOB_ID": "0192", "BUILDKITE_PLUGIN_NAME": "JIT_APPROVAL"}
    for name, value in fields.items():
        variable = f"BUILDKITE_PLUGIN_JIT_APPROVAL_{name.upper().replace('-', '_')}"
        several = {variable: value} if isinstance(value, str) else {f"{variable}_{n}": v for n, v in enumerate(value)}
        env |= several
    hooks = f'"{PLUGIN}/hooks/command"; code=$?; "{PLUGIN}/hooks/pre-exit" || exit 99; exit $code'
    return await shop.start("bash", "-c", hooks, JIT_URL=shop.url, JIT_TOKEN=TOKEN, **env)


async def jenkins(shop: Shop, fields: Fields) -> Process:
    """Run the script of the shared library's step, with the variables that the step makes of its arguments."""
    named = {f"JIT_FIELD_{name.upper().replace('-', '_')}": lines(value) for name, value in fields.items()}
    env = {"JENKINS_URL": "https://ci.example.com/", "JIT_URL": shop.url, "JIT_TOKEN": TOKEN, "JIT_FIELD_WAIT": "true"}
    return await shop.start(str(SCRIPT), JIT_OUTPUTS=".jit-approval/7", **(env | named))


SHOPS: Mapping[str, Callable[[Shop, Fields], Any]] = {
    "github": github,
    "gitlab": gitlab,
    "buildkite": buildkite,
    "jenkins": jenkins,
}
