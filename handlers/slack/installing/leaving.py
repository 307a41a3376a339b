"""`app_uninstalled` and `tokens_revoked`: what we hold for that workspace is dropped, once, and for no other."""

from datetime import UTC, datetime
from typing import Any, cast

import structlog

from bot.core.errors import Refused
from bot.core.stamp import Stamp
from bot.usecases.installing import Departure, leave
from handlers.slack.front import Front
from handlers.slack.inbound import Happened

LEFT = frozenset({"app_uninstalled", "tokens_revoked"})

_log = structlog.get_logger("slack")


async def take_leave(front: Front, happened: Happened, replay_key: Stamp) -> None:
    """Forget the tokens of the workspace that an event says we are out of; only people's were revoked: nothing."""
    kind = str(happened.event["type"])
    if kind == "tokens_revoked" and not cast("dict[str, Any]", happened.event.get("tokens") or {}).get("bot"):
        return
    departure = Departure(
        team=happened.team_id or "",
        kind=kind,
        at=datetime.fromtimestamp(happened.event_time, UTC),
        stamp=replay_key.named(f"event:{happened.event_id}"),
    )
    try:
        was_there = await front.desk.run(lambda tx, now: leave(tx, departure, now))
    except Refused:
        return  # Slack sent it again
    front.directory.forget()
    remedy = "install it again, at /slack/install or at Slack with SLACK_BOT_TOKEN set anew"
    _log.error("slack.uninstalled", team=departure.team, because=kind, dropped=was_there, remedy=remedy)
