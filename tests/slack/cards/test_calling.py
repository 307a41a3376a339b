"""Live groups on cards: called by the id Slack gave for them, and said to be empty as soon as it is known."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.core.effects import Note, Said
from bot.core.people.membership import Crowd, GroupKind, Roll
from bot.core.request import State
from bot.slack import Seal
from bot.slack.cards.calling import draw_calls, draw_gaps
from bot.slack.cards.card import draw_card
from bot.slack.words.lines import draw_thread_line
from tests import factories as a
from tests.slack.validating import read_aloud
from tests.slack.views_of import a_view

RELEASE = a.a_group(fallback=[a.DIA])
ONCALL = a.a_group("on-call", GroupKind.CALENDAR, fallback=[a.DIA])
REQUEST = a.a_request(
    ruling=a.a_ruling(stages=[a.a_stage("release", 1, [], groups=(RELEASE, ONCALL), mention_groups=(RELEASE, ONCALL))])
)
BOTH = Crowd(groups=(RELEASE, ONCALL))
FULL = {
    RELEASE: Roll(people=(a.BO,), read_at=a.NOON, usergroup_id="S0RELEASE"),
    ONCALL: Roll(people=(a.CHEN,), read_at=a.NOON - timedelta(hours=1)),
}
EMPTY = {
    RELEASE: Roll(people=(a.ANA,), read_at=a.NOON, usergroup_id="S0RELEASE"),
    ONCALL: Roll(people=(), read_at=a.NOON),
}
UNREAD = {group: Roll(people=(), read_at=a.NOON, trouble="it can't be read") for group in (RELEASE, ONCALL)}


def test_a_user_group_is_called_as_a_whole_and_a_calendar_by_whoever_is_on_call() -> None:
    assert draw_calls(REQUEST, BOTH, FULL) == [
        [{"type": "usergroup", "usergroup_id": "S0RELEASE"}],
        [{"type": "user", "user_id": "U0CHEN000"}],
    ]
    assert list(draw_gaps(REQUEST, FULL)) == []


def test_where_nobody_may_answer_the_fallback_is_called_once_and_the_card_says_why() -> None:
    assert draw_calls(REQUEST, BOTH, EMPTY) == [[{"type": "user", "user_id": "U0DIA0000"}]]
    assert list(draw_gaps(REQUEST, EMPTY)) == [
        "⚠️ release: nobody in it may answer now; dia may answer instead.",
        "⚠️ on-call: nobody in it may answer now; dia may answer instead.",
    ]


def test_a_user_group_that_cannot_be_read_calls_nobody_and_a_calendar_its_fallback() -> None:
    assert draw_calls(REQUEST, Crowd(groups=(RELEASE,)), UNREAD) == []
    assert draw_calls(REQUEST, Crowd(groups=(ONCALL,)), UNREAD) == [[{"type": "user", "user_id": "U0DIA0000"}]]
    first, second = draw_gaps(REQUEST, UNREAD)
    assert first.startswith("⚠️ Who is in release can't be told just now")
    assert second == "⚠️ on-call: it can't be read; dia may answer instead."


def test_what_was_not_looked_up_is_neither_called_nor_complained_of() -> None:
    assert draw_calls(REQUEST, BOTH, {}) == list(draw_gaps(REQUEST, {})) == []


def test_the_card_names_the_groups_and_says_who_stands_in() -> None:
    drawn = str(draw_card(a_view(REQUEST), Seal("a-secret-key-of-thirty-two-characters"), None, EMPTY).blocks)

    assert "release (a Slack user group) or on-call (whoever is on call)" in drawn
    assert "dia may answer instead" in drawn


def test_the_card_and_the_thread_say_that_the_groups_held_too_few_and_who_of_them_is_away() -> None:
    thin = replace(REQUEST, thin=(RELEASE, ONCALL), deserted=(a.BO,))
    said = Said(note=Note.DESERTED, by=a.TIMER, calls=(a.CHEN,))

    card = str(draw_card(a_view(thin), Seal("a-secret-key-of-thirty-two-characters"), None, FULL).blocks)
    line = str(draw_thread_line(a_view(replace(thin, deserted=())), said, FULL).blocks)

    assert "Too few can answer for release and on-call now (bo away): more people were asked at once." in card
    assert "🔔 Too few can answer for release and on-call now: more people are asked now" in line


def test_a_quorum_that_the_groups_cannot_give_now_is_said_at_once() -> None:
    stage = a.a_stage("release", 3, [], groups=(RELEASE, ONCALL))
    request = a.a_request(ruling=a.a_ruling(stages=[stage]))
    with_one_more = {**FULL, ONCALL: Roll(people=(a.CHEN, a.DIA), read_at=a.NOON)}

    assert list(draw_gaps(request, FULL)) == ["⚠️ 3 have to agree, and only 2 may answer now: bo and chen."]
    assert list(draw_gaps(request, with_one_more)) == []
    assert all("have to agree" not in line for line in draw_gaps(request, UNREAD))  # nobody knows how many they are


STEPS = (a.a_step(15, channel=None), a.a_step(30, to=(), channel="#incidents"), a.a_step(90))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Escalates {2026-03-04 12:15 UTC}: dia"),
        ({"steps": 1}, "Escalates {2026-03-04 12:30 UTC}: in #incidents"),
        ({"steps": 2}, None),  # it would come after the end
        ({"steps": 3}, None),
        ({"state": State.NEEDS_INFO}, None),  # the clock stands, and nobody knows when it goes on
    ],
)
def test_the_card_says_when_silence_calls_more_people_and_whom(changes: dict[str, Any], said: str | None) -> None:
    ruling = a.a_ruling(stages=[a.a_stage("qa", 1, [a.BO], escalate=STEPS)])
    request = replace(a.a_request(ruling=ruling), **changes)

    lines = [
        line
        for line in read_aloud(draw_card(a_view(request), Seal("k" * 32)).blocks).splitlines()
        if "Escalates" in line
    ]

    assert lines == ([said] if said else [])
