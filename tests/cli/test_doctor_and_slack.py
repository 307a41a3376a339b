"""What `jit doctor` finds in Slack and in calendars: each check can fail, and says what to do."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from bot.cli.doctor.finding import Status
from bot.copies import Kept
from bot.rolls import Copies
from bot.sandbox.faults import RateLimit, ServerError
from bot.slack.manifest import BOT_SCOPES
from tests.cli.patient import CALM, Patient, a_patient, troubles, utc_now
from tests.fakes.slack import APP_TOKEN, CONFIG, running_workspace
from tests.journeys.living import PAYMENTS

FAIL, WARN = Status.FAIL, Status.WARN
ON_CALL = """\
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//tests//EN\r
BEGIN:VEVENT\r
UID:1\r
DTSTAMP:20200101T000000Z\r
DTSTART:20200101T000000Z\r
DTEND:{end}T000000Z\r
SUMMARY:bo@acme.test\r
END:VEVENT\r
END:VCALENDAR\r
"""
ALWAYS, LONG_AGO = ON_CALL.format(end="20990101"), ON_CALL.format(end="20200102")


@pytest.fixture
async def patient(tmp_path: Path) -> AsyncGenerator[Patient]:
    async with a_patient(tmp_path, f"sqlite:///{tmp_path}/jit.db") as patient:
        yield patient


async def test_in_a_workspace_as_it_should_be_all_is_well(patient: Patient) -> None:
    found = await patient.examined()

    assert troubles(found, "slack") == {}
    assert {"slack.token", "slack.scopes", "slack.channels", "slack.people", "slack.admin_channel"} <= set(found)
    assert found["clock.slack"][0].status is Status.OK


async def test_a_token_that_slack_does_not_take_is_told_without_showing_it(patient: Patient) -> None:
    found = await patient.but(slack_bot_token=SecretStr("xoxb-of-another-app")).examined()

    assert troubles(found, "slack") == {"slack.token": FAIL}
    assert "SLACK_BOT_TOKEN" in (found["slack.token"][0].remedy or "")
    assert "xoxb-of-another-app" not in str(found)


async def test_a_slack_that_is_away_is_one_line_and_the_rest_goes_on(patient: Patient) -> None:
    found = await patient.but(slack_api_url="http://127.0.0.1:9/api/").examined()

    assert troubles(found, "slack") == {"slack.token": FAIL}
    assert troubles(found, "settings") == {}


async def test_a_scope_that_was_not_granted_is_named(tmp_path: Path) -> None:
    config = replace(CONFIG, scopes=tuple(scope for scope in BOT_SCOPES if scope != "groups:read"))
    async with a_patient(tmp_path, f"sqlite:///{tmp_path}/jit.db", config) as patient:
        found = await patient.examined()

    assert troubles(found, "slack") == {"slack.scopes": FAIL}
    assert "groups:read" in found["slack.scopes"][0].says


async def test_socket_mode_needs_an_app_token_that_slack_takes(tmp_path: Path) -> None:
    async with running_workspace() as slack, a_patient(tmp_path, f"sqlite:///{tmp_path}/jit.db") as patient:
        url = f"{slack.config.base_url}/api/"
        socket = patient.but(slack_api_url=url, slack_app_token=SecretStr(APP_TOKEN))
        good, bad = await socket.examined(), await socket.but(slack_app_token=SecretStr("xapp-no")).examined()

    assert troubles(good, "slack") == {}
    assert "slack.app_token" in good
    assert troubles(bad, "slack") == {"slack.app_token": FAIL}


async def test_channels_that_cannot_be_posted_to_are_named_with_their_place(patient: Patient) -> None:
    roster = patient.slack.state.roster
    roster.put_channel(replace(roster.channel(PAYMENTS), is_archived=True))
    archived = await patient.examined()
    roster.put_channel(replace(roster.channel(PAYMENTS), is_archived=False, members=frozenset()))
    left = await patient.examined()
    nowhere = await patient.reading(CALM.replace("#payments-releases", "#nowhere")).examined()

    for found, words in ((archived, "archived"), (left, "/invite"), (nowhere, "#nowhere")):
        assert troubles(found, "slack") == {"slack.channels": FAIL}
        assert words in found["slack.channels"][0].says
        assert "policy.yaml:" in found["slack.channels"][0].says


async def test_a_channel_that_other_organisations_read_is_named_unless_the_policy_allows_it(patient: Patient) -> None:
    roster = patient.slack.state.roster
    roster.put_channel(replace(roster.channel(PAYMENTS), sharing="external"))
    told = await patient.examined()
    allowed = CALM.replace("admin_channel:", f"allow_shared_channels: [{PAYMENTS}], admin_channel:")
    quiet = await patient.reading(allowed).examined()

    assert troubles(told, "slack") == {"slack.channels": FAIL}
    assert "shared with people of other workspaces" in told["slack.channels"][0].says
    assert "allow_shared_channels" in told["slack.channels"][0].says
    assert troubles(quiet, "slack") == {}


async def test_people_who_cannot_answer_are_named(patient: Patient) -> None:
    found = await patient.reading(CALM.replace("[ana, bo, chen]", "[ana, gus@acme.test, old@acme.test]")).examined()

    assert troubles(found, "slack") == {"slack.people": FAIL}
    assert len(found["slack.people"]) == 2


async def test_trouble_of_the_bot_itself_must_reach_somebody(patient: Patient) -> None:
    nobody = await patient.reading(CALM.replace(", admin_channel: '#incidents'", "")).examined()
    gone = await patient.reading(CALM.replace("#incidents", "#general")).examined()

    assert troubles(nobody, "slack") == {"slack.admin_channel": WARN}
    assert troubles(gone, "slack") == {"slack.channels": FAIL, "slack.admin_channel": FAIL}


async def test_a_slack_that_fails_in_the_middle_is_told_and_one_that_is_busy_is_waited_for(patient: Patient) -> None:
    patient.slack.faults.add("conversations.list", ServerError())
    failing = await patient.examined()
    patient.slack.faults.add("conversations.list", RateLimit(0))
    busy = await patient.examined()

    assert troubles(failing, "slack") == {"slack.channels": FAIL}
    assert troubles(busy, "slack") == {}


async def test_a_clock_that_is_not_slacks_is_told(patient: Patient) -> None:
    for seconds, status in ((20, WARN), (-20, WARN), (300, FAIL)):
        apart = timedelta(seconds=seconds)

        def off(apart: timedelta = apart) -> datetime:
            return utc_now() + apart

        assert troubles(await patient.examined(off), "clock") == {"clock.slack": status}


def on_call(patient: Patient, calendar: str) -> Patient:
    groups = f"groups:\n  night: {{calendar: {calendar}, fallback: [ana]}}\n"
    return patient.reading(
        CALM.replace("groups:\n", groups).replace("approvers: [qa], quorum: 1", "approvers: [night]")
    )


async def test_a_calendar_that_can_be_read_and_was_copied_is_well(patient: Patient, tmp_path: Path) -> None:
    (tmp_path / "night.ics").write_text(ALWAYS)
    rota = on_call(patient, "night.ics")
    uncopied = await rota.examined()
    keep(tmp_path, "night.ics", timedelta(minutes=2))
    good = await rota.examined()
    keep(tmp_path, "night.ics", timedelta(hours=2))
    stale = await rota.examined()

    assert troubles(uncopied, "calendars") == troubles(stale, "calendars") == {"calendars.copy": WARN}
    assert troubles(good, "calendars") == {}


async def test_a_calendar_that_cannot_be_read_counts_on_its_copy_for_a_day(patient: Patient, tmp_path: Path) -> None:
    rota = on_call(patient, "gone.ics")
    lost = await rota.examined()
    keep(tmp_path, "gone.ics", timedelta(hours=5))
    copied = await rota.examined()
    keep(tmp_path, "gone.ics", timedelta(hours=25))
    too_old = await rota.examined()

    assert troubles(lost, "calendars") == troubles(too_old, "calendars") == {"calendars.readable": FAIL}
    assert troubles(copied, "calendars") == {"calendars.readable": WARN}
    assert "5 h" in copied["calendars.readable"][0].says


async def test_a_rota_with_nobody_on_call_warns(patient: Patient, tmp_path: Path) -> None:
    (tmp_path / "night.ics").write_text(LONG_AGO)
    keep(tmp_path, "night.ics", timedelta(minutes=2))

    assert troubles(await on_call(patient, "night.ics").examined(), "calendars") == {"calendars.readable": WARN}


async def test_the_address_of_a_calendar_is_not_shown(patient: Patient) -> None:
    found = await on_call(patient, "http://127.0.0.1:9/a-token-in-the-path.ics").examined()

    assert troubles(found, "calendars") == {"calendars.readable": FAIL}
    assert "a-token-in-the-path" not in str(found)


def keep(folder: Path, name: str, age: timedelta) -> None:
    """Leave the copy that a bot would have kept so long ago."""
    kept = Kept(content=ALWAYS.encode(), read_at=datetime.now(UTC) - age)
    Copies(folder / "calendars").keep(str((folder / name).resolve()), kept)
