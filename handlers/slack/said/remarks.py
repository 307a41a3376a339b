"""What somebody said: read strictly, and only what a person wrote just now."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.core.stamp import Stamp
from bot.slack.client import is_user_id
from handlers.slack.inbound import Happened, Id, Json

SLACKBOT = "USLACKBOT"
"""Slack itself, where it speaks like somebody."""

_SAID_BY_PEOPLE = frozenset({None, "thread_broadcast", "file_share"})
"""The kinds of message that somebody wrote: new ones, not those that were changed, and none that Slack adds itself."""


class Remark(BaseModel):
    """A ``message`` or ``app_mention`` event: something that was said where we are, perhaps by ourselves."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    channel: Id
    ts: Annotated[str, Field(pattern=r"^[0-9]{1,12}\.[0-9]{1,9}$")]
    user: Id = ""
    text: Annotated[str, Field(max_length=40_000)] = ""
    thread_ts: Id | None = None
    subtype: Annotated[str, Field(max_length=100)] | None = None
    bot_id: Id | None = None
    edited: Json | None = None
    channel_type: Id | None = None

    @property
    def is_by_somebody(self) -> bool:
        """Tell whether a person wrote it, just now: no app, not Slack itself, and no change of something older."""
        is_new = self.subtype in _SAID_BY_PEOPLE and self.edited is None
        return is_new and self.bot_id is None and is_user_id(self.user) and self.user != SLACKBOT


def read_remark(happened: Happened) -> Remark | None:
    """Return what somebody said; None for everything else, and for what we have said ourselves."""
    try:
        remark = Remark.model_validate(happened.event)
    except ValidationError:
        return None
    return remark if remark.is_by_somebody else None


def stamp_of(happened: Happened, remark: Remark, replay_key: Stamp) -> Stamp:
    """Return what a message that names us is known by.

    Slack tells twice of one in a channel: as a message, and as a mention, which an app of an older manifest never gets.
    In a thread, where both are read, whichever comes first is taken.
    """
    known_by = f"said:{remark.channel}:{remark.ts}" if remark.thread_ts else f"event:{happened.event_id}"
    return replay_key.named(known_by)
