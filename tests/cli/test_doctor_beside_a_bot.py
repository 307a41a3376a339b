"""`jit doctor` beside a bot that runs: all is well, and it says what the bot itself can't see or doesn't say."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.cli.doctor.finding import Status
from bot.cli.door import run
from tests.cli.patient import CALM, Patient, troubles, utc_now
from tests.fakes.slack import BOT_TOKEN, SIGNING_SECRET
from tests.journeys.living import CALLBACK_SECRET, SECRET_KEY, TOKEN, Home, at_home

Jit = Callable[..., Any]


@pytest.fixture
async def home(tmp_path: Path, database_url: str) -> AsyncGenerator[Home]:
    (tmp_path / "policy.yaml").write_text(CALM, encoding="utf-8")
    async with at_home(tmp_path, {"database_url": database_url}) as home:
        yield home


@pytest.fixture
def patient(home: Home) -> Patient:
    return Patient(settings=home.settings, slack=home.slack)


@pytest.fixture
def jit(home: Home, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Jit:
    """The command line on the machine of the house, whose environment holds its secrets."""
    monkeypatch.chdir(home.settings.policy_file.parent)
    for name, value in {
        "JIT_PORT": str(home.settings.port),
        "JIT_SECRET_KEY": SECRET_KEY,
        "JIT_DATABASE_URL": home.settings.database_url,
        "SLACK_BOT_TOKEN": BOT_TOKEN,
        "SLACK_SIGNING_SECRET": SIGNING_SECRET,
        "SLACK_API_URL": home.settings.slack_api_url,
        "TEST_CI_TOKEN": TOKEN,
        "TEST_CI_SECRET": CALLBACK_SECRET,
    }.items():
        monkeypatch.setenv(name, value)

    async def typed(*words: str) -> tuple[int, str, str]:
        code = await asyncio.to_thread(run, words)
        said = capfd.readouterr()
        return code, said.out, said.err

    return typed


SECRETS = (SECRET_KEY, BOT_TOKEN, SIGNING_SECRET, TOKEN, CALLBACK_SECRET)


async def test_in_a_healthy_house_every_check_is_well_and_says_no_secret(home: Home, jit: Jit) -> None:
    await home.ask()
    await home.card()

    for_people, for_programs = await jit("doctor", "--whole-log"), await jit("doctor", "--json")

    said = json.loads(for_programs[1])
    assert (for_people[0], for_programs[0], for_people[2], for_programs[2]) == (0, 0, "", "")
    assert {one["check"]: one["status"] for one in said["checks"] if one["status"] != "ok"} == {}
    assert said["ok"] is True
    assert "0 failed, 0 warnings" in for_people[1]
    assert not [secret for secret in SECRETS if secret in for_people[1] + for_programs[1]]


async def test_what_fails_is_exit_1_and_what_cannot_be_read_is_78(
    home: Home, jit: Jit, monkeypatch: pytest.MonkeyPatch
) -> None:
    home.settings.policy_file.write_text("version: 1\ncolour: red\n", encoding="utf-8")
    failing = await jit("doctor")
    monkeypatch.setenv("JIT_PORT", "many")
    unreadable = await jit("doctor")

    assert failing[0] == 1
    assert "  FAIL file: policy.yaml:2:1: " in failing[1].replace(f"{home.settings.policy_file.parent}/", "")
    assert (unreadable[0], unreadable[1]) == (78, "")
    assert "JIT_PORT" in unreadable[2]


async def test_a_policy_that_was_changed_and_not_loaded_warns(home: Home, patient: Patient) -> None:
    home.settings.policy_file.write_text(CALM + "# changed\n", encoding="utf-8")
    changed = await patient.examined()
    home.settings.policy_file.write_text("version: 2\n", encoding="utf-8")
    broken = await patient.examined()

    assert troubles(changed, "policy") == {"policy.held": Status.WARN}
    assert troubles(broken, "policy") == {"policy.file": Status.FAIL, "policy.held": Status.WARN}
    assert changed["policy.held"][0].remedy == "jit policy reload"


async def test_a_bot_with_another_key_or_another_clock_is_told(patient: Patient) -> None:
    stranger = await patient.but(secret_key=SecretStr("another secret key that is long enough, too")).examined()
    slow = await patient.examined(lambda: utc_now() - timedelta(seconds=20))

    assert troubles(stranger, "bot") == {"bot.answers": Status.FAIL}
    assert "no bot with our secret key" in stranger["bot.answers"][0].says
    assert troubles(slow, "clock")["clock.bot"] is Status.WARN


async def test_what_the_bot_itself_is_not_well_of_fails(tmp_path: Path) -> None:
    async with at_home(tmp_path) as home:
        (tmp_path / "jit.db").rename(tmp_path / "moved.db")
        found = await Patient(settings=home.settings, slack=home.slack).examined()
        (tmp_path / "moved.db").rename(tmp_path / "jit.db")

    assert troubles(found, "bot") == {"bot.database": Status.FAIL}
