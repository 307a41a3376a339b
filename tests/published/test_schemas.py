"""The published types are here, have teeth, and take every golden card."""

import pytest

from bot.slack import Seal
from bot.slack.cards.card import draw_card
from tests.published.schemas import complaints, require_legal, require_published
from tests.sandbox.cards import card, modal, section
from tests.slack.views_of import SHAPES

SEAL = Seal("a-secret-key-of-thirty-two-characters")


@pytest.fixture(autouse=True)
def _published() -> None:
    require_published()


@pytest.mark.parametrize("shape", sorted(SHAPES))
def test_every_golden_card_is_what_slack_publishes(shape: str) -> None:
    require_legal("MessageBlocks", draw_card(SHAPES[shape](), SEAL).blocks)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "divider", "colour": "red"},
        {"type": "section", "text": {"type": "mrkdwn", "words": "x"}},
        {"type": "header", "text": {"type": "mrkdwn", "text": "x"}},
        {"type": "poem"},
    ],
)
def test_a_block_that_slack_does_not_know_is_refused(wrong: dict[str, object]) -> None:
    assert complaints("MessageBlocks", [*card(), wrong])


def test_a_dialog_is_known_and_one_without_a_title_is_refused() -> None:
    whole = modal(section())
    require_legal("AnyView", whole)
    assert complaints("AnyView", {key: value for key, value in whole.items() if key != "title"})
