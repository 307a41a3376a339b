"""`jit doctor` without a bot that runs: each check can fail, says so under its lasting name, and changes nothing."""

from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.cli.doctor.finding import Status, draw_span
from bot.store import upgrade_schema
from tests.cli.patient import CALM, Patient, a_patient, books_of, troubles, utc_now
from tests.store.asks import a_stored_request
from tests.store.owner import drop_guards

FAIL, WARN = Status.FAIL, Status.WARN


@pytest.fixture
async def patient(tmp_path: Path, database_url: str) -> AsyncGenerator[Patient]:
    async with a_patient(tmp_path, database_url) as patient:
        yield patient


@pytest.fixture
async def asked(patient: Patient) -> Patient:
    """A house where somebody has asked something, and nobody lives any more."""
    async with books_of(patient) as store:
        await a_stored_request(store)
    return patient


@pytest.fixture
async def sketch(tmp_path: Path) -> AsyncGenerator[Patient]:
    """A house that was never opened."""
    async with a_patient(tmp_path, f"sqlite:///{tmp_path}/jit.db") as patient:
        yield patient


async def test_nothing_is_wrong_with_fresh_books_but_that_nobody_runs_on_them(asked: Patient) -> None:
    found = await asked.examined()

    assert [name for name, each in found.items() if any(one.status is not Status.OK for one in each)] == ["bot.answers"]
    assert "jit serve" in (found["bot.answers"][0].remedy or "")


async def test_a_database_that_is_not_there_is_not_made(sketch: Patient, tmp_path: Path) -> None:
    found = await sketch.examined()

    assert troubles(found, "database") == {"database.reachable": FAIL}
    assert "audit.end" not in found
    assert not (tmp_path / "jit.db").exists()


async def test_a_server_that_does_not_answer_is_named_without_its_password(sketch: Patient) -> None:
    url = "postgresql://jit:a-long-password@127.0.0.1:9/jit"
    found = await sketch.but(database_url=url).examined()

    assert troubles(found, "database") == {"database.reachable": FAIL}
    assert "a-long-password" not in str(found)


async def test_another_schema_fails_and_stays(asked: Patient) -> None:
    asked.write("UPDATE alembic_version SET version_num = '0001'")
    older, again = await asked.examined(), await asked.examined()
    asked.write("UPDATE alembic_version SET version_num = '9999'")
    newer = await asked.examined()

    for found in (older, again, newer):
        assert troubles(found, "database") == {"database.schema": FAIL}
    assert again["database.schema"] == older["database.schema"]
    assert "jit db upgrade" in (older["database.schema"][0].remedy or "")
    assert "newer" in (newer["database.schema"][0].remedy or "")


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE audit_entries SET event = 'policy.loaded' WHERE seq = 1",
        "UPDATE audit_entries SET hash = prev WHERE seq = 1",
        "DELETE FROM audit_entries WHERE seq = 1",
        "UPDATE audit_head SET seq = seq + 1",
        "UPDATE audit_head SET hash = (SELECT prev FROM audit_entries WHERE seq = 1)",
    ],
)
async def test_an_end_of_the_log_that_was_changed_fails(asked: Patient, harm: str) -> None:
    drop_guards(asked.url)
    asked.write(harm)

    found = await asked.examined()

    assert troubles(found, "audit") == {"audit.end": FAIL}


async def test_the_whole_log_is_held_against_the_requests_when_asked_for(asked: Patient) -> None:
    whole = await asked.examined(whole_log=True)
    asked.write("UPDATE requests SET service = 'another'")

    end, harmed = await asked.examined(), await asked.examined(whole_log=True)

    assert troubles(whole, "audit") == troubles(end, "audit") == {}
    assert troubles(harmed, "audit") == {"audit.whole": FAIL}


async def test_a_delivery_that_nobody_takes_up_is_late(asked: Patient) -> None:
    for minutes, status in ((2, WARN), (20, FAIL)):
        asked.write("UPDATE outbox SET due_at = ?", utc_now() - timedelta(minutes=minutes))

        found = await asked.examined()

        assert troubles(found, "outbox") == {"outbox.late": status}
        assert f"{minutes} min" in found["outbox.late"][0].says


async def test_a_claim_that_nobody_settles_is_late(asked: Patient) -> None:
    ago = utc_now() - timedelta(minutes=20)
    asked.write("UPDATE outbox SET status = 'claimed', claimed_by = 'gone', claimed_until = ?", ago)

    assert troubles(await asked.examined(), "outbox") == {"outbox.late": FAIL}


@pytest.mark.parametrize("state", ["status = 'due', due_at = ?", "status = 'claimed', claimed_until = ?"])
async def test_what_somebody_put_off_for_ever_is_found(asked: Patient, state: str) -> None:
    asked.write(f"UPDATE outbox SET {state}", utc_now() + timedelta(days=400))  # noqa: S608 - our own text

    assert troubles(await asked.examined(), "outbox") == {"outbox.put_off": FAIL}


async def test_what_is_tried_in_vain_says_why(asked: Patient) -> None:
    for minutes, status in ((1, WARN), (20, FAIL)):
        now = utc_now()
        asked.write(
            "UPDATE outbox SET attempts = 3, last_error = 'Slack: not_in_channel', due_at = ?, created_at = ?",
            now + timedelta(minutes=1),
            now - timedelta(minutes=minutes),
        )

        found = await asked.examined()

        assert troubles(found, "outbox") == {"outbox.failing": status}
        assert "not_in_channel" in found["outbox.failing"][0].says


async def test_what_was_given_up_warns_and_fails_while_its_request_is_open(asked: Patient) -> None:
    asked.write("UPDATE outbox SET status = 'dead', done_at = ?", utc_now() - timedelta(hours=3))
    of_open = await asked.examined()
    asked.write("UPDATE outbox SET request_id = NULL")
    of_nobody = await asked.examined()

    assert troubles(of_open, "outbox") == {"outbox.dead": FAIL}
    assert troubles(of_nobody, "outbox") == {"outbox.dead": WARN}
    assert "3 h" in of_nobody["outbox.dead"][0].says


async def test_a_deadline_that_nobody_saw_to_fails(asked: Patient) -> None:
    asked.write("UPDATE requests SET wake_at = ?", utc_now() - timedelta(minutes=1))

    assert troubles(await asked.examined(), "timers") == {"timers.deadlines": FAIL}


async def test_a_clock_behind_the_log_fails(asked: Patient) -> None:
    drop_guards(asked.url)
    asked.write("UPDATE audit_head SET at = ?", utc_now() + timedelta(minutes=1))

    assert troubles(await asked.examined(), "clock") == {"clock.log": FAIL}


@pytest.mark.postgres
async def test_a_clock_that_is_not_the_databases_is_told(tmp_path: Path, postgres_url: str) -> None:
    upgrade_schema(postgres_url)
    async with a_patient(tmp_path, postgres_url) as patient:
        for seconds, status in ((-20, WARN), (20, WARN), (-300, FAIL), (300, FAIL)):
            apart = timedelta(seconds=seconds)
            found = await patient.examined(lambda apart=apart: utc_now() + apart)

            assert troubles(found, "clock")["clock.database"] is status


@pytest.mark.parametrize(
    ("change", "check", "status"),
    [
        ({"slack_bot_token": None}, "settings.slack", FAIL),
        ({"slack_signing_secret": None}, "settings.slack", FAIL),
        ({"secret_key": None}, "settings.secret_key", FAIL),
        ({"secret_key": None, "database_url": "postgresql://jit@127.0.0.1:9/jit"}, "settings.secret_key", FAIL),
        ({"slack_api_url": "https://slack.test/api/"}, "settings.public_url", WARN),
        (
            {"slack_api_url": "https://slack.test/api/", "slack_app_token": SecretStr("xapp-of-tests")},
            "settings.public_url",
            WARN,
        ),
    ],
)
async def test_settings_that_cannot_work_are_told(
    sketch: Patient, change: dict[str, object], check: str, status: Status
) -> None:
    good, found = await sketch.examined(), await sketch.but(**change).examined()

    assert troubles(good, "settings") == {}
    assert troubles(found, "settings") == {check: status}


async def test_a_kept_key_must_be_whole_and_nobody_elses(sketch: Patient, tmp_path: Path) -> None:
    kept = tmp_path / "jit.db.key"
    kept.write_text("k" * 64)
    kept.chmod(0o600)
    good = await sketch.but(secret_key=None).examined()
    kept.chmod(0o644)
    for_all = await sketch.but(secret_key=None).examined()
    kept.chmod(0o600)
    kept.write_text("short")
    damaged = await sketch.but(secret_key=None).examined()

    assert troubles(good, "settings") == {}
    assert troubles(for_all, "settings") == troubles(damaged, "settings") == {"settings.secret_key": FAIL}
    assert "k" * 64 not in str(for_all)


async def test_a_policy_that_cannot_be_used_is_a_line_for_each_error(sketch: Patient) -> None:
    sketch.settings.policy_file.write_text(CALM.replace("quorum: 1", "quorum: 0") + "colour: red\n")

    found = await sketch.examined()

    assert troubles(found, "policy") == {"policy.file": FAIL}
    assert len(found["policy.file"]) == 2
    assert all("policy.yaml:" in one.says for one in found["policy.file"])


async def test_a_policy_to_look_at_twice_warns(sketch: Patient) -> None:
    sketch.settings.policy_file.write_text(CALM + "  - {name: all, then: auto_approve}\n")

    assert troubles(await sketch.examined(), "policy") == {"policy.file": WARN}


async def test_a_secret_that_the_policy_names_and_nobody_set_fails(sketch: Patient) -> None:
    policy = CALM.replace("TEST_CI_TOKEN", "TEST_NOBODY_SET_THIS")
    sketch.settings.policy_file.write_text(policy)

    found = await sketch.examined()

    assert troubles(found, "policy") == {"policy.secrets": FAIL}
    assert "TEST_NOBODY_SET_THIS" in found["policy.secrets"][0].says


async def test_whatever_listens_where_the_bot_should_must_be_the_bot(sketch: Patient) -> None:
    found = await sketch.but(port=int(sketch.slack.config.base_url.rpartition(":")[2])).examined()

    assert troubles(found, "bot") == {"bot.answers": FAIL}
    assert "is no bot" in found["bot.answers"][0].says


def test_a_length_of_time_is_told_in_its_two_largest_units() -> None:
    spans = [timedelta(seconds=-1), timedelta(seconds=59), timedelta(minutes=60), timedelta(days=2, hours=3, minutes=4)]

    assert [draw_span(span) for span in spans] == ["0 s", "59 s", "1 h", "2 d 3 h"]
