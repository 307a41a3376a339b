"""The dialog before more people are called: who, where, and when silence would have called them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.core.business_time import Calendar
from bot.core.errors import Refusal, Refused
from bot.core.life.grouping import MOST
from bot.core.request import ApprovalRequest
from bot.core.ruling import EscalationStep
from bot.core.view import Companion, RequestView
from bot.slack.dialogs.escalating import draw_escalate_dialog
from bot.slack.dialogs.reasons import Origin
from tests.factories import BO, CHEN, DIA, NOON, OTHER_ID, a_calendar, a_group, a_request, a_ruling, a_stage, a_step
from tests.slack.validating import read_aloud, require_legal_view
from tests.slack.views_of import HOSTILE, a_view, hostile

ORIGIN = Origin(value="1." + "x" * 118, channel="C0APPROVE", ts="1772625600.000100")


def louder(*steps: EscalationStep, quiet: Calendar | None = None) -> ApprovalRequest:
    return a_request(ruling=a_ruling(stages=[a_stage("qa", 1, [BO], escalate=steps)], quiet=quiet))


def said(shown: ApprovalRequest | RequestView) -> str:
    view = draw_escalate_dialog(shown if isinstance(shown, RequestView) else a_view(shown), ORIGIN, NOON)
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
    view = draw_escalate_dialog(a_view(louder(a_step())), ORIGIN, NOON)

    assert view["title"] == {"type": "plain_text", "text": "Escalate #1 now", "emoji": False}
    assert view["private_metadata"] == ORIGIN.draw()


def test_where_nobody_is_left_there_is_no_dialog() -> None:
    with pytest.raises(Refused) as refused:
        draw_escalate_dialog(a_view(louder()), ORIGIN, NOON)

    assert refused.value.code is Refusal.NOTHING_LEFT


def test_on_a_shared_card_it_says_for_whom_that_is_and_of_one_that_follows_nothing() -> None:
    company = (Companion(id=OTHER_ID, number=14),)
    leads = replace(a_view(louder(a_step())), company=company)
    follows = replace(leads, request=replace(leads.request, leader=OTHER_ID))

    assert "For all that stand on this card, **2 requests: #1, #14**" in said(leads)
    assert "For all" not in said(follows)


@pytest.mark.parametrize("words", ["a", "&", "<", "😀", HOSTILE, "\u202e", "\n", "\x00"])
def test_any_names_make_a_legal_dialog(words: str) -> None:
    view = hostile(words)
    ruling = view.request.ruling
    step = a_step(to=[BO] * 200, channel=words * 900, groups=[a_group(words * 900) for _ in range(50)])
    groups = replace(ruling, stages=(replace(ruling.stages[0], escalate=(step,)),))
    many = tuple(Companion(id=OTHER_ID, number=10**9 + place) for place in range(1, MOST))

    require_legal_view(draw_escalate_dialog(view, ORIGIN, NOON + timedelta(days=1)))
    widest = replace(view, request=replace(view.request, ruling=groups), company=many)
    require_legal_view(draw_escalate_dialog(widest, ORIGIN, NOON))
