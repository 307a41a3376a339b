"""Somebody accepts a failure for a while, by the card's menu: the dialog, and what was filled into it."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial

from bot.core.errors import Refusal, Refused
from bot.core.evidence import Failure
from bot.core.people import eligibility
from bot.core.people.identity import Actor
from bot.core.people.membership import LiveGroup
from bot.core.request import ApprovalRequest
from bot.core.stamp import Stamp
from bot.core.view import RequestView
from bot.core.waivers.giving import WaiverWish, require_terms, require_uninvolved, require_waiver_giver, unread_to_waive
from bot.core.waivers.terms import WaiverTerms
from bot.core.waivers.waiver import Waiver
from bot.slack import Pressed
from bot.slack.dialogs.reasons import REASON_BLOCK, Origin
from bot.slack.dialogs.waiving import (
    FAILURE,
    FAILURE_BLOCK,
    TICKET,
    TICKET_BLOCK,
    UNTIL,
    UNTIL_BLOCK,
    USES,
    USES_BLOCK,
    draw_waive_dialog,
    waivable,
)
from bot.usecases import look_up
from bot.usecases.waive import Waiving, waive
from handlers.slack.counting import known_to
from handlers.slack.filled import read_reason, typed
from handlers.slack.front import Front
from handlers.slack.inbound import View
from handlers.slack.opening import open_or_say

WAIVING_FIELDS: Mapping[Refusal, str] = {
    Refusal.REASON_REQUIRED: REASON_BLOCK,
    Refusal.TICKET_REQUIRED: TICKET_BLOCK,
    Refusal.TOO_OFTEN: USES_BLOCK,
    Refusal.OUT_OF_RANGE: UNTIL_BLOCK,
    Refusal.NOT_FOUND: FAILURE_BLOCK,
}
"""Beside which field of this dialog something is said; it stays open."""


async def open_waiving(front: Front, trigger_id: str, pressed: Pressed, origin: Origin, by: Actor) -> None:
    """Open the dialog; whoever may waive nothing here is told so before they write."""
    try:
        view = await front.desk.read(lambda snapshot: look_up.view(snapshot, pressed.request))
        terms = front.policy().waivers
        person = require_waiver_giver(terms, await waiver_giver(front, by, view.request, terms), front.clock())
        require_uninvolved(view.request, person)
        eligibility.require_revision(view.request, pressed.revision)
        dialog = draw_waive_dialog(view, origin, require_terms(terms), front.clock())
    except Refused as refused:
        await front.turn_away(by, refused, None if refused.code is Refusal.NOT_FOUND else pressed.request)
        return
    await open_or_say(front, trigger_id, dialog, by)


async def waive_as_filled(front: Front, pressed: Pressed, by: Actor, filled: View, replay_key: Stamp) -> Waiver:
    """Give the waiver that a dialog holds. Raises Refused."""
    view = await front.desk.read(lambda snapshot: look_up.view(snapshot, pressed.request))
    terms = front.policy().waivers
    giver = await waiver_giver(front, by, view.request, terms)
    require_waiver_giver(terms, giver, front.clock())
    # What was chosen is a place in the evidence of that revision: of another it would be another failure.
    eligibility.require_revision(view.request, pressed.revision)
    until = filled.picked_moment(UNTIL_BLOCK, UNTIL)
    if until is None:
        raise Refused(Refusal.OUT_OF_RANGE, "Choose a day and a time.")
    wish = WaiverWish(
        by=giver,
        revision=pressed.revision,
        failure=_chosen(view, filled.chosen(FAILURE_BLOCK, FAILURE)),
        reason=read_reason(filled),
        ticket=typed(filled, TICKET_BLOCK, TICKET).strip() or None,
        until=datetime.fromtimestamp(until, UTC),
        uses=_uses(typed(filled, USES_BLOCK, USES).strip()),
    )
    waiving = Waiving(request_id=pressed.request, wish=wish, replay_key=replay_key)
    return await front.desk.run(lambda tx, now: waive(tx, waiving, terms, now), (pressed.request,))


async def waiver_giver(front: Front, by: Actor, request: ApprovalRequest, terms: WaiverTerms | None) -> Actor:
    """Return *by* with everything looked up that tells whether they may waive anything."""
    return await known_to(front, by, request, partial(_unread, terms))


def _unread(terms: WaiverTerms | None, _request: ApprovalRequest, actor: Actor) -> tuple[LiveGroup, ...]:
    return unread_to_waive(terms, actor)


def _chosen(view: RequestView, place: str) -> Failure:
    failure = dict(waivable(view)).get(place)
    if failure is None:
        raise Refused(Refusal.NOT_FOUND, "Choose one of the failures.")
    return failure


def _uses(words: str) -> int:
    if not (words.isascii() and words.isdecimal()):
        raise Refused(Refusal.TOO_OFTEN, "Write a number.")
    return int(words)
