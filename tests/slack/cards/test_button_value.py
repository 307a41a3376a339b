from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.core.errors import Refusal, Refused
from bot.core.ruling import Verdict
from bot.slack import Press, Pressed, Seal
from bot.slack.cards.button_value import IN_THE_MENU
from tests.factories import ID

SEAL = Seal("a-secret-key-of-thirty-two-characters")
PRESSED = Pressed(request=ID, revision=2, stage=1, press=Press.REJECT)


def test_a_value_comes_back_as_it_was_drawn() -> None:
    assert SEAL.read_value(SEAL.draw_value(PRESSED)) == PRESSED


def test_whom_a_card_showed_comes_back_and_nobody_can_be_added() -> None:
    shared = replace(PRESSED, others=(12, 14))
    value = SEAL.draw_value(shared)

    assert SEAL.read_value(value) == shared
    for forged in (
        value.replace(".s12-14.", ".s12-13."),
        value.replace(".s12-14.", ".s12-14-15."),
        value.replace(".s12-14.", "."),
        value.replace(".s12-14.", ".12."),
    ):
        with pytest.raises(Refused):
            SEAL.read_value(forged)


def test_a_value_is_far_below_what_a_button_may_carry_and_fits_a_choice_of_the_menu() -> None:
    longest = {"revision": 10**9 - 1, "stage": 10**4 - 1, "step": 10**4 - 1}

    assert len(SEAL.draw_value(PRESSED)) < 120
    for press in IN_THE_MENU:
        assert len(SEAL.draw_value(replace(PRESSED, press=press, **longest))) <= 150  # Slack's limit for a choice


@pytest.mark.parametrize(
    ("said", "forged"),
    [(".2.1.", ".3.1."), (".2.1.", ".2.0."), ("reject", "approve"), (ID, ID[:-1] + "2"), ("1.", "2.")],
)
def test_any_change_makes_it_worthless(said: str, forged: str) -> None:
    value = SEAL.draw_value(PRESSED).replace(said, forged, 1)

    with pytest.raises(Refused) as refused:
        SEAL.read_value(value)

    assert refused.value.code is Refusal.STALE


def test_another_house_s_value_is_worthless() -> None:
    with pytest.raises(Refused):
        SEAL.read_value(Seal("another-key-of-thirty-two-characters").draw_value(PRESSED))


def test_the_whole_mac_counts() -> None:
    value = SEAL.draw_value(PRESSED)
    other = "A" if value[-1] != "A" else "B"

    with pytest.raises(Refused):
        SEAL.read_value(value[:-1] + other)
    with pytest.raises(Refused):
        SEAL.read_value(value[:-1])


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=300))
def test_anything_else_is_refused_and_nothing_breaks(text: str) -> None:
    with pytest.raises(Refused):
        SEAL.read_value(text)


def test_a_press_knows_its_answer() -> None:
    answers = {Press.APPROVE: Verdict.APPROVE, Press.APPROVE_WITH_REASON: Verdict.APPROVE, Press.REJECT: Verdict.REJECT}

    assert {press: press.verdict for press in Press if press.verdict} == answers


def test_an_answer_is_bound_to_its_question() -> None:
    pressed = Pressed(request=ID, revision=2, stage=1, press=Press.ANSWER, question=3)
    value = SEAL.draw_value(pressed)

    assert SEAL.read_value(value) == pressed
    for forged in (value.replace(".3.", ".4."), value.replace(".3.", ".")):
        with pytest.raises(Refused):
            SEAL.read_value(forged)


def test_an_escalation_is_bound_to_the_one_that_was_offered() -> None:
    pressed = Pressed(request=ID, revision=2, stage=1, press=Press.ESCALATE, step=3)
    value = SEAL.draw_value(pressed)

    assert SEAL.read_value(value) == pressed
    for forged in (value.replace(".e3.", ".e4."), value.replace(".e3.", "."), value.replace(".e3.", ".3.")):
        with pytest.raises(Refused):
            SEAL.read_value(forged)


def test_values_of_cards_from_before_the_menu_are_read_as_ever() -> None:
    for press in (Press.ASK, Press.CLAIM):
        old = Pressed(request=ID, revision=2, stage=1, press=press, others=(12, 14))
        assert SEAL.draw_value(old).startswith(f"1.{ID}.2.1.{press.value}.s12-14.")
        assert SEAL.read_value(SEAL.draw_value(old)) == old
