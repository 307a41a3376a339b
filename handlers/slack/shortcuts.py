"""Shortcuts: asking for an approval from anywhere, or about a message, which is linked and quoted."""

import re

import structlog

from bot.core.people.identity import Via
from bot.slack import Place
from bot.slack.dialogs.reasons import draw_refusal_view
from bot.slack.dialogs.requesting import Draft
from bot.slack.faults import CALL_ERRORS
from bot.slack.manifest import ASK_ABOUT_SHORTCUT, ASK_SHORTCUT
from bot.slack.words.escape import line, lines
from handlers.slack.front import Front
from handlers.slack.inbound import Chosen
from handlers.slack.jit.words import as_typed
from handlers.slack.opening import open_dialog
from handlers.slack.requesting import open_request_or_why

SHORTCUTS = frozenset({ASK_SHORTCUT, ASK_ABOUT_SHORTCUT})

_CHANNEL, _STAMP = re.compile(r"[CGD][A-Z0-9]{2,20}"), re.compile(r"[0-9]{1,12}\.[0-9]{1,6}")
_TITLE, _QUOTE = 100, 1000

_log = structlog.get_logger("slack")


async def choose(front: Front, chosen: Chosen) -> bool:
    """Open what a shortcut opens, or a dialog that says why not; tell whether Slack opened it."""
    if chosen.callback_id not in SHORTCUTS:
        _log.warning("slack.shortcut_unknown")
        view = draw_refusal_view("Not known", "This shortcut isn't known here any more. /jit request asks, too.", None)
        return await open_dialog(front, chosen.trigger_id, view)
    place = Place(
        via=Via.SLACK_SHORTCUT,
        team_id=chosen.team_id,
        enterprise_id=chosen.enterprise_id,
        channel=chosen.channel.id if chosen.channel else None,
        ts=chosen.message_ts,
    )
    by = await front.directory.actor(chosen.user.id, place)
    draft = await _draft(front, chosen) if chosen.callback_id == ASK_ABOUT_SHORTCUT else Draft()
    return await open_request_or_why(front, chosen.trigger_id, by, draft)


async def _draft(front: Front, chosen: Chosen) -> Draft:
    """Return what the message has to say: its first words, all of it as a quotation, and where it stands."""
    text = as_typed(chosen.message.text if chosen.message else "")
    said = lines(text, _QUOTE)
    return Draft(
        title=line(said.partition("\n")[0], _TITLE), reason=f"“{said}”" if said else "", link=await _link(front, chosen)
    )


async def _link(front: Front, chosen: Chosen) -> str | None:
    channel, ts = chosen.channel.id if chosen.channel else "", chosen.message_ts or ""
    if not (_CHANNEL.fullmatch(channel) and _STAMP.fullmatch(ts)):
        return None
    try:
        return (await front.directory.home()).permalink(channel, ts)
    except CALL_ERRORS:
        return None
