"""Opening a dialog: within three seconds of the click, once, and not for somebody whose answer could not count."""

from dataclasses import replace
from datetime import datetime
from typing import Any, cast

from bot.core.errors import Refusal, Refused
from bot.core.events import Escalated, Event, GlassBroken, InfoProvided, InfoRequested, Reviewed
from bot.core.life import lifecycle
from bot.core.life.break_glass import unread_to_break
from bot.core.life.demanding import filled
from bot.core.people.identity import Actor, Person
from bot.core.request import ApprovalRequest
from bot.core.view import RequestView
from bot.slack import Pressed
from bot.slack.cards.button_value import Press
from bot.slack.cards.exchanges import draw_answer_dialog, draw_ask_dialog
from bot.slack.cards.glass import draw_glass_dialog
from bot.slack.dialogs.escalating import draw_escalate_dialog
from bot.slack.dialogs.reasons import Origin, draw_reason_dialog
from bot.slack.faults import CALL_ERRORS
from bot.usecases import look_up
from handlers.slack.counting import known_to, mandates_of
from handlers.slack.front import Front

_SOMETHING = "(to be asked)"


def rehearse(request: ApprovalRequest, pressed: Pressed, by: Actor, now: datetime) -> None:
    """Raise Refused when what was pressed could not count now, whatever is said; checked again when it is sent."""
    event = _event(request, pressed, by)
    if event is not None:
        lifecycle.advance(request, event, now)


async def ask_for_words(front: Front, trigger_id: str, pressed: Pressed, origin: Origin, by: Actor) -> None:
    """Open the dialog that *pressed* needs; somebody whose answer could not count is told so before they write."""
    try:
        view = await front.desk.read(lambda snapshot: look_up.view(snapshot, pressed.request))
        await _rehearse_for(front, view.request, pressed, await _known_to(front, by, view.request, pressed))
        dialog = _draw_dialog(view, pressed, origin, by.person, front.clock())
    except Refused as refused:
        about = None if refused.code is Refusal.NOT_FOUND else pressed.request
        await front.turn_away(by, refused, about)
        return
    await open_or_say(front, trigger_id, dialog, by)


async def open_or_say(front: Front, trigger_id: str, dialog: dict[str, object], by: Actor) -> None:
    """Open *dialog*, or say where they clicked that it did not open."""
    if not await open_dialog(front, trigger_id, dialog):
        await front.tell(by, "Slack didn't open the dialog in time. Click again; `/jit` in a message works too.")


async def open_dialog(front: Front, trigger_id: str, dialog: dict[str, object]) -> bool:
    """Tell whether Slack opened *dialog*."""
    client = cast("Any", front.client)  # the SDK leaves the types of its keywords open
    try:
        await client.views_open(trigger_id=trigger_id, view=dialog)
    except CALL_ERRORS:
        return False
    return True


async def _known_to(front: Front, by: Actor, request: ApprovalRequest, pressed: Pressed) -> Actor:
    if pressed.press is Press.ESCALATE:
        return by  # a member who is not banned may: whatever group they are in
    breaks = pressed.press is Press.BREAK_GLASS
    return await known_to(front, by, request, unread_to_break) if breaks else await known_to(front, by, request)


async def _rehearse_for(front: Front, request: ApprovalRequest, pressed: Pressed, by: Actor) -> None:
    """Rehearse it, also in the name of whoever lets *by* answer for them."""
    try:
        rehearse(request, pressed, by, front.clock())
    except Refused as refused:
        mandates = await mandates_of(front, by) if refused.code is Refusal.NOT_ELIGIBLE else ()
        event = _event(request, pressed, by)
        if not mandates or not isinstance(event, Reviewed):
            raise
        known = await front.memberships.givers_known(mandates, request)
        lifecycle.advance(request, replace(event, mandates=known), front.clock())


def _draw_dialog(
    view: RequestView, pressed: Pressed, origin: Origin, by: Person | None, now: datetime
) -> dict[str, object]:
    """Return the dialog that a button opens. Raises Refused for one that opens none."""
    request, press = view.request, pressed.press
    if press is Press.ASK:
        return draw_ask_dialog(request, origin)
    if press is Press.ANSWER:
        return draw_answer_dialog(request, origin)
    if press is Press.ESCALATE:
        return draw_escalate_dialog(view, origin, now)
    if press is Press.BREAK_GLASS and by is not None:
        return draw_glass_dialog(request, by, origin)
    if press.verdict is None:
        raise Refused(Refusal.STALE, "This button opens nothing any more. Use the newest card.")
    return draw_reason_dialog(request, press.verdict, origin)


def _event(request: ApprovalRequest, pressed: Pressed, by: Actor) -> Event | None:
    match pressed.press:
        case Press.ASK:
            return InfoRequested(by=by, question=_SOMETHING, revision=pressed.revision)
        case Press.ANSWER:
            return InfoProvided(by=by, answer=_SOMETHING, question=pressed.question)
        case Press.ESCALATE:
            return Escalated(by=by, revision=pressed.revision, stage=pressed.stage, step=pressed.step)
        case Press.BREAK_GLASS:
            return GlassBroken(by=by, reason=_SOMETHING, revision=pressed.revision)
        case _:
            verdict = pressed.press.verdict
    if verdict is None:
        return None
    return filled(request, Reviewed(by=by, verdict=verdict, revision=pressed.revision, stage=pressed.stage))
