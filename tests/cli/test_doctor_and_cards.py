"""What `jit doctor` finds of cards, by reading only: those that do not show what is stored."""

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cli.doctor.finding import Status
from bot.core.view import Detour, RequestView
from bot.sandbox.faults import RateLimit, Refusal, ServerError
from bot.slack import SlackCourier
from bot.slack.cards.card import Card
from tests.cli.patient import CALM, Patient, troubles, utc_now
from tests.journeys.living import PAYMENTS, Home, at_home

FAIL, WARN = Status.FAIL, Status.WARN


@pytest.fixture
async def home(tmp_path: Path, database_url: str) -> AsyncGenerator[Home]:
    (tmp_path / "policy.yaml").write_text(CALM, encoding="utf-8")
    async with at_home(tmp_path, {"database_url": database_url}) as home:
        await home.ask()
        await home.card()
        async with asyncio.timeout(10):
            while await home.house.store.read(lambda snapshot: snapshot.outbox_depth()):  # noqa: ASYNC110 - a state, not an event
                await asyncio.sleep(0.02)
        yield home


@pytest.fixture
def patient(home: Home) -> Patient:
    return Patient(settings=home.settings, slack=home.slack)


async def test_a_card_that_was_deleted_changed_or_left_behind_is_named_and_left_alone(
    home: Home, patient: Patient
) -> None:
    card = await home.card()
    fine = await patient.examined()
    lie = {"type": "section", "text": {"type": "plain_text", "text": "Approved by everybody"}}
    home.slack.state.rewrite(card, "Approved", (lie,), card.metadata)
    changed = await patient.examined()
    home.slack.state.remove(card)
    deleted = await patient.examined()
    home.slack.state.put(card)
    patient.write("UPDATE cards SET drawn = 'something else'")
    stale = await patient.examined()

    assert troubles(fine, "cards") == {}
    for found, words in ((changed, "was changed"), (deleted, "was deleted"), (stale, "older state")):
        assert troubles(found, "cards") == {"cards.shown": FAIL}
        assert words in found["cards.shown"][0].says
        assert "#1 in #payments-releases" in found["cards.shown"][0].says
        assert "--repair" in (found["cards.shown"][0].remedy or "")
    assert home.slack.messages(PAYMENTS) == (card,)


async def test_the_card_of_an_archived_channel_is_named(home: Home, patient: Patient) -> None:
    roster = home.slack.state.roster
    roster.put_channel(replace(roster.channel(PAYMENTS), is_archived=True))

    found = await patient.examined()

    assert troubles(found, "cards") == {"cards.shown": FAIL}
    assert "is_archived" in found["cards.shown"][0].says


async def test_cards_that_could_not_be_looked_at_are_no_trouble_of_theirs(home: Home, patient: Patient) -> None:
    home.slack.faults.add("conversations.history", RateLimit(1))

    assert troubles(await patient.examined(), "cards") == {"cards.shown": WARN}


async def test_an_open_request_without_a_card_fails_unless_one_is_on_its_way(patient: Patient) -> None:
    patient.write("DELETE FROM cards")
    lost = await patient.examined()
    # Claimed, so that nobody delivers it while the doctor looks.
    patient.write(
        "UPDATE outbox SET status = 'claimed', done_at = NULL, claimed_by = 'one', claimed_until = ?"
        " WHERE kind = 'show_card'",
        utc_now() + timedelta(minutes=3),
    )
    posted = await patient.examined()

    assert troubles(lost, "cards") == {"cards.missing": FAIL}
    assert "#1" in lost["cards.missing"][0].says
    assert troubles(posted, "cards") == {}


async def test_cards_that_nobody_looks_after_warn(patient: Patient) -> None:
    patient.write("UPDATE cards SET look_at = ?", utc_now() - timedelta(hours=1))
    # The bot's own pass would see to it within its minute; the doctor comes first.
    found = await patient.examined()

    assert troubles(found, "cards") == {"cards.looks": WARN}
    assert "1 h" in found["cards.looks"][0].says


async def test_a_card_that_slack_would_not_take_is_named_with_what_is_wrong(
    patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fine = await patient.examined()
    whole = SlackCourier.draw

    async def too_long(self: SlackCourier, view: RequestView, channel: str, detour: Detour | None) -> Card:
        card = await whole(self, view, channel, detour)
        text = {"type": "plain_text", "text": "x" * 3001}
        return replace(card, blocks=[*card.blocks, {"type": "section", "text": text}])

    monkeypatch.setattr(SlackCourier, "draw", too_long)
    found = await patient.examined()

    assert "would take the 1 cards" in fine["cards.valid"][0].says
    assert troubles(found, "cards") == {"cards.valid": FAIL}
    assert "#1: must be less than 3001 characters at /" in found["cards.valid"][0].says


@pytest.mark.parametrize("fault", [RateLimit(1), Refusal("access_denied"), ServerError()], ids=str)
async def test_cards_that_slack_does_not_validate_are_no_trouble_of_theirs(
    home: Home, patient: Patient, fault: RateLimit | Refusal | ServerError
) -> None:
    home.slack.faults.add("blocks.validate", fault)

    found = await patient.examined()

    assert troubles(found, "cards") == {"cards.valid": WARN}
    assert "only 0 of 1" in found["cards.valid"][0].says
