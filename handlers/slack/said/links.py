"""Links to a request: where a member writes one that we have given out, a small card stands below the message.

A link that is still being typed is not shown: nobody can tell in which channel it will be read. Slack tells of it again
when it is sent.
"""

import re
from contextlib import suppress
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.core.effects import Unfurl
from bot.core.errors import Refused
from bot.core.people.identity import Standing, Via
from bot.core.request import RequestId
from bot.core.stamp import Stamp
from bot.slack import Place
from bot.slack.faults import CALL_ERRORS
from bot.usecases.unfurl import unfurl
from handlers.slack.front import Front
from handlers.slack.inbound import Happened, Id

MOST, MOST_MESSAGES = 5, 30
"""How many links of one message are shown, and of how many messages of one person within a minute."""

_READ = 100
_SENT = "conversations_history"
_DIRECT = "D"
_REQUEST = re.compile(r"/v1/requests/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


class _Link(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    url: str


class Shared(BaseModel):
    """A ``link_shared`` event. https://docs.slack.dev/reference/events/link_shared ."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)

    channel: Id
    user: Id
    message_ts: Annotated[str, Field(pattern=r"^[0-9]{1,12}\.[0-9]{1,9}$")]
    links: list[_Link]
    source: Annotated[str, Field(max_length=100)] = _SENT
    is_bot_user_member: bool = False
    bot_id: Id | None = None


async def hear_links(front: Front, happened: Happened, replay_key: Stamp) -> None:
    """Have shown what links to requests lead to, for members, where nobody from elsewhere reads along."""
    shared = _read(happened)
    if shared is None:
        return
    found = _ours(shared, front.public_url)
    if not found or not await _is_by_member(front, happened, shared) or not await _is_among_us(front, shared):
        return
    known = await front.desk.read(lambda snapshot: [one for one in found if snapshot.request(one.about) is not None])
    if not known or not await front.rates.has_room(f"links:{shared.user}", MOST_MESSAGES):
        return
    key = replay_key.named(f"event:{happened.event_id}")
    with suppress(Refused):  # Slack told of it before
        await front.desk.run(lambda tx, _now: unfurl(tx, known[:MOST], key))


def _read(happened: Happened) -> Shared | None:
    try:
        shared = Shared.model_validate(happened.event)
    except ValidationError:
        return None
    return shared if shared.source == _SENT and shared.bot_id is None else None


def read_link(url: str, public_url: str) -> RequestId | None:
    """Return the request that *url* leads to, exactly as we give it out; None for what only looks like it."""
    start, rest = url[: len(public_url)], url[len(public_url) :]
    found = _REQUEST.fullmatch(rest) if start == public_url else None
    return RequestId(found[1]) if found else None


def _ours(shared: Shared, public_url: str) -> list[Unfurl]:
    """Return the links to what may be requests, each once."""
    urls = dict.fromkeys(link.url for link in shared.links[:_READ])
    pairs = [(url, read_link(url, public_url)) for url in urls]
    return [
        Unfurl(about=request, channel=shared.channel, ts=shared.message_ts, url=url)
        for url, request in pairs
        if request is not None
    ][: 2 * MOST]


async def _is_by_member(front: Front, happened: Happened, shared: Shared) -> bool:
    place = Place(
        via=Via.SLACK_MESSAGE,
        team_id=happened.team_id,
        enterprise_id=happened.enterprise_id,
        channel=shared.channel,
        ts=shared.message_ts,
    )
    return (await front.directory.actor(shared.user, place)).standing is Standing.MEMBER


async def _is_among_us(front: Front, shared: Shared) -> bool:
    """Tell whether only our own people read it. Of direct messages Slack tells us only when we are in them."""
    if shared.channel.startswith(_DIRECT):
        return shared.is_bot_user_member
    try:
        await front.channels.ours(shared.channel)
    except CALL_ERRORS:
        return False
    return True
