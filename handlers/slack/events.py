"""Events: what Slack tells us without being asked. None changes a request, so none has to be remembered.

Slack sends an event again until it is acknowledged; one that made us write something would have to be remembered by its
``event_id`` in the same transaction, as clicks are.
"""

import structlog

from handlers.slack.front import Front
from handlers.slack.inbound import Happened

REGROUPED = frozenset({"subteam_members_changed", "subteam_updated"})
SUBSCRIBED: frozenset[str] = REGROUPED
"""The events of the manifest."""

_log = structlog.get_logger("slack")


def note_event(front: Front, happened: Happened) -> None:
    """Forget who was in the user groups when one of them changed; say that anything else was not asked for."""
    if happened.event.get("type") in REGROUPED:
        front.usergroups.forget()
        return
    _log.info("slack.event_ignored", event_id=happened.event_id[:40])
