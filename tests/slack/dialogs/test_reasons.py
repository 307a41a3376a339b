from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.core.life.lifecycle import advance
from bot.core.request import ApprovalRequest, State
from bot.core.ruling import RequireReason, Verdict
from bot.slack import Seal
from bot.slack.cards.card import draw_card
from bot.slack.cards.exchanges import draw_answer_dialog, draw_ask_dialog
from bot.slack.cards.glass import draw_glass_dialog
from bot.slack.dialogs.details import PAGE_SIZE, draw_details, page_of
from bot.slack.dialogs.reasons import Origin, draw_reason_dialog, draw_refusal_view, read_origin
from tests.factories import (
    BO,
    CHEN,
    DIA,
    NOON,
    a_break_glass,
    a_broken_glass,
    a_pause,
    a_request,
    a_ruling,
    a_stage,
    a_subject,
    an_answer,
    approval,
    some_tests,
)
from tests.slack.validating import read_aloud, require_legal_view
from tests.slack.views_of import DEMANDS, HOSTILE, a_view, hostile

GLASS = a_break_glass([DIA])
ORIGIN = Origin(value="1." + "x" * 118, channel="C0APPROVE", ts="1772625600.000100")
REJECT_FIRST = (Verdict.REJECT, Verdict.APPROVE)
WORDS = ["a", "&", "😀", HOSTILE, "\u202e", " ", "\x00"]


def optional(view: dict[str, object]) -> bool:
    return bool(fields(view)["reason"].get("optional"))


def fields(view: dict[str, object]) -> dict[str, dict[str, object]]:
    """The fields of a dialog, by their names."""
    blocks = cast("list[dict[str, object]]", view["blocks"])
    return {str(block["block_id"]): block for block in blocks if block["type"] == "input"}


def test_where_a_dialog_came_from_is_known_when_it_is_sent() -> None:
    assert read_origin(ORIGIN.draw()) == ORIGIN


@pytest.mark.parametrize("note", ["", "{", "[]", "3", '{"value": 3}', '{"channel": "C0APPROVE"}', "null"])
def test_a_note_that_is_not_ours_says_nothing(note: str) -> None:
    assert read_origin(note) is None


def test_channel_and_ts_are_believed_only_as_words() -> None:
    assert read_origin('{"value": "v", "channel": 3, "ts": []}') == Origin(value="v")


@pytest.mark.parametrize(
    ("require_reason", "verdict", "may_be_empty"),
    [
        (RequireReason.NEVER, Verdict.REJECT, True),
        (RequireReason.ON_REJECT, Verdict.REJECT, False),
        (RequireReason.ON_APPROVE, Verdict.REJECT, True),
        (RequireReason.ON_APPROVE, Verdict.APPROVE, False),
        (RequireReason.ALWAYS, Verdict.REJECT, False),
    ],
)
def test_the_rule_says_whether_the_reason_may_be_empty(
    require_reason: RequireReason, verdict: Verdict, *, may_be_empty: bool
) -> None:
    request = a_request(ruling=a_ruling(require_reason=require_reason))

    assert optional(draw_reason_dialog(request, verdict, ORIGIN)) is may_be_empty


def test_whoever_rejects_may_say_what_it_is_about() -> None:
    rejecting, approving = (fields(draw_reason_dialog(a_request(), verdict, ORIGIN)) for verdict in REJECT_FIRST)

    assert rejecting["category"]["optional"]
    assert "Product bug" in str(rejecting["category"])
    assert "category" not in approving


def test_whoever_approves_is_asked_for_what_the_rule_wants() -> None:
    request = a_request(ruling=a_ruling(demands=DEMANDS))

    asked, freely = (fields(draw_reason_dialog(one, Verdict.APPROVE, ORIGIN)) for one in (request, a_request()))

    assert {name: bool(field.get("optional")) for name, field in asked.items()} == {
        "category": False,
        "condition": False,
        "confirm": False,
        "reason": True,
    }
    assert "Type production to approve" in str(asked["confirm"])
    assert (list(freely), freely["condition"]["optional"]) == (["condition", "reason"], True)


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("verdict", list(Verdict))
def test_a_reason_dialog_is_legal_whatever_is_asked(words: str, verdict: Verdict) -> None:
    request = hostile(words, 1).request
    asked = replace(request, ruling=replace(request.ruling, demands=DEMANDS))

    require_legal_view(draw_reason_dialog(asked, verdict, ORIGIN))


@pytest.mark.parametrize("words", WORDS)
def test_the_dialogs_of_questions_and_emergencies_are_legal_whatever_is_asked(words: str) -> None:
    ruling = a_ruling(stages=[a_stage("qa", 2, [BO] * 30)], break_glass=GLASS)
    request = replace(hostile(words, 1).request, ruling=ruling)
    paused = hostile(words, 1, State.NEEDS_INFO).request

    require_legal_view(draw_ask_dialog(request, ORIGIN))
    require_legal_view(draw_answer_dialog(paused, ORIGIN))
    require_legal_view(draw_glass_dialog(request, DIA, ORIGIN, words * 4000))


@pytest.mark.parametrize("words", WORDS)
def test_a_refusal_is_legal_whatever_it_says(words: str) -> None:
    require_legal_view(draw_refusal_view("Not counted", words * 500, hostile(words, 1).request))
    require_legal_view(draw_refusal_view("Not counted", "", None))


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("page", [0, 1, 49])
def test_details_are_legal_on_every_page(words: str, page: int) -> None:
    require_legal_view(draw_details(hostile(words), page, ORIGIN))


def test_pages_together_hold_every_failure_once() -> None:
    view = a_view(a_request(), some_tests(2 * PAGE_SIZE + 1, 120))
    last = page_of(view, 99).last

    pages = [read_aloud(draw_details(view, page, ORIGIN)["blocks"]) for page in range(last + 1)]  # pyright: ignore[reportArgumentType] - plain JSON

    assert last == 2
    for failure in view.tests.failures:
        assert sum(page.count(f"`{failure.id}`") for page in pages) == 1


def test_the_first_page_says_who_may_answer_and_until_when() -> None:
    view = a_view(a_request(ruling=a_ruling(stages=[a_stage(approvers=[BO, CHEN])])), some_tests(2 * PAGE_SIZE, 120))

    first, second = (read_aloud(draw_details(view, page, ORIGIN)["blocks"]) for page in (0, 1))  # pyright: ignore[reportArgumentType] - plain JSON

    assert "**Needs 1 approval** from bo or chen" in first
    assert "Without an answer it expires" in first
    assert "Needs 1 approval" not in second


def _read_details(request: ApprovalRequest) -> str:
    view = draw_details(a_view(request), 0, ORIGIN)
    require_legal_view(view)
    return read_aloud(view["blocks"])  # pyright: ignore[reportArgumentType] - plain JSON


def test_details_give_more_of_the_reason_of_whoever_asks_than_the_card() -> None:
    request = a_request(subject=a_subject(reason="why " * 120 + "end"))

    assert f"{'why ' * 120}end" in _read_details(request)
    card = read_aloud(draw_card(a_view(request), Seal("k" * 32)).blocks)
    assert "why why" in card
    assert "end" not in card.split("why why")[1].splitlines()[0]


def test_details_list_every_question_that_was_answered() -> None:
    first = advance(a_request(state=State.NEEDS_INFO), an_answer(), NOON + timedelta(minutes=5)).request
    again = replace(first, state=State.NEEDS_INFO, pause=a_pause("Who is on call?"))
    request = advance(again, an_answer(answer="Chen is."), NOON + timedelta(minutes=9)).request

    read = _read_details(request)

    assert "asked: Which customers?" in read
    assert "Only the test tenants." in read
    assert "asked: Who is on call?" in read


def test_details_show_the_question_that_is_still_open() -> None:
    assert "Which customers?" in _read_details(a_request(state=State.NEEDS_INFO))


def test_details_say_who_broke_the_glass_why_and_by_when_it_has_to_be_reviewed() -> None:
    read = _read_details(a_broken_glass())

    assert "Payments are down." in read
    assert "Review due by" in read


def test_details_say_in_whose_name_somebody_answered() -> None:
    (review,) = a_request(reviews=[approval(CHEN)]).reviews
    request = a_request(reviews=[approval(CHEN)])

    assert "for bo approved" not in _read_details(request)
    assert "for bo approved" in _read_details(replace(request, reviews=(replace(review, on_behalf_of=BO),)))


@pytest.mark.parametrize(("wanted", "shown"), [(-1, 0), (0, 0), (2, 2), (99, 2)])
def test_a_page_that_is_not_there_is_the_nearest_one(wanted: int, shown: int) -> None:
    assert page_of(a_view(a_request(), some_tests(2 * PAGE_SIZE + 1, 120)), wanted).index == shown


def test_the_dialogs_read_as_they_did(snapshot: SnapshotAssertion) -> None:
    (review,) = a_request(reviews=[approval(CHEN)]).reviews
    request = a_request(reviews=[approval(reason="looks right"), replace(review, void=True)])
    stages = [a_stage("qa", 2, [BO, CHEN]), a_stage("release", 1, [DIA])]
    emergency = a_request(ruling=a_ruling(stages=stages, break_glass=GLASS), reviews=[approval(CHEN)])
    drawn = [
        draw_reason_dialog(request, Verdict.REJECT, ORIGIN),
        draw_reason_dialog(request, Verdict.APPROVE, ORIGIN),
        draw_ask_dialog(request, ORIGIN),
        draw_answer_dialog(a_request(state=State.NEEDS_INFO), ORIGIN),
        draw_glass_dialog(emergency, DIA, ORIGIN, "Payments are down."),
        draw_refusal_view("Not counted", "You asked for this yourself.", a_request(state=State.APPROVED)),
        draw_details(a_view(request, some_tests(9, 120)), 0, ORIGIN),
        draw_details(a_view(request, some_tests(9, 120)), 1, ORIGIN),
    ]

    for view in drawn:
        require_legal_view(view)
    assert "\n=====\n".join(f"[[{view['title']['text']}]]\n{read_aloud(view['blocks'])}" for view in drawn) == snapshot  # pyright: ignore[reportIndexIssue, reportArgumentType] - plain JSON
