"""The events that words become: the message, a mention of the app, links that the app knows."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from bot.sandbox.history import Message
from bot.sandbox.ids import BOT_USER, TEAM
from bot.sandbox.people import Channel
from bot.sandbox.state import State

Json = dict[str, Any]

_KINDS = {"im": "message.im", "public_channel": "message.channels", "private_channel": "message.groups"}
_TYPES = {"im": "im", "public_channel": "channel", "private_channel": "group"}
_LINK = re.compile(r"<(https?://[^|>]+)(?:\|[^>]*)?>")
_MENTION = re.compile(rf"<@{BOT_USER}(?:\|[^>]*)?>")


def draw_spoken(state: State, message: Message, channel: Channel) -> Iterator[Json]:
    """Yield what the app is told of one message. Words reach it only where it is a member, links everywhere.

    Its own words come back to it as a message that carries its bot_id, and as nothing else.
    https://docs.slack.dev/reference/events/app_mention says that its name in a direct message is no mention.
    """
    subscribed = state.config.events
    is_member = BOT_USER in channel.members
    if is_member and _KINDS[channel.kind] in subscribed:
        yield _draw("message", message) | {"channel_type": _TYPES[channel.kind]}
    if message.bot_id:
        return
    if is_member and channel.kind != "im" and "app_mention" in subscribed and _MENTION.search(message.text):
        yield _draw("app_mention", message)
    links = [link for link in find_links(message.text) if is_known(link, state.config.unfurl_domains)]
    if links and "link_shared" in subscribed:
        yield _draw_link_shared(state, message, links, is_member=is_member)


def find_links(text: str) -> list[str]:
    """Return the addresses in a message, each once, as they stand in its text."""
    return list(dict.fromkeys(_LINK.findall(text)))


def is_known(link: str, domains: tuple[str, ...]) -> bool:
    """Say whether a link lies in one of the *domains*, or below it."""
    host = urlsplit(link).hostname or ""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _draw(kind: str, message: Message) -> Json:
    event: Json = {
        "type": kind,
        "user": message.user,
        "text": message.text,
        "ts": message.ts,
        "team": TEAM,
        "channel": message.channel,
        "event_ts": message.ts,
    }
    event |= {"bot_id": message.bot_id} if message.bot_id else {}
    event |= {"blocks": list(message.blocks)} if message.blocks else {}
    return event | ({"thread_ts": message.thread_ts} if message.thread_ts else {})


def _draw_link_shared(state: State, message: Message, links: list[str], *, is_member: bool) -> Json:
    """Draw https://docs.slack.dev/reference/events/link_shared ; links still being typed are not told of."""
    unfurl = f"{message.channel}.{message.ts}.{state.mint.secret()}"
    state.unfurls[unfurl] = (message.channel, message.ts)
    event: Json = {
        "type": "link_shared",
        "channel": message.channel,
        "is_bot_user_member": is_member,
        "user": message.user,
        "message_ts": message.ts,
        "unfurl_id": unfurl,
        "source": "conversations_history",
        "links": [{"domain": urlsplit(link).hostname, "url": link} for link in links],
        "event_ts": message.ts,
    }
    return event | ({"thread_ts": message.thread_ts} if message.thread_ts else {})
