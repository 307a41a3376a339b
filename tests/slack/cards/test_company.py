"""What a card says of those who share it: every number, and for whom an answer counts."""

from dataclasses import replace

import pytest

from bot.cli.request_words import draw_whole
from bot.core.life.grouping import MOST
from bot.core.representation import draw_request
from bot.core.request import RequestId, State
from bot.core.view import Companion, RequestView
from bot.slack import Seal
from bot.slack.cards.card import draw_card
from bot.slack.cards.company import others_named
from bot.slack.dialogs.details import draw_details
from bot.slack.dialogs.reasons import Origin
from bot.slack.words.rich import Json
from tests.factories import ID, a_request
from tests.slack.validating import elements_of, read_aloud, require_legal_card
from tests.slack.views_of import HOSTILE, a_view, hostile

SEAL = Seal("a-secret-key-of-thirty-two-characters")


def a_companion(place: int, number: int) -> Companion:
    return Companion(id=RequestId(f"{ID[:-2]}{place:02}"), number=number)


def shared(*numbers: int, state: State = State.PENDING, leader: RequestId | None = None) -> RequestView:
    company = tuple(a_companion(place, number) for place, number in enumerate(numbers, 1))
    return replace(a_view(a_request(state=state, number=12, leader=leader)), company=company)


def test_the_card_and_its_details_name_all_who_share_it() -> None:
    view = shared(14, 15)

    details: list[Json] = draw_details(view, 0, Origin(value="x"))["blocks"]  # pyright: ignore[reportAssignmentType] - a view's

    for blocks in (draw_card(view, SEAL).blocks, details):
        said = "**3 requests: #12, #14, #15**. They ask for the same; one answer counts for each. Links are #12's."
        assert said in read_aloud(blocks)


def test_the_buttons_hold_who_was_named() -> None:
    elements = elements_of(draw_card(shared(14, 15), SEAL).blocks, "actions")
    answers = [element["value"] for element in elements if element["type"] == "button"]
    rare = [option["value"] for element in elements for option in element.get("options", [])]

    assert {SEAL.read_value(value).others for value in answers} == {(14, 15)}
    assert [SEAL.read_value(value).others for value in rare] == [(), ()]


def test_alone_nothing_is_said_and_the_button_is_what_it_was() -> None:
    card = draw_card(a_view(), SEAL)

    assert "requests:" not in read_aloud(card.blocks)
    buttons = [element for element in elements_of(card.blocks, "actions") if element["type"] == "button"]
    assert {SEAL.read_value(button["value"]).others for button in buttons} == {()}


def test_an_ended_card_says_who_ended_alike() -> None:
    assert "**2 requests: #12, #14**. They asked for the same and ended alike." in read_aloud(
        draw_card(shared(14, state=State.APPROVED), SEAL).blocks
    )


def test_the_card_of_one_who_follows_answers_that_one_alone() -> None:
    view = shared(11, 14, leader=ID)

    assert "answered here, #12 alone is" in read_aloud(draw_card(view, SEAL).blocks)
    assert others_named(view) == ()


@pytest.mark.parametrize("words", ["a", HOSTILE])
def test_the_longest_request_shared_by_as_many_as_may_is_a_legal_card(words: str) -> None:
    company = tuple(a_companion(place, 10**9 + place) for place in range(1, MOST))

    require_legal_card(draw_card(replace(hostile(words), company=company), SEAL))


def test_the_api_and_the_terminal_say_it_too() -> None:
    view = shared(14)

    assert draw_request(view, "https://jit.acme.test")["grouped_with"] == [{"id": f"{ID[:-2]}01", "number": 14}]
    assert "card     2 requests: #12, #14 share one card" in "\n".join(draw_whole(view, ()))


def test_details_say_whose_output_they_show_where_a_card_is_shared() -> None:
    def said(view: RequestView) -> str:
        return read_aloud(draw_details(view, 0, Origin(value="x"))["blocks"])  # pyright: ignore[reportArgumentType] - plain JSON

    assert "what they printed is shown of #12" in said(shared(14, 15))
    assert "what they printed" not in said(shared())
