"""Events: what Slack tells us without being asked.

Slack sends an event again until it is acknowledged: what changes a request is remembered by its ``event_id`` in the
same transaction, as clicks are. One that comes again is nobody's attempt, so the log has no refusal of it. A Home tab
that is opened twice is drawn twice, and the same.
"""

import structlog

from bot.core.people.identity import Via
from bot.core.stamp import Stamp
from bot.slack import Place
from bot.slack.client import is_user_id
from bot.usecases.home import open_home
from handlers.slack.front import Front
from handlers.slack.inbound import Happened
from handlers.slack.installing.leaving import LEFT, take_leave
from handlers.slack.said.links import hear_links
from handlers.slack.said.messages import hear_direct
from handlers.slack.threads import hear, hear_named

REGROUPED = frozenset({"subteam_members_changed", "subteam_updated"})
CAME_HOME = "app_home_opened"
SAID, NAMED, LINKED = "message", "app_mention", "link_shared"
SUBSCRIBED: frozenset[str] = (
    REGROUPED | LEFT | {CAME_HOME, NAMED, LINKED, "message.channels", "message.groups", "message.im"}
)
"""The events of the manifest."""

_log = structlog.get_logger("slack")


async def note_event(front: Front, happened: Happened, replay_key: Stamp) -> None:
    """Draw a Home tab that was opened, answer who speaks to us, take an answer from its thread, forget changed groups.

    Forget our tokens, too, where the app was taken away. Say that anything else was not asked for.
    """
    kind = happened.event.get("type")
    if kind == CAME_HOME:
        await _come_home(front, happened)
        return
    if kind == SAID:
        await (hear_direct if happened.event.get("channel_type") == "im" else hear)(front, happened, replay_key)
        return
    if kind == LINKED:
        await hear_links(front, happened, replay_key)
        return
    if kind == NAMED:
        await hear_named(front, happened, replay_key)
        return
    if kind in LEFT:
        await take_leave(front, happened, replay_key)
        return
    if kind in REGROUPED:
        front.usergroups.forget()
        return
    _log.info("slack.event_ignored", event_id=happened.event_id[:40])


async def _come_home(front: Front, happened: Happened) -> None:
    """Have the Home tab of whoever opened it drawn; their messages are opened by the same event."""
    user, tab = happened.event.get("user"), happened.event.get("tab")
    if tab != "home" or not isinstance(user, str) or not is_user_id(user):
        return
    place = Place(via=Via.SLACK_HOME, team_id=happened.team_id, enterprise_id=happened.enterprise_id)
    by = await front.directory.actor(user, place)
    await front.desk.run(lambda tx, now: open_home(tx, by, user, now))
