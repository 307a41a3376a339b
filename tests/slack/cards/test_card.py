import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from syrupy.assertion import SnapshotAssertion

from bot.core.freeze import Freezing
from bot.core.life.lifecycle import advance
from bot.core.people.identity import Person
from bot.core.request import Link, Settled, State
from bot.core.ruling import Forbidden, Verdict
from bot.slack import Press, Seal
from bot.slack.cards.card import Card, draw_card
from bot.slack.words.rich import link
from bot.slack.words.who import needed
from tests.factories import (
    ANA,
    BO,
    CHEN,
    DIA,
    EVE,
    NOON,
    a_calendar,
    a_freeze,
    a_request,
    a_ruling,
    a_stage,
    a_step,
    a_subject,
    an_escalation,
)
from tests.slack.validating import elements_of, read_aloud, require_legal_card, texts
from tests.slack.views_of import HOSTILE, SHAPES, a_view, hostile

DATE = re.compile(r"<!date\^[0-9]{1,10}\^\{date_short_pretty\} at \{time\}\|[0-9: -]{16} UTC>")
SEAL = Seal("a-secret-key-of-thirty-two-characters")
LABELS = st.text(st.characters(codec="utf-8"), min_size=1, max_size=60) | st.text(
    st.sampled_from("<>&!@#*_`:|\u202e\u200b\u0301😀👩‍👧\n\t \x00x"), min_size=1, max_size=60
)


def presses(card: Card) -> list[str]:
    """What can be pressed: buttons by what Slack calls them, the menu by what its choices mean."""
    elements = elements_of(card.blocks, "actions")
    buttons = [element["action_id"] for element in elements if element["type"] == "button"]
    return [*buttons, *(f"⋯ {SEAL.read_value(option['value']).press.value}" for option in choices(card))]


def choices(card: Card) -> list[dict[str, Any]]:
    menus = [element for element in elements_of(card.blocks, "actions") if element["type"] == "overflow"]
    assert [menu["action_id"] for menu in menus] == ["jit_more"] * len(menus)
    return [option for menu in menus for option in menu["options"]]


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_the_card_reads_as_it_did(shape: str, snapshot: SnapshotAssertion) -> None:
    card = draw_card(SHAPES[shape](), SEAL)

    require_legal_card(card)
    assert f"{card.text}\n\n{read_aloud(card.blocks)}" == snapshot


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("words", ["a", "&", "<", "😀", HOSTILE, "e\u0301", "\u202e", " ", "\n", "\x00"])
def test_the_longest_request_of_all_makes_a_legal_card(words: str, state: State) -> None:
    require_legal_card(draw_card(hostile(words, state=state), SEAL))


@pytest.mark.parametrize("words", ["a", "&", "<", "😀", HOSTILE])
@pytest.mark.parametrize("verdict", list(Verdict))
def test_the_longest_request_that_is_settled_makes_a_legal_card(words: str, verdict: Verdict) -> None:
    request = hostile(words, state=State.PENDING).request
    ended = hostile(words, state=State.APPROVED).request.decision
    assert ended is not None
    settled = Settled(decision=replace(ended, verdict=verdict, conditions=(words * 200,) * 9), release_at=NOON)

    require_legal_card(draw_card(a_view(replace(request, settled=settled)), SEAL))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(LABELS, st.integers(min_value=0, max_value=7), st.sampled_from(State))
def test_any_words_make_a_legal_card(words: str, failed: int, state: State) -> None:
    require_legal_card(draw_card(hostile(words, failed, state), SEAL))


def test_no_words_of_others_are_markup() -> None:
    card = draw_card(hostile(HOSTILE), SEAL)

    assert not [block for block in card.blocks if _mrkdwn(block)]
    assert not [text for text in texts(card.blocks) if "\u202e" in text or "\x00" in text]
    assert "<" not in DATE.sub("", card.text)


def test_a_pending_card_can_be_approved_rejected_and_looked_into() -> None:
    assert presses(draw_card(a_view(), SEAL)) == ["jit_approve", "jit_reject", "jit_details", "⋯ ask", "⋯ claim"]


@pytest.mark.parametrize(("shape", "is_offered"), [("it can be escalated", True), ("everybody was called", False)])
def test_an_escalation_is_offered_where_somebody_is_left_to_call(shape: str, is_offered: bool) -> None:  # noqa: FBT001 - a column
    assert ("⋯ escalate" in presses(draw_card(SHAPES[shape](), SEAL))) is is_offered


def test_an_escalation_is_the_one_that_comes_next_on_the_card_that_offers_it() -> None:
    stages = [a_stage("qa", 1, [BO], escalate=(a_step(5), a_step(10)))]
    request = advance(a_request(ruling=a_ruling(stages=stages), revision=3), an_escalation(), NOON).request

    found = [SEAL.read_value(option["value"]) for option in choices(draw_card(a_view(request), SEAL))]

    assert [(one.press, one.revision, one.stage, one.step) for one in found] == [
        (Press.ASK, 3, 0, None),
        (Press.CLAIM, 3, 0, None),
        (Press.ESCALATE, 3, 0, 1),
    ]


def test_where_a_reason_is_needed_the_button_says_that_there_is_more_to_come() -> None:
    card = draw_card(SHAPES["a reason is needed"](), SEAL)

    assert presses(card)[0] == Press.APPROVE_WITH_REASON.action_id


def whom(approvers: Sequence[Person], authors: Sequence[Person] = ()) -> str:
    ruling = a_ruling(stages=[a_stage(approvers=approvers)], forbid=(Forbidden.REQUESTER, Forbidden.AUTHORS))
    return needed(a_request(ruling=ruling, subject=a_subject(authors=tuple(authors))))[1]


def test_whoever_may_not_answer_is_named_only_where_somebody_would_expect_them() -> None:
    assert whom([BO]) == " from bo"
    assert whom([BO, CHEN]) == " from bo or chen"
    assert whom([BO, CHEN, DIA], authors=[ANA]) == " from bo, chen or dia"
    assert whom([ANA, BO]) == " from bo (not ana, who asked)"
    assert whom([ANA, BO, CHEN], authors=[ANA, CHEN, EVE]) == (
        " from bo (not ana, who asked; chen, who wrote part of the change)"
    )


def test_many_who_may_answer_are_counted() -> None:
    many = [Person(key=f"p{number}") for number in range(20)]

    assert whom(many) == " from p0, p1, p2, p3, p4, p5, p6, p7 or 12 more"


def test_while_a_question_is_open_it_can_only_be_rejected_or_answered() -> None:
    assert presses(draw_card(SHAPES["needs info"](), SEAL)) == ["jit_reject", "jit_answer", "jit_details"]


@pytest.mark.parametrize("shape", ["approved", "rejected", "expired", "cancelled", "superseded"])
def test_after_the_end_only_details_are_left(shape: str) -> None:
    assert presses(draw_card(SHAPES[shape](), SEAL)) == ["jit_details"]


@pytest.mark.parametrize(
    ("shape", "buttons"),
    [
        ("approved and held", ["jit_reject", "jit_undo", "jit_details"]),
        ("rejected and held", ["jit_undo", "jit_details"]),
        (
            "one of two, and it can be taken back",
            ["jit_approve", "jit_reject", "jit_undo", "jit_details", "⋯ ask", "⋯ claim"],
        ),
        ("taken back", ["jit_approve", "jit_reject", "jit_details", "⋯ ask", "⋯ claim"]),
        ("held and released", ["jit_details"]),
    ],
)
def test_an_answer_can_be_taken_back_while_there_is_one_that_was_not_released(shape: str, buttons: list[str]) -> None:
    assert presses(draw_card(SHAPES[shape](), SEAL)) == buttons


def test_every_button_says_the_same_as_its_value() -> None:
    card = draw_card(a_view(), SEAL)

    for element in elements_of(card.blocks, "actions"):
        if element["type"] == "button":
            assert SEAL.read_value(element["value"]).press.action_id == element["action_id"]


def test_a_link_that_is_no_web_address_is_not_shown() -> None:
    shown = list(texts(draw_card(SHAPES["one of two approvals"](), SEAL).blocks))

    assert "Pipeline (ci.acme.test)" in shown
    assert not [text for text in shown if "javascript" in text]


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("g\u0456thub.com", "(xn--gthub-n2e.com)"),
        ("github.com", "(github.com)"),
        ("b\u00fccher.test", "(xn--bcher-kva.test)"),
        (f"github.com.{'a' * 60}.evil.test", ".evil.test)"),
    ],
)
def test_a_link_shows_where_it_really_leads(host: str, shown: str) -> None:
    run = link(Link(label="Pipeline", url=f"https://{host}/acme"))

    assert run
    assert str(run["text"]).endswith(shown)


def test_a_link_to_a_host_that_can_not_be_is_not_shown() -> None:
    assert link(Link(label="Pipeline", url="https://" + "\u0456" * 80 + ".test/")) is None


def _mrkdwn(value: object) -> bool:
    match value:
        case {"type": "mrkdwn"}:
            return True
        case dict():
            return any(_mrkdwn(inner) for inner in value.values())  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - JSON
        case list():
            return any(_mrkdwn(inner) for inner in value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType] - JSON
        case _:
            return False


def test_a_card_that_nobody_can_approve_says_so() -> None:
    request = a_request(ruling=a_ruling(stages=[a_stage("qa", 2, [ANA, BO])]))

    said = read_aloud(draw_card(a_view(request), SEAL).blocks)

    assert "2 must approve, and only 1 is left who may: as it stands this cannot be approved." in said


def test_a_deadline_that_a_calendar_runs_to_says_so() -> None:
    def waiting(**fields: object) -> str:
        return read_aloud(draw_card(a_view(a_request(ruling=a_ruling(**fields))), SEAL).blocks)  # pyright: ignore[reportArgumentType] - any field by its name

    assert ", business hours only" in waiting(calendar=a_calendar())
    assert "business hours" not in waiting()
    assert "business hours" not in waiting(calendar=a_calendar(), is_wished=True)


def test_a_card_of_the_night_names_whom_it_waits_for_and_pings_nobody() -> None:
    morning = NOON + timedelta(hours=19)
    request = a_request(ruling=a_ruling(stages=[a_stage("qa", 1, [BO], mention=(BO,))]))

    by_day = json.dumps(draw_card(a_view(request), SEAL).blocks)
    at_night = json.dumps(draw_card(a_view(replace(request, quiet_until=morning)), SEAL).blocks)

    assert '"user_id"' in by_day
    assert '"user_id"' not in at_night
    assert "Quiet hours: nobody is pinged before " in at_night
    assert str(int(morning.timestamp())) in at_night


def test_a_card_says_in_which_freeze_it_is_asked_and_what_that_means() -> None:
    def asked(then: Freezing, state: State = State.PENDING) -> str:
        view = a_view(a_request(ruling=a_ruling(freezes=(a_freeze(then),)), state=state))
        return read_aloud(draw_card(view, SEAL).blocks)

    assert "Change freeze “year end”" in asked(Freezing.ASK)
    assert "a person has to approve" in asked(Freezing.ASK)
    assert "for now only breaking the glass approves" in asked(Freezing.REJECT)
    assert "freeze" not in asked(Freezing.REJECT, State.REJECTED)
