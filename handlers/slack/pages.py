"""Turning the pages of the Details dialog, and looking for failures in it."""

import re
from typing import Any, cast

from slack_sdk.errors import SlackApiError

from bot.core.errors import Refusal, Refused
from bot.core.people.identity import Via
from bot.slack import Place
from bot.slack.dialogs.details import BACK, NEXT, draw_details
from bot.slack.dialogs.reasons import draw_refusal_view, read_origin
from bot.slack.dialogs.searching import (
    SUITE,
    SUITE_BLOCK,
    WORDS,
    WORDS_BLOCK,
    Search,
    asked_for,
    read_search,
)
from bot.slack.faults import read_fault
from bot.usecases import look_up
from handlers.slack.front import Front, require_colleague
from handlers.slack.inbound import Clicked, Submitted, View

SEARCH_ACTIONS = frozenset({SUITE, WORDS})
PAGE_ACTIONS = frozenset({BACK, NEXT}) | SEARCH_ACTIONS

_PAGE = re.compile(r"[0-9]{1,4}")
_CONFLICT = "hash_conflict"
_CLOSED = frozenset({"not_found", "view_not_found"})


async def turn_page(front: Front, clicked: Clicked, dialog: View) -> None:
    """Show another page, or what was looked for, in the open dialog, or why not."""
    action, hash_ = clicked.actions[0], dialog.hash or None
    is_search = action.action_id in SEARCH_ACTIONS
    search, wanted = (_read_fields(dialog), "0") if is_search else (read_search(dialog.private_metadata), action.value)
    drawn = await _draw(front, clicked, dialog, (search, wanted))
    code = await _update(front, dialog, drawn, hash_)
    if code == _CONFLICT and is_search:
        # They chose again before the first choice was drawn: what the fields say now is this one. A page turned twice
        # is on the screen already.
        await _update(front, dialog, drawn, None)


async def search(front: Front, submitted: Submitted) -> dict[str, object]:
    """Return what the dialog does when it is sent: it shows what was looked for, or why not."""
    drawn = await _draw(front, submitted, submitted.view, (_read_fields(submitted.view), "0"))
    return {"response_action": "update", "view": drawn}


async def _draw(front: Front, sent: Clicked | Submitted, dialog: View, to: tuple[Search, str]) -> dict[str, object]:
    place = Place(via=Via.SLACK_DIALOG, team_id=sent.team_id, enterprise_id=sent.enterprise_id)
    by = await front.directory.actor(sent.user.id, place)
    try:
        require_colleague(by)
        return await _page(front, dialog, to)
    except Refused as refused:
        await front.turn_away(by, refused)
        return draw_refusal_view("Details", refused.sentence, None)


async def _page(front: Front, dialog: View, to: tuple[Search, str]) -> dict[str, object]:
    origin, (looked_for, wanted) = read_origin(dialog.private_metadata), to
    if origin is None or _PAGE.fullmatch(wanted) is None:
        raise Refused(Refusal.STALE, "This page isn't known here any more. Open the details again.")
    pressed = front.seal.read_value(origin.value)
    view = await front.desk.read(lambda snapshot: look_up.view(snapshot, pressed.request))
    return draw_details(view, int(wanted), origin, looked_for)


def _read_fields(dialog: View) -> Search:
    return asked_for(dialog.chosen(SUITE_BLOCK, SUITE), dialog.typed(WORDS_BLOCK, WORDS))


async def _update(front: Front, dialog: View, drawn: dict[str, object], hash_: str | None) -> str | None:
    """Return why Slack did not take it; None when it did, or the dialog was closed meanwhile."""
    client = cast("Any", front.client)  # the SDK leaves the types of its keywords open
    try:
        await client.views_update(view_id=dialog.id, hash=hash_, view=drawn)
    except SlackApiError as error:
        code = read_fault(error).code
        if code not in {_CONFLICT, *_CLOSED}:
            raise
        return code
    return None
