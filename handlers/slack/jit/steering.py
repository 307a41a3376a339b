"""`/jit cancel`, `/jit escalate`, `/jit looking`: taking one's own request back, and steering what the clock brings."""

from bot.core.people.identity import Actor
from bot.core.stamp import Stamp
from bot.slack.cards.card import Card
from bot.slack.words.replies import draw_sentence
from bot.slack.words.texts import span
from bot.usecases import look_up
from bot.usecases.claim import Claiming
from bot.usecases.escalate import Call, call_more
from bot.usecases.withdraw import Withdrawal, withdraw
from handlers.slack.counting import claim_it
from handlers.slack.front import Front
from handlers.slack.jit.words import Command


async def cancel(front: Front, command: Command, by: Actor, replay_key: Stamp) -> Card:
    """End a request that whoever typed this asked for."""
    request = await front.desk.read(lambda snapshot: look_up.find(snapshot, command.which))
    back = Withdrawal(request_id=request.id, by=by, reason=command.reason or None, replay_key=replay_key)
    await front.desk.run(lambda tx, now: withdraw(tx, back, now), locks=(request.id,))
    return draw_sentence(f"You took #{request.number} back. The pipeline is told that it is cancelled.")


async def escalate(front: Front, command: Command, by: Actor, replay_key: Stamp) -> Card:
    """Take the next escalation now."""
    request = await front.desk.read(lambda snapshot: look_up.find(snapshot, command.which))
    call = Call(request_id=request.id, by=by, replay_key=replay_key)
    await front.desk.run(lambda tx, now: call_more(tx, call, now), locks=(request.id,))
    return draw_sentence(f"The next people are asked about #{request.number} now; its card names them.")


async def claim(front: Front, command: Command, by: Actor, replay_key: Stamp) -> Card:
    """Keep reminders quiet while whoever typed this looks."""
    request = await front.desk.read(lambda snapshot: look_up.find(snapshot, command.which))
    outcome = await claim_it(front, Claiming(request_id=request.id, by=by, replay_key=replay_key))
    quiet = span(outcome.request.ruling.claim_for)
    return draw_sentence(f"Nobody is reminded of #{request.number} for {quiet}. Anybody may still answer it.")
