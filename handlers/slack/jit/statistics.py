"""`/jit stats`: what came of what was asked lately."""

from bot.core.errors import Refusal, Refused
from bot.core.people import eligibility
from bot.core.people.identity import Actor
from bot.slack.cards.card import Card
from bot.slack.words.statistics import draw_statistics
from bot.usecases import look_up
from handlers.slack.front import Front
from handlers.slack.jit.spans import read_span
from handlers.slack.jit.words import Command

USUAL = "30d"


async def show_statistics(front: Front, command: Command, by: Actor) -> Card:
    """Count what was asked in a while. Raises Refused for strangers, and for what is no while."""
    eligibility.require_member(by)
    words = command.rest or USUAL
    span = read_span(words)
    if span is None:
        raise Refused(Refusal.OUT_OF_RANGE, "Of how long? Write it like one of these: /jit stats 30d, 12h, 1w2d.")
    found, most = await front.desk.read(lambda snapshot: look_up.statistics(snapshot, span))
    return draw_statistics(found, words.casefold(), most)
