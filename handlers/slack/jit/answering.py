"""`/jit approve` and `/jit reject`: an answer without a card, and perhaps the category that it is about."""

import re

from bot.core.people.identity import Actor
from bot.core.ruling import Category, Verdict
from bot.core.stamp import Stamp
from bot.slack.cards.card import Card
from bot.slack.words.replies import draw_sentence
from bot.usecases import look_up
from bot.usecases.review import Click
from handlers.slack.counting import count
from handlers.slack.front import Front
from handlers.slack.jit.outcomes import done
from handlers.slack.jit.words import Command, unquoted

_SPACES = re.compile(r"[\s_-]+")
_CATEGORIES = {category.value: category for category in Category}


def read_category(words: str) -> tuple[Category | None, str]:
    """Return the category that *words* begin with, and the reason behind it: ``product bug: the refund is wrong``.

    What stands before a colon and is none of them belongs to the reason.
    """
    first, colon, rest = words.partition(":")
    category = _CATEGORIES.get("_".join(_SPACES.split(first.strip().casefold()))) if colon else None
    return (None, words) if category is None else (category, unquoted(rest))


async def answer_request(front: Front, command: Command, verdict: Verdict, by: Actor, replay_key: Stamp) -> Card:
    """Count the answer that was typed, and say what it came to."""
    request = await front.desk.read(lambda snapshot: look_up.find(snapshot, command.which))
    category, reason = read_category(command.reason)
    click = Click(
        request_id=request.id,
        verdict=verdict,
        by=by,
        reason=reason or None,
        category=category,
        replay_key=replay_key,
    )
    outcome = await count(front, click)
    return draw_sentence(done(outcome.request.number, verdict, outcome.request.state))
