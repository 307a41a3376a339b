"""What a link to a request shows: all that matters where its card stands, and next to nothing elsewhere."""

from dataclasses import replace
from typing import Any, cast

import pytest
from syrupy.assertion import SnapshotAssertion

from bot.core.request import State
from bot.slack.cards.card import Card
from bot.slack.cards.unfurled import draw_unfurl
from tests.factories import NOON
from tests.slack.validating import require_legal_card
from tests.slack.views_of import CARD, HOSTILE, SHAPES, hostile

HERE, ELSEWHERE = "C0APPROVE", "C0GENERAL"


def words_of(blocks: list[dict[str, object]]) -> str:
    """Return everything that is read, after Slack would have taken it."""
    require_legal_card(Card(text="A link", blocks=blocks))
    section, context = cast("list[dict[str, Any]]", blocks)
    assert section["text"]["type"] == "plain_text"
    return f"{section['text']['text']}\n{context['elements'][0]['text']}"


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_the_small_card_reads_as_it_did(shape: str, snapshot: SnapshotAssertion) -> None:
    view = replace(SHAPES[shape](), cards=(CARD,))

    assert f"{words_of(draw_unfurl(view, HERE, NOON))}\n\n{words_of(draw_unfurl(view, ELSEWHERE, NOON))}" == snapshot


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("words", ["a", "&", "<", "😀", HOSTILE, "\u202e", "\n"])
def test_the_longest_request_of_all_makes_a_legal_one(words: str, state: State) -> None:
    view = replace(hostile(words, state=state), cards=(CARD,))

    said = words_of(draw_unfurl(view, HERE, NOON))

    assert len(said) < 2000
    assert said.count("\n") <= 3


def test_elsewhere_it_tells_nothing_of_what_was_asked_or_failed() -> None:
    for shape in SHAPES.values():
        view = replace(shape(), cards=(CARD,))
        said = words_of(draw_unfurl(view, ELSEWHERE, NOON))

        request = view.request
        assert said.startswith(f"#{request.number} · ")
        assert said.count("\n") == 1
        assert "failed" not in said
        assert request.subject.title not in said


def test_without_a_card_there_is_no_link_to_one() -> None:
    said = words_of(draw_unfurl(replace(next(iter(SHAPES.values()))(), cards=()), HERE, NOON))

    assert "Its card" not in said
    assert said.count("\n") == 1
