"""`/jit approve` and `/jit reject`: an answer without a card, with everything that a dialog would ask for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.errors import Refusal
from bot.core.people.identity import Actor
from bot.core.ruling import Category, Verdict
from bot.core.stamp import Stamp
from bot.slack.cards.card import Card
from bot.slack.words.replies import draw_sentence
from bot.usecases import look_up
from bot.usecases.review import Click
from bot.usecases.undo import Undo, undo
from handlers.slack.counting import count
from handlers.slack.front import Front
from handlers.slack.jit.outcomes import done
from handlers.slack.jit.words import Command, unquoted

MISSING: Mapping[Refusal, str] = {
    Refusal.REASON_REQUIRED: "because …",
    Refusal.CATEGORY_REQUIRED: "flaky: …",
    Refusal.CONDITION_REQUIRED: "if: max 10 %",
    Refusal.UNCONFIRMED: "in: the environment",
}
"""How what an answer lacked is typed behind the number."""

_SPACES = re.compile(r"[\s_-]+")
_MARK = re.compile(r"(?:^|\s)(if|in):\s*", re.IGNORECASE)
_CATEGORIES = {category.value: category for category in Category}


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What was typed behind the number of a request."""

    reason: str = ""
    category: Category | None = None
    condition: str | None = None
    environment: str | None = None


def read_words(words: str, verdict: Verdict) -> Words:
    """Return what an answer says: ``flaky: it passes alone if: max 10 % in: production``.

    The category stands before the first colon; what stands there and is none belongs to the reason. A condition and
    the environment are said of a yes alone, each behind its mark.
    """
    said, *marked = _MARK.split(words) if verdict is Verdict.APPROVE else [words]
    pairs = zip(marked[::2], marked[1::2], strict=True)
    found = {mark.casefold(): " ".join(unquoted(text).split()) for mark, text in pairs}
    category, reason = _category(unquoted(said))
    return Words(
        reason=reason, category=category, condition=found.get("if") or None, environment=found.get("in") or None
    )


def _category(words: str) -> tuple[Category | None, str]:
    first, colon, rest = words.partition(":")
    category = _CATEGORIES.get("_".join(_SPACES.split(first.strip().casefold()))) if colon else None
    return (None, words) if category is None else (category, unquoted(rest))


async def answer_request(front: Front, command: Command, verdict: Verdict, by: Actor, replay_key: Stamp) -> Card:
    """Count the answer that was typed, and say what it came to."""
    request = await front.desk.read(lambda snapshot: look_up.find(snapshot, command.which))
    words = read_words(command.reason, verdict)
    click = Click(
        request_id=request.id,
        verdict=verdict,
        by=by,
        reason=words.reason or None,
        category=words.category,
        condition=words.condition,
        environment=words.environment,
        replay_key=replay_key,
    )
    outcome = await count(front, click)
    return draw_sentence(done(outcome.request, verdict))


async def take_back(front: Front, command: Command, by: Actor, replay_key: Stamp) -> Card:
    """Take back the answer that whoever typed this gave."""
    request = await front.desk.read(lambda snapshot: look_up.find(snapshot, command.which))
    wish = Undo(request_id=request.id, by=by, replay_key=replay_key)
    await front.desk.run(lambda tx, now: undo(tx, wish, now), (request.id,))
    return draw_sentence(f"You took your answer to #{request.number} back; it counts no longer.")
