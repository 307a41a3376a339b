"""What is shown of people's answers: those that count as such, and of the others that they do not."""

from datetime import timedelta

import pytest

from bot.core.events import Event
from bot.core.life.lifecycle import advance
from bot.core.request import ApprovalRequest
from bot.slack import Seal
from bot.slack.cards.card import draw_card
from bot.slack.dialogs.details import draw_details
from bot.slack.dialogs.reasons import Origin
from tests import factories as a
from tests.slack.validating import read_aloud
from tests.slack.views_of import a_view

SEAL = Seal("a-secret-key-of-thirty-two-characters")
RULING = a.a_ruling(
    stages=[a.a_stage("qa", 2, [a.BO, a.CHEN], reject_quorum=2)], undo_within=timedelta(minutes=2), rule="two-people"
)


def answered(*events: Event) -> ApprovalRequest:
    request = a.a_request(ruling=RULING)
    for event in events:
        request = advance(request, event, a.NOON).request
    return request


def on_the_card(request: ApprovalRequest) -> str:
    return read_aloud(draw_card(a_view(request), SEAL).blocks)


def in_details(request: ApprovalRequest) -> list[str]:
    """Return the lines of the answers, one each."""
    lines = read_aloud(draw_details(a_view(request), 0, Origin(value="v"))["blocks"]).splitlines()  # pyright: ignore[reportArgumentType] - plain JSON
    return [line for line in lines if "approved" in line or "rejected" in line]


YES, NO, UNDO = a.approval(a.BO, reason="fine with me"), a.rejection(a.BO, reason="not at all"), a.an_undoing(a.BO)


@pytest.mark.parametrize(
    ("events", "notes"),
    [
        ((YES,), [""]),
        ((YES, UNDO), ["taken back"]),
        ((YES, NO), ["replaced by a later answer", ""]),
        ((YES, NO, UNDO), ["replaced by a later answer", "taken back"]),
        ((YES, UNDO, YES), ["taken back", ""]),
    ],
)
def test_details_says_of_every_answer_that_does_not_count_why(events: tuple[Event, ...], notes: list[str]) -> None:
    found = in_details(answered(*events))

    assert [line.partition(" (")[2].partition(", no longer counts), ")[0] for line in found] == notes


@pytest.mark.parametrize(
    ("events", "listed"), [((YES,), 1), ((YES, UNDO), 0), ((YES, NO, UNDO), 0), ((YES, UNDO, YES), 1)]
)
def test_the_card_lists_no_answer_that_does_not_count(events: tuple[Event, ...], listed: int) -> None:
    assert on_the_card(answered(*events)).count("Answers so far") == listed


def test_the_card_lists_of_whoever_answered_twice_only_the_last() -> None:
    text = on_the_card(answered(YES, NO))

    assert "not at all" in text
    assert "fine with me" not in text
