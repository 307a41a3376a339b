"""What integrations/ says of itself: every field of jit-gate is one of theirs, in the form that each CI publishes."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from jit_gate.cli.flags import fields

from tests.integrations.shops import ACTION, COMPONENT, GROOVY, PIECES, PLUGIN, SCRIPT, documents

OURS = {"url", "token-file", "json", "dotenv", "outputs"}
"""Flags that each piece has another way for."""

FIELDS = set(fields("request")) - OURS
LISTS = {name for name, flag in fields("request").items() if isinstance(flag.default, list)}

# https://docs.github.com/actions/reference/workflows-and-actions/metadata-syntax, for a composite action
_TEXT = {"type": "string", "minLength": 1}
_GITHUB: dict[str, Any] = {
    "type": "object",
    "required": ["name", "description", "runs"],
    "additionalProperties": False,
    "properties": {
        "name": _TEXT,
        "author": _TEXT,
        "description": {"type": "string", "maxLength": 125},
        "branding": {
            "additionalProperties": False,
            "properties": {"icon": _TEXT, "color": {"enum": ["white", "black", "yellow", "blue", "green", "orange"]}},
        },
        "inputs": {
            "propertyNames": {"pattern": "^[a-zA-Z_][a-zA-Z0-9_-]*$"},
            "additionalProperties": {
                "type": "object",
                "required": ["description"],
                "additionalProperties": False,
                "properties": {"description": _TEXT, "required": {"type": "boolean"}, "default": {"type": "string"}},
            },
        },
        "outputs": {
            "additionalProperties": {
                "type": "object",
                "required": ["description", "value"],
                "additionalProperties": False,
                "properties": {"description": _TEXT, "value": {"pattern": r"^\$\{\{ steps\.gate\.outputs\.\w+ \}\}$"}},
            }
        },
        "runs": {
            "required": ["using", "steps"],
            "additionalProperties": False,
            "properties": {
                "using": {"const": "composite"},
                "steps": {
                    "items": {
                        "required": ["run", "shell"],
                        "additionalProperties": False,
                        "properties": {"id": _TEXT, "run": _TEXT, "shell": _TEXT, "env": {"type": "object"}},
                    }
                },
            },
        },
    },
}
# https://docs.gitlab.com/ci/inputs/ (the header), https://docs.gitlab.com/ci/yaml/ (the job)
_GITLAB: dict[str, Any] = {
    "required": ["spec"],
    "additionalProperties": False,
    "properties": {
        "spec": {
            "required": ["inputs"],
            "additionalProperties": False,
            "properties": {
                "inputs": {
                    "additionalProperties": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {
                            "description": {"type": "string", "maxLength": 255},
                            "type": {"enum": ["string", "boolean", "number", "array"]},
                            "default": {"type": ["string", "boolean"]},
                        },
                    }
                }
            },
        }
    },
}
_JOB = {"stage", "image", "timeout", "variables", "before_script", "script", "after_script", "artifacts"}
# https://buildkite.com/docs/pipelines/integrations/plugins/writing
_BUILDKITE: dict[str, Any] = {
    "type": "object",
    "required": ["name", "description", "author", "requirements", "configuration"],
    "additionalProperties": False,
    "properties": {
        "name": _TEXT,
        "description": _TEXT,
        "author": _TEXT,
        "requirements": {"type": "array", "items": _TEXT},
        "configuration": {"type": "object"},
    },
}


def test_the_action_has_every_field_in_githubs_form() -> None:
    (action,) = documents(ACTION)

    jsonschema_rs.validate(_GITHUB, action)
    assert set(action["inputs"]) == FIELDS | {"url", "token"}
    (step,) = action["runs"]["steps"]
    wired = {name: value for name, value in step["env"].items() if name.startswith("JIT_FIELD_")}
    assert wired == {f"JIT_FIELD_{one.upper().replace('-', '_')}": f"${{{{ inputs.{one} }}}}" for one in FIELDS}


def test_the_component_has_every_field_in_gitlabs_form() -> None:
    head, body = documents(COMPONENT)

    jsonschema_rs.validate(_GITLAB, head)
    ((_, job),) = body.items()
    assert set(job) == _JOB
    own = {"job-name", "stage", "image", "install", "job-timeout"}
    assert set(head["spec"]["inputs"]) == FIELDS | {"url"} | own
    wired = {name: value for name, value in job["variables"].items() if name.startswith("JIT_FIELD_")}
    assert wired == {f"JIT_FIELD_{one.upper().replace('-', '_')}": f"$[[ inputs.{one} ]]" for one in FIELDS | {"url"}}
    used = set(re.findall(r"\$\[\[ inputs\.([\w-]+) \]\]", COMPONENT.read_text(encoding="utf-8")))
    assert used == set(head["spec"]["inputs"])
    assert "$[[" not in "".join([*job["script"], *job["after_script"]]), "an input inside of a script is an injection"


def test_the_plugin_has_every_field_in_buildkites_form() -> None:
    (plugin,) = documents(PLUGIN / "plugin.yml")

    jsonschema_rs.validate(_BUILDKITE, plugin)
    form = plugin["configuration"]
    jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **form})
    assert set(form["properties"]) == FIELDS | {"url"}
    assert form["additionalProperties"] is False
    assert {name for name, one in form["properties"].items() if one["type"] == ["string", "array"]} == LISTS


def test_the_step_makes_the_variables_that_its_script_reads() -> None:
    groovy, script = GROOVY.read_text(encoding="utf-8"), SCRIPT.read_text(encoding="utf-8")

    assert f"libraryResource('{SCRIPT.relative_to(PIECES / 'jenkins' / 'resources')}')" in groovy
    assert '"JIT_FIELD_${variable}=${text}"' in groovy
    assert '"JIT_OUTPUTS=${folder}"' in groovy
    assert set(re.findall(r"\$(\w+)|--from-env (\w+)", script)) == {("JIT_OUTPUTS", ""), ("", "JIT_FIELD")}
    for opening, closing in ("{}", "()", "[]"):
        assert groovy.count(opening) == groovy.count(closing)


def test_the_shell_inside_of_yaml_is_as_clean_as_that_in_files() -> None:
    (action,), (_, body) = documents(ACTION), documents(COMPONENT)
    ((_, job),) = body.items()
    scripts = [("bash", one["run"]) for one in action["runs"]["steps"]]
    scripts += [("sh", "\n".join(job[part])) for part in ("script", "after_script")]
    tool = Path(sys.executable).parent / "shellcheck"

    for shell, script in scripts:
        command = [str(tool), "--shell", shell, "--exclude", "SC1091,SC2154", "-"]  # jit.env is not there yet
        done = subprocess.run(command, input=script, capture_output=True, text=True, check=False)  # noqa: S603 - ours
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("piece", ["github-action", "gitlab-ci", "buildkite", "jenkins"])
def test_whoever_copies_it_reads_how_beside_it(piece: str) -> None:
    readme = (PIECES / piece / "README.md").read_text(encoding="utf-8")
    page = (PIECES.parent / "docs" / "pipelines.md").read_text(encoding="utf-8")

    assert f"../integrations/{piece}/README.md" in page
    assert "exit code" in readme
