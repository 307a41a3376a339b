"""Somebody lets another answer in their name, by the dialog of the Home tab: the same deed as by `/jit delegate`."""

from datetime import UTC, datetime

from bot.core.errors import Refusal, Refused
from bot.core.people import eligibility
from bot.core.people.identity import Actor, Standing, Via
from bot.core.stamp import Stamp
from bot.slack import Place
from bot.slack.dialogs.reasons import draw_refusal_view
from bot.slack.home.delegating import TO, TO_BLOCK, UNTIL, UNTIL_BLOCK, draw_delegate_dialog, draw_delegated_view
from handlers.refusals import as_sentence
from handlers.slack.front import Front
from handlers.slack.inbound import Submitted
from handlers.slack.jit.delegating import lend
from handlers.slack.opening import open_dialog

Answered = dict[str, object]

_FIELDS = {Refusal.NOT_ELIGIBLE: TO_BLOCK, Refusal.FORBIDDEN: TO_BLOCK, Refusal.OUT_OF_RANGE: UNTIL_BLOCK}
"""Beside which field it is said why something was refused, where the giver is somebody who may lend at all."""


async def open_delegating(front: Front, trigger_id: str, by: Actor) -> bool:
    """Tell whether Slack opened the dialog. Raises Refused for whoever may not lend."""
    account = eligibility.require_member(by).slack_id or ""
    given = await front.desk.read(lambda snapshot: snapshot.delegation_of(account))
    return await open_dialog(front, trigger_id, draw_delegate_dialog(given))


async def submit_delegation(front: Front, submitted: Submitted, replay_key: Stamp) -> Answered:
    """Carry out what was filled in; return what the dialog says then."""
    place = Place(via=Via.SLACK_DIALOG, team_id=submitted.team_id, enterprise_id=submitted.enterprise_id)
    by, view = await front.directory.actor(submitted.user.id, place), submitted.view
    to, until = view.picked_person(TO_BLOCK, TO), view.picked_moment(UNTIL_BLOCK, UNTIL)
    if not to or until is None:
        missing = {TO_BLOCK: "Choose somebody."} if not to else {UNTIL_BLOCK: "Choose a day and a time."}
        return {"response_action": "errors", "errors": missing}
    try:
        said = await lend(front, by, to, datetime.fromtimestamp(until, UTC), replay_key)
    except Refused as refused:
        await front.turn_away(by, refused)
        return _refusal(by, refused)
    return {"response_action": "update", "view": draw_delegated_view(said)}


def _refusal(by: Actor, refused: Refused) -> Answered:
    block = _FIELDS.get(refused.code) if by.standing is Standing.MEMBER and by.person else None
    if block is not None:
        return {"response_action": "errors", "errors": {block: as_sentence(refused)}}
    return {"response_action": "update", "view": draw_refusal_view("Not done", as_sentence(refused), None)}
