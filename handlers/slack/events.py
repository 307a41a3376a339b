"""Events: nothing is subscribed to yet, so whatever comes is acknowledged and left alone.

Slack sends an event again until it is acknowledged; one that made us do something would have to be remembered by its
``event_id`` in the same transaction, as clicks are.
"""

import structlog

from handlers.slack.inbound import Happened

SUBSCRIBED: frozenset[str] = frozenset()
"""The events of the manifest."""

_log = structlog.get_logger("slack")


def note_event(happened: Happened) -> None:
    """Say that an event came that nobody here asked for."""
    _log.info("slack.event_ignored", event_id=happened.event_id[:40])
