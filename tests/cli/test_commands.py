"""The commands and their exit codes, each in a folder of its own."""

import json
import logging
import os
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import structlog

from bot.cli.door import run

ROOT = Path(__file__).parent.parent.parent
POLICY = """\
version: 1
defaults: {channel: "#approvals"}
sources:
  ci: {kind: generic, token_env: JIT_CI_TOKEN}
rules:
  - {name: green staging, when: request.environment == "staging" && tests.failed == 0, then: auto_approve}
"""
SLACK = {"SLACK_BOT_TOKEN": "xoxb-canary-token", "SLACK_SIGNING_SECRET": "canary-signing-secret-" + "s" * 11}
STAGING = {"title": "t", "action": "deploy", "environment": "staging", "tests": {"total": 3, "failed": 0}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    code: int
    out: str
    err: str

    @property
    def faults(self) -> list[str]:
        assert "Traceback" not in self.err
        return self.err.splitlines()


Jit = Callable[..., Said]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Stand in an empty folder with none of our variables set; the log is put back afterwards."""
    for name in [name for name in os.environ if name.startswith(("JIT_", "SLACK_"))]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    before = (logging.root.handlers[:], logging.root.level)
    yield tmp_path
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
    logging.root.handlers, logging.root.level = before


@pytest.fixture
def jit(home: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Jit:
    """Run a command as the program does, without the second or two that a new process takes."""
    assert home.is_dir()

    def run_here(*words: str, **environment: str) -> Said:
        with monkeypatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            code = run(words)
        said = capfd.readouterr()
        return Said(code=code, out=said.out, err=said.err)

    return run_here


@pytest.fixture
def typed(home: Path) -> Jit:
    """Run a command in a process of its own; keywords are the environment, and nothing else is in it."""

    def run_there(*words: str, **environment: str) -> Said:
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-P", "-m", "bot", *words],
            cwd=home,
            env={"PYTHONPATH": str(ROOT), "PATH": os.defpath, "NO_COLOR": "1", **environment},
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )
        return Said(code=done.returncode, out=done.stdout, err=done.stderr)

    return run_there


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_the_version_is_told(typed: Jit) -> None:
    said = typed("--version")

    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("jit ")


def test_a_word_nobody_knows_is_one_line_and_exit_2(jit: Jit) -> None:
    said = jit("request", "lits")

    assert said.code == 2
    assert len(said.faults) == 1
    assert "lits" in said.faults[0]


@pytest.mark.parametrize("words", [("policy", "check"), ("policy", "explain", "request.json"), ("serve",)])
def test_without_a_policy_file_one_line_says_how_to_get_one(words: tuple[str, ...], jit: Jit) -> None:
    said = jit(*words, **SLACK)

    assert said.code == 78
    assert said.faults == ["policy.yaml: there is no such file; jit init writes one to start from"]


def test_every_error_of_a_policy_is_a_line_with_its_place(jit: Jit, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY.replace("auto_approve", "auto_aprove") + "colour: red\n")

    said = jit("policy", "check")

    assert said.code == 78
    assert [line.split(":")[0] for line in said.faults] == ["policy.yaml", "policy.yaml"]
    assert any(line.startswith("policy.yaml:6:") for line in said.faults)


def test_a_good_policy_is_called_good(jit: Jit, tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(POLICY)

    said = jit("policy", "check", "--file", "other.yaml")

    assert said.code == 0
    assert said.out.startswith("other.yaml: good: 1 rules, 1 sources, sha256:")


def test_a_policy_is_tried_on_a_request(jit: Jit, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)
    (tmp_path / "request.json").write_text(json.dumps(STAGING))

    for_people, for_programs = (
        jit("policy", "explain", "request.json"),
        jit("policy", "explain", "request.json", "--json"),
    )

    assert (for_people.code, for_programs.code) == (0, 0)
    assert for_people.out.startswith("approved by the policy (rule: green staging)")
    assert json.loads(for_programs.out)["outcome"] == "auto_approve"


@pytest.mark.parametrize(
    ("body", "fault"), [("{", "is not JSON"), ('{"title": "t"}', "/action: is required"), (None, "No such file")]
)
def test_a_request_that_could_not_be_asked_cannot_be_explained(
    body: str | None, fault: str, jit: Jit, tmp_path: Path
) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)
    if body is not None:
        (tmp_path / "request.json").write_text(body)

    said = jit("policy", "explain", "request.json")

    assert said.code in {1, 2}
    assert len(said.faults) == 1
    assert fault in said.faults[0]


def test_bad_settings_are_one_line_each_and_exit_78(typed: Jit, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)

    said = typed("serve", JIT_PORT="many", JIT_LOG_LEVEL="loud", SLACK_BOT_TOKEN="canary")

    assert said.code == 78
    assert [line.split(":")[1].strip() for line in said.faults] == ["JIT_PORT", "SLACK_BOT_TOKEN", "JIT_LOG_LEVEL"]
    assert "canary" not in said.err + said.out


def test_without_slack_nothing_is_served(jit: Jit, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)

    said = jit("serve", JIT_CI_TOKEN="token-of-the-pipeline")

    assert said.code == 78
    assert [line.split(":")[1].strip() for line in said.faults] == ["SLACK_BOT_TOKEN", "SLACK_SIGNING_SECRET"]


def test_a_source_without_its_token_is_named(jit: Jit, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)

    said = jit("serve", JIT_PORT="0", **SLACK)

    assert said.code == 78
    assert len(said.faults) == 1
    assert "JIT_CI_TOKEN" in said.faults[0]


def test_secrets_that_can_be_guessed_or_belong_to_two_are_one_line_each(jit: Jit, tmp_path: Path) -> None:
    same, secret = "token-of-the-pipeline", "whsec_" + "c" * 43
    (tmp_path / "policy.yaml").write_text(POLICY)
    guessed = jit("serve", JIT_PORT="0", JIT_CI_TOKEN="canary", **SLACK)
    cd = "  cd: {token_env: JIT_CD_TOKEN, signing_secret_env: JIT_CD_SECRET}\n"
    (tmp_path / "policy.yaml").write_text(POLICY.replace("rules:", f"{cd}rules:"))
    short = jit(
        "serve", JIT_PORT="0", JIT_CI_TOKEN=same, JIT_CD_TOKEN="other-token-2", JIT_CD_SECRET="whsec_YQ==", **SLACK
    )
    twin = jit("serve", JIT_PORT="0", JIT_CI_TOKEN=same, JIT_CD_TOKEN=same, JIT_CD_SECRET=secret, **SLACK)

    assert (guessed.code, short.code, twin.code) == (78, 78, 78)
    assert "JIT_CI_TOKEN: must have 12 characters or more" in guessed.faults[0]
    assert "canary" not in guessed.err
    assert "JIT_CD_SECRET: must hold 24 bytes or more, not 1" in short.faults[0]
    assert "JIT_CD_TOKEN: is the same as JIT_CI_TOKEN" in twin.faults[0]
    assert {len(said.faults) for said in (guessed, short, twin)} == {1}


def test_all_secrets_that_are_missing_are_named_at_once(jit: Jit, tmp_path: Path) -> None:
    both = "{kind: generic, token_env: JIT_CI_TOKEN, signing_secret_env: JIT_CI_SECRET}"
    (tmp_path / "policy.yaml").write_text(POLICY.replace("{kind: generic, token_env: JIT_CI_TOKEN}", both))

    said = jit("serve", JIT_PORT="0", **SLACK)

    assert said.code == 78
    assert [line.split(":")[1].strip() for line in said.faults] == ["JIT_CI_TOKEN", "JIT_CI_SECRET"]


def test_a_port_in_use_is_one_line(jit: Jit, tmp_path: Path, taken_port: int) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)

    said = jit("serve", JIT_PORT=str(taken_port), JIT_CI_TOKEN="token-of-the-pipeline", JIT_LOG_LEVEL="error", **SLACK)

    assert said.code == 78
    assert len(said.faults) == 1
    assert f"JIT_HOST, JIT_PORT: cannot listen on 127.0.0.1:{taken_port}: " in said.faults[0]


def test_an_address_of_another_machine_is_one_line(jit: Jit, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)

    said = jit(
        "serve",
        JIT_HOST="192.0.2.1",
        JIT_PORT="0",
        JIT_CI_TOKEN="token-of-the-pipeline",
        JIT_LOG_LEVEL="error",
        **SLACK,
    )

    assert said.code == 78
    assert len(said.faults) == 1
    assert "JIT_HOST" in said.faults[0]
    assert "name an address of this machine" in said.faults[0]


def test_a_word_alone_shows_the_help_and_nothing_else(jit: Jit) -> None:
    said = jit()

    assert (said.code, said.err) == (2, "")
    assert "serve" in said.out


@pytest.mark.parametrize("command", ["serve", "demo", "sandbox", "init"])
def test_a_workspace_is_not_passed_over_where_the_command_is_about_none(jit: Jit, home: Path, command: str) -> None:
    said = jit("--workspace", "acme", command)

    assert said.code == 2
    assert said.faults[-1].endswith(f"jit {command} is about no single workspace; leave --workspace out")
    assert not any(home.iterdir())


def test_a_bad_line_in_dotenv_is_named_once(jit: Jit, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("JIT_PORT=0\nthis is no setting\nJIT_HOST='127.0.0.1\n")

    said = jit("request", "list")

    assert said.code == 78
    assert [line.split(" cannot")[0] for line in said.faults] == ["jit: .env:2:", "jit: .env:3:"]


@pytest.mark.parametrize("offset", [0, 1, 2])
def test_the_demo_says_which_ports_it_needs(offset: int, jit: Jit, taken_port: int) -> None:
    said = jit("demo", "--no-open", "--port", str(taken_port - offset))

    assert said.code == 1
    assert len(said.faults) == 1
    assert f"{taken_port - offset}" in said.faults[0]


@pytest.mark.parametrize(
    "words", [("request", "list"), ("request", "show", "1"), ("audit", "verify"), ("audit", "export"), ("db", "status")]
)
def test_a_look_makes_no_database(words: tuple[str, ...], jit: Jit, tmp_path: Path) -> None:
    said = jit(*words)

    assert said.code == 78
    assert said.faults == ["jit: jit.db: there is no such database; set JIT_DATABASE_URL to the bot's"]
    assert list(tmp_path.iterdir()) == []


def test_a_database_is_made_and_its_version_told(jit: Jit) -> None:
    made, told = jit("db", "upgrade"), jit("db", "status")

    assert (made.code, told.code) == (0, 0)
    assert "up to date" in told.out


@pytest.mark.parametrize(
    "words", [("db", "upgrade"), ("db", "status"), ("db", "status", "--json"), ("request", "list"), ("serve",)]
)
def test_a_database_of_a_newer_version_is_refused(words: tuple[str, ...], jit: Jit, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)
    jit("db", "upgrade")
    connection = sqlite3.connect(tmp_path / "jit.db")
    with connection:
        connection.execute("UPDATE alembic_version SET version_num = 'from-the-future'")
    connection.close()

    said = jit(*words, JIT_CI_TOKEN="token-of-the-pipeline", JIT_PORT="0", JIT_LOG_LEVEL="error", **SLACK)

    assert said.code == 78
    assert len(said.faults) == 1
    assert "newer" in said.faults[0]


def test_an_empty_house_has_nothing_to_list_and_a_whole_log(jit: Jit) -> None:
    jit("db", "upgrade")

    listed, verified, shown = jit("request", "list", "--json"), jit("audit", "verify"), jit("request", "show", "1")

    assert (listed.code, json.loads(listed.out)) == (0, [])
    assert verified.code == 0
    assert (shown.code, len(shown.faults)) == (1, 1)


def test_a_policy_is_tried_on_cases(jit: Jit, tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY)
    asked = "request: {title: t, action: deploy, environment: staging, tests: {total: 3, failed: 0}}"
    (tmp_path / "cases.yaml").write_text(f"cases: [{{name: passes, {asked}, expect: {{outcome: auto_approve}}}}]")
    (tmp_path / "wrong.yaml").write_text(f"cases: [{{name: asks, {asked}, expect: {{rule: default}}}}]")
    (tmp_path / "broken.yaml").write_text("cases: [{name: asks, request: {title: t, colour: red}, expect: {}}]")

    good, failed, broken = (jit("policy", "test", name) for name in ("cases.yaml", "wrong.yaml", "broken.yaml"))

    assert (good.code, good.out.splitlines()) == (0, ["good: passes", "1 cases, all good"])
    assert (failed.code, failed.out.splitlines()[1]) == (1, "    rule: expected default, got green staging")
    assert json.loads(jit("policy", "test", "wrong.yaml", "--json").out)[0]["ok"] is False
    assert broken.code == 78
    assert [line.split(": ", 1)[0] for line in broken.faults] == ["broken.yaml:1:31"] * 2


def test_config_shows_what_is_set_but_no_secret(jit: Jit, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in SLACK.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("JIT_PORT", "9000")

    for_people, for_programs = jit("config", "show"), jit("config", "show", "--json")

    shown = json.loads(for_programs.out)
    assert (shown["JIT_PORT"], shown["SLACK_BOT_TOKEN"], shown["JIT_SECRET_KEY"]) == (9000, "set", "not set")
    assert "canary" not in for_people.out + for_programs.out


def test_the_reference_of_the_policy_file_is_the_one_in_the_documents(jit: Jit) -> None:
    assert jit("config", "reference").out == (ROOT / "docs/policy.md").read_text(encoding="utf-8")
    schema = json.loads(jit("config", "reference", "--schema").out)
    assert schema["properties"]["rules"]["items"] == {"$ref": "#/$defs/RulePart"}


@pytest.mark.parametrize("name", ["policy", "contextual-triggers", "time", "people"])
def test_the_examples_do_what_their_cases_say(jit: Jit, name: str) -> None:
    cases, policy = (str(ROOT / "examples" / f"{name}{end}.yaml") for end in ("-cases", ""))

    said = jit("policy", "test", cases, "--file", policy)

    assert (said.code, said.err) == (0, "")
    assert jit("policy", "check", "--file", policy).err == ""


def test_an_export_never_overwrites(jit: Jit, tmp_path: Path) -> None:
    jit("db", "upgrade")
    (tmp_path / "log.jsonl").write_text("another log\n")

    said = jit("audit", "export", "--out", "log.jsonl")

    assert said.code == 2
    assert len(said.faults) == 1
    assert "log.jsonl is there already, and an export never overwrites" in said.faults[0]
    assert (tmp_path / "log.jsonl").read_text() == "another log\n"


def test_init_writes_a_policy_once_and_prints_the_manifest(jit: Jit, tmp_path: Path) -> None:
    first = jit("init")
    (tmp_path / "policy.yaml").write_text(POLICY)
    second = jit("init", "--socket-mode")

    assert (first.code, second.code) == (0, 0)
    assert "display_information:" in first.out
    assert "socket_mode_enabled: true" in second.out
    assert (tmp_path / "policy.yaml").read_text() == POLICY


def test_what_init_writes_is_a_good_policy(jit: Jit) -> None:
    jit("init")

    assert jit("policy", "check").code == 0
