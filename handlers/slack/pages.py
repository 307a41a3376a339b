"""Turning the pages of the Details dialog."""

import re
from typing import Any, cast

from slack_sdk.errors import SlackApiError

from bot.core.errors import Refusal, Refused
from bot.core.people.identity import Via
from bot.slack import Place
from bot.slack.dialogs.details import BACK, NEXT, draw_details
from bot.slack.dialogs.reasons import draw_refusal_view, read_origin
from bot.slack.faults import read_fault
from bot.usecases import look_up
from handlers.slack.front import Front, require_colleague
from handlers.slack.inbound import Clicked, View

PAGE_ACTIONS = frozenset({BACK, NEXT})

_PAGE = re.compile(r"[0-9]{1,4}")
_LATE = frozenset({"hash_conflict", "not_found", "view_not_found"})


async def turn_page(front: Front, clicked: Clicked, dialog: View) -> None:
    """Show another page in the open dialog, or why not."""
    team_id = clicked.team.id if clicked.team else None
    by = await front.directory.actor(clicked.user.id, Place(via=Via.SLACK_DIALOG, team_id=team_id))
    try:
        require_colleague(by)
        drawn = await _page(front, dialog, clicked.actions[0].value)
    except Refused as refused:
        await front.turn_away(by, refused)
        drawn = draw_refusal_view("Details", refused.sentence, None)
    client = cast("Any", front.client)  # the SDK leaves the types of its keywords open
    try:
        await client.views_update(view_id=dialog.id, hash=dialog.hash or None, view=drawn)
    except SlackApiError as error:
        # Pressed twice, or the dialog was closed meanwhile: what is on the screen is right already.
        if read_fault(error).code not in _LATE:
            raise


async def _page(front: Front, dialog: View, wanted: str) -> dict[str, object]:
    origin = read_origin(dialog.private_metadata)
    if origin is None or _PAGE.fullmatch(wanted) is None:
        raise Refused(Refusal.STALE, "This page isn't known here any more. Open the details again.")
    pressed = front.seal.read_value(origin.value)
    view = await front.desk.read(lambda snapshot: look_up.view(snapshot, pressed.request))
    return draw_details(view, int(wanted), origin)
