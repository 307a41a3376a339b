"""A card that would be too heavy shows less of others' words; everything else stays on it."""

from dataclasses import replace
from typing import Any

from bot.core.evidence import TestEvidence
from bot.core.life.grouping import MOST
from bot.core.request import RequestId
from bot.core.view import Companion
from bot.slack import Seal
from bot.slack.cards.card import draw_card
from bot.slack.cards.weight import HEAVIEST, weigh
from tests.factories import ID, a_failure, a_request, a_subject
from tests.slack.validating import elements_of, read_aloud
from tests.slack.views_of import a_view, hostile

SEAL = Seal("a-secret-key-of-thirty-two-characters")


def test_what_is_read_is_weighed_wherever_it_stands() -> None:
    blocks: list[dict[str, Any]] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "four"}},
        {"type": "rich_text", "elements": [{"type": "link", "url": "https://a", "text": "ab"}]},
        {"type": "date", "timestamp": 12345, "format": "never read", "fallback": "noon"},
    ]

    assert weigh(blocks) == 4 + len("https://a") + 2 + 4


def test_a_card_of_usual_words_shows_five_failures_and_much_of_the_reason() -> None:
    failures = tuple(a_failure(f"test_{number}") for number in range(9))
    why = "why " * 80 + "end"
    request = a_request(subject=a_subject(reason=why))

    card = draw_card(a_view(request, TestEvidence(total=12, failed=9, failures=failures)), SEAL)

    words = read_aloud(card.blocks)
    assert why in words
    assert "`test_4`" in words
    assert "`test_5`" not in words
    assert "and 4 more, see Details" in words


def test_a_card_that_would_be_too_heavy_shows_three_and_says_how_many_more_there_are() -> None:
    company = tuple(Companion(id=RequestId(f"{ID[:-2]}{n:02}"), number=10**9 + n) for n in range(1, MOST))

    card = draw_card(replace(hostile("a"), company=company), SEAL)

    words = read_aloud(card.blocks)
    assert weigh(card.blocks) <= HEAVIEST
    assert "… and 397 more, see Details" in words
    pressed = [element["action_id"] for element in elements_of(card.blocks, "actions")]
    assert pressed == ["jit_approve_reason", "jit_reject", "jit_details", "jit_more"]
