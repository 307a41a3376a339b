"""`/jit break-glass` and `/jit reviewed`: a yes alone, always confirmed in a dialog, and the look at it afterwards."""

from bot.core.errors import Refused
from bot.core.life.break_glass import unread_to_break
from bot.core.people.identity import Actor
from bot.core.request import ApprovalRequest
from bot.core.stamp import Stamp
from bot.slack import Press
from bot.slack.cards.buttons import pressed_now
from bot.slack.cards.card import Card
from bot.slack.cards.glass import draw_glass_dialog
from bot.slack.dialogs.reasons import Origin
from bot.slack.words.replies import draw_sentence
from bot.usecases import look_up
from bot.usecases.break_glass import Look
from handlers.slack.counting import known_to, look_at_it
from handlers.slack.front import Front
from handlers.slack.jit.words import Command
from handlers.slack.opening import open_dialog, rehearse


async def confirm_emergency(front: Front, command: Command, by: Actor, trigger_id: str) -> Card:
    """Open the dialog that makes sure, with what was typed already; whoever may not break the glass is told why."""
    request = await front.desk.read(lambda snapshot: look_up.find(snapshot, command.which))
    await _require_allowed(front, request, by)
    # From no channel, wherever it was typed: nobody but them sees the dialog, and an emergency does not wait for that.
    origin = Origin(value=front.seal.draw_value(pressed_now(request, Press.BREAK_GLASS)))
    if by.person is not None and await open_dialog(
        front, trigger_id, draw_glass_dialog(request, by.person, origin, command.reason)
    ):
        return draw_sentence(f"Nothing has happened to #{request.number} yet: confirm it in the dialog.")
    return draw_sentence("Slack didn't open the dialog in time, so nothing has happened. Send the command again.")


async def take_review(front: Front, command: Command, by: Actor, replay_key: Stamp) -> Card:
    """Take what was found about a broken glass."""
    request = await front.desk.read(lambda snapshot: look_up.find(snapshot, command.which))
    look = Look(request_id=request.id, by=by, reason=command.reason, replay_key=replay_key)
    await look_at_it(front, look)
    return draw_sentence(f"You reviewed the broken glass of #{request.number}. Nobody is reminded of it any more.")


async def _require_allowed(front: Front, request: ApprovalRequest, by: Actor) -> None:
    """Raise Refused, once it is written down, when *by* could not break the glass now, whatever the reason."""
    try:
        known = await known_to(front, by, request, unread_to_break)
        rehearse(request, pressed_now(request, Press.BREAK_GLASS), known, front.clock())
    except Refused as refused:
        await front.turn_away(by, refused, request.id)
        raise
