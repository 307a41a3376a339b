"""The dialog before more people are called: who, where, and when silence would have called them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.business_time import Calendar
from bot.core.errors import Refusal, Refused
from bot.core.request import ApprovalRequest
from bot.core.ruling import EscalationStep
from bot.slack.dialogs.escalating import draw_escalate_dialog
from bot.slack.dialogs.reasons import Origin
from tests.factories import BO, CHEN, DIA, NOON, a_calendar, a_group, a_request, a_ruling, a_stage, a_step
from tests.slack.validating import read_aloud, require_legal_view
from tests.slack.views_of import HOSTILE, hostile

ORIGIN = Origin(value="1." + "x" * 118, channel="C0APPROVE", ts="1772625600.000100")


def louder(*steps: EscalationStep, quiet: Calendar | None = None) -> ApprovalRequest:
    return a_request(ruling=a_ruling(stages=[a_stage("qa", 1, [BO], escalate=steps)], quiet=quiet))


def said(request: ApprovalRequest) -> str:
    view = draw_escalate_dialog(request, ORIGIN, NOON)
    require_legal_view(view)
    return read_aloud(view["blocks"])  # pyright: ignore[reportArgumentType] - a view's


def test_it_says_whom_it_calls_and_when_silence_would_have() -> None:
    words = said(louder(a_step(15, [CHEN, DIA], groups=[a_group("release")])))

    assert "**Asks at once: **chen and dia and release (a Slack user group)" in words
    assert "**Shows the card also in **#incidents" in words
    assert "Without this it happens by itself: {2026-03-04 12:15 UTC}" in words
    assert "Quiet hours" not in words


def test_what_a_step_does_not_do_is_not_said() -> None:
    assert "Shows the card" not in said(louder(a_step(channel=None)))
    assert "Asks at once" not in said(louder(a_step(to=())))


def test_in_quiet_hours_it_says_that_nobody_is_pinged_before_they_end() -> None:
    assert "Quiet hours: nobody is pinged before {" in said(louder(a_step(), quiet=a_calendar()))


def test_its_title_holds_the_number_and_its_note_the_choice() -> None:
    view = draw_escalate_dialog(louder(a_step()), ORIGIN, NOON)

    assert view["title"] == {"type": "plain_text", "text": "Escalate #1 now", "emoji": False}
    assert view["private_metadata"] == ORIGIN.draw()


def test_where_nobody_is_left_there_is_no_dialog() -> None:
    with pytest.raises(Refused) as refused:
        draw_escalate_dialog(louder(), ORIGIN, NOON)

    assert refused.value.code is Refusal.NOTHING_LEFT


@pytest.mark.parametrize("words", ["a", "&", "<", "😀", HOSTILE, "\u202e", "\n", "\x00"])
def test_any_names_make_a_legal_dialog(words: str) -> None:
    request = hostile(words).request
    groups = [a_group(words * 900) for _ in range(50)]
    stages = [replace(request.ruling.stages[0], escalate=(a_step(to=[BO] * 200, channel=words * 900, groups=groups),))]

    require_legal_view(draw_escalate_dialog(request, ORIGIN, NOON + timedelta(days=1)))
    require_legal_view(
        draw_escalate_dialog(replace(request, ruling=replace(request.ruling, stages=tuple(stages))), ORIGIN, NOON)
    )
