"""conversations.*: channels, and what was said in them."""

import re
from collections.abc import Sequence
from typing import Any

from bot.sandbox.history import Message
from bot.sandbox.ids import BOT_USER
from bot.sandbox.refusal import SlackRefusal
from bot.sandbox.state import State
from bot.sandbox.webapi.access import channel_to_read
from bot.sandbox.webapi.arguments import Arguments
from bot.sandbox.webapi.pages import cut_page
from bot.sandbox.wire import draw_channel, draw_message, draw_message_with_metadata

Json = dict[str, Any]

_STAMP = re.compile(r"[0-9]+(\.[0-9]{1,6})?")
_KINDS = frozenset({"public_channel", "private_channel", "mpim", "im"})


def open_direct(state: State, given: Arguments) -> Json:
    """Open the direct message with one person."""
    users = [user for user in given.text("users").split(",") if user]
    if given.text("channel"):
        channel = channel_to_read(state, given.text("channel"))
    elif len(users) != 1:
        raise SlackRefusal("users_list_not_supplied" if not users else "not_enough_users")
    else:
        channel = state.direct(users[0])
    drawn = draw_channel(channel) if given.flag("return_im") else {"id": channel.id}
    return {"channel": drawn}


def list_channels(state: State, given: Arguments) -> Json:
    """Return channels, page by page."""
    kinds = {kind.strip() for kind in given.text("types", "public_channel").split(",")}
    if not kinds <= _KINDS:
        raise SlackRefusal("invalid_types")
    found = [
        channel
        for channel in state.roster.channels()
        if channel.kind in kinds
        and not (channel.is_archived and given.flag("exclude_archived"))
        and (channel.kind == "public_channel" or BOT_USER in channel.members)
    ]
    page, cursor = cut_page(found, given.text("cursor"), given.limit(100, 999))
    return {"channels": [draw_channel(channel) for channel in page], "response_metadata": {"next_cursor": cursor}}


def info(state: State, given: Arguments) -> Json:
    """Return one channel."""
    channel = state.roster.channel(given.text("channel"))
    if channel.kind != "public_channel" and BOT_USER not in channel.members:
        raise SlackRefusal("channel_not_found")
    return {"channel": draw_channel(channel)}


def history(state: State, given: Arguments) -> Json:
    """Return what stands in a channel, newest first, page by page."""
    channel = channel_to_read(state, given.text("channel"))
    wanted = _between(state.history.timeline(channel.id), given)[::-1]
    page, cursor = cut_page(wanted, given.text("cursor"), given.limit(100, 999))
    return _messages(state, page, cursor, given) | {"pin_count": 0}


def replies(state: State, given: Arguments) -> Json:
    """Return a thread, its head first, page by page."""
    channel = channel_to_read(state, given.text("channel"))
    asked = state.history.get(channel.id, given.needed("ts"))
    if asked is None:
        raise SlackRefusal("thread_not_found")
    head = state.history.get(channel.id, asked.thread_ts or asked.ts) or asked
    wanted = _between(state.history.thread(channel.id, head.ts).replies, given)
    page, cursor = cut_page([head, *wanted], given.text("cursor"), given.limit(1000, 1000))
    return _messages(state, page, cursor, given)


def _messages(state: State, page: Sequence[Message], cursor: str, given: Arguments) -> Json:
    draw = draw_message_with_metadata if given.flag("include_all_metadata") else draw_message
    drawn = [draw(message, state.history.thread(message.channel, message.ts)) for message in page]
    answer: Json = {"messages": drawn, "has_more": bool(cursor)}
    return answer | ({"response_metadata": {"next_cursor": cursor}} if cursor else {})


def _between(messages: Sequence[Message], given: Arguments) -> Sequence[Message]:
    """Keep what lies between oldest and latest; the ends themselves only when inclusive."""
    oldest, latest = _bound(given, "oldest"), _bound(given, "latest")
    is_inclusive = given.flag("inclusive")

    def is_wanted(message: Message) -> bool:
        at = _seconds(message.ts)
        is_end = is_inclusive and at in {oldest, latest}
        return is_end or ((oldest is None or at > oldest) and (latest is None or at < latest))

    return [message for message in messages if is_wanted(message)]


def _bound(given: Arguments, name: str) -> int | None:
    text = given.text(name)
    if not text or text == "now":
        return None
    if not _STAMP.fullmatch(text):
        raise SlackRefusal(f"invalid_ts_{name}")
    return _seconds(text)


def _seconds(stamp: str) -> int:
    """Return a stamp in whole microseconds, so that two spellings of one time are equal."""
    whole, _, micro = stamp.partition(".")
    return int(whole) * 1_000_000 + int(micro.ljust(6, "0") or "0")
