"""What the app shows of the links in somebody's message. https://docs.slack.dev/reference/methods/chat.unfurl ."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from bot.sandbox.blocks import check_blocks
from bot.sandbox.blocks.complete import complete_blocks
from bot.sandbox.history import Message
from bot.sandbox.ids import APP, BOT
from bot.sandbox.refusal import SlackRefusal
from bot.sandbox.spoken import find_links, is_known
from bot.sandbox.state import State
from bot.sandbox.webapi.arguments import Arguments

Json = dict[str, Any]

_WORDS = frozenset({"title", "text"})
"""An unfurl without blocks has to say at least one of these."""


def unfurl(state: State, given: Arguments) -> Json:
    """Show something below links in a message; said again for the same link, it replaces what was shown."""
    wanted = _read_unfurls(given)
    message = _message(state, given)
    known = {link.replace("&amp;", "&"): link for link in find_links(message.text)}
    shown = {attachment["app_unfurl_url"]: attachment for attachment in message.attachments}
    for url, content in wanted.items():
        link = known.get(url.replace("&amp;", "&"))
        if link is None:
            raise SlackRefusal("cannot_unfurl_message")
        if not is_known(link, state.config.unfurl_domains):
            raise SlackRefusal("cannot_unfurl_url")
        place = shown[link]["id"] if link in shown else len(shown) + 1
        shown[link] = _draw(state, content, link, place)
    state.put(replace(message, attachments=tuple(shown.values())))
    return {}


def _read_unfurls(given: Arguments) -> Mapping[str, Json]:
    raw = given.document("unfurls", "invalid_unfurls_format")
    if not raw:
        raise SlackRefusal("missing_unfurls")
    if not isinstance(raw, dict):
        raise SlackRefusal("invalid_unfurls_format")
    unfurls = cast("dict[str, object]", raw)
    return {url: _read_content(content) for url, content in unfurls.items()}


def _read_content(content: object) -> Json:
    if not isinstance(content, dict):
        raise SlackRefusal("cannot_parse_attachment")
    read = cast("Json", content)
    if "blocks" in read:
        check_blocks(read["blocks"])
    elif not any(isinstance(read.get(word), str) and read[word] for word in _WORDS):
        raise SlackRefusal("cannot_parse_attachment")
    return read


def _message(state: State, given: Arguments) -> Message:
    """Return the message meant: by channel and stamp, or by the id that its link_shared event carried."""
    if given.text("unfurl_id"):
        channel, ts = state.unfurls.get(given.text("unfurl_id"), ("", ""))
    else:
        channel, ts = given.text("channel"), given.text("ts")
        if not channel:
            raise SlackRefusal("missing_channel")
        if not ts:
            raise SlackRefusal("missing_ts")
        if channel not in {known.id for known in state.roster.channels()}:
            raise SlackRefusal("cannot_find_channel")
    message = state.history.get(channel, ts)
    if message is None:
        raise SlackRefusal("cannot_find_message")
    return message


def _draw(state: State, content: Json, link: str, place: int) -> Json:
    words = {key: value for key, value in content.items() if key not in {"blocks", "preview"}}
    drawn: Json = words | {
        "from_url": link,
        "app_unfurl_url": link,
        "is_app_unfurl": True,
        "app_id": APP,
        "bot_id": BOT,
        "id": place,
        "fallback": content.get("fallback", "[no preview available]"),
    }
    if "blocks" in content:
        drawn["blocks"] = list(complete_blocks(content["blocks"], state.mint))
    return drawn
