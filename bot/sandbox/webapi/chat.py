"""chat.*: what the bot says."""

from dataclasses import dataclass
from typing import Any, cast

from bot.sandbox.blocks import check_blocks
from bot.sandbox.history import Message
from bot.sandbox.ids import BOT_USER
from bot.sandbox.refusal import SlackRefusal
from bot.sandbox.state import Draft, State
from bot.sandbox.webapi.access import channel_to_change, channel_to_read, channel_to_write
from bot.sandbox.webapi.arguments import Arguments
from bot.sandbox.wire import draw_message_with_metadata, draw_permalink

Json = dict[str, Any]

POST_TEXT_LIMIT = 40_000
UPDATE_TEXT_LIMIT = 4_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """The words of a message; None for what was not given."""

    text: str | None
    blocks: tuple[Json, ...] | None
    metadata: Json | None


def post_message(state: State, given: Arguments) -> Json:
    """Say something in a channel, a thread or a direct message."""
    channel = channel_to_write(state, _channel_given(given))
    said = read_said(given, POST_TEXT_LIMIT)
    thread_ts = _thread(state, channel.id, given)
    state.pace.take(channel.id, state.config, state.now)
    message = state.say(
        Draft(
            channel=channel.id,
            user=BOT_USER,
            text=said.text or "",
            blocks=said.blocks or (),
            metadata=said.metadata or None,
            thread_ts=thread_ts,
            is_broadcast=bool(thread_ts) and given.flag("reply_broadcast"),
        )
    )
    return {"channel": channel.id, "ts": message.ts, "message": draw_message_with_metadata(message)}


def post_ephemeral(state: State, given: Arguments) -> Json:
    """Show something to one person only."""
    channel = channel_to_write(state, _channel_given(given))
    user = state.roster.person(given.needed("user"))
    if user.id not in channel.members or user.is_deleted:
        raise SlackRefusal("user_not_in_channel")
    said = read_said(given, POST_TEXT_LIMIT)
    draft = Draft(
        channel=channel.id,
        user=BOT_USER,
        text=said.text or "",
        blocks=said.blocks or (),
        thread_ts=_thread(state, channel.id, given),
    )
    return {"message_ts": state.whisper(draft, user.id).ts}


def update(state: State, given: Arguments) -> Json:
    """Change a message of the bot. Text without blocks takes the blocks away; metadata stays unless given."""
    channel = channel_to_change(state, _channel_given(given))
    message = _own_message(state, channel.id, given.needed("ts"), "cant_update_message")
    said = read_said(given, UPDATE_TEXT_LIMIT)
    metadata = message.metadata if said.metadata is None else said.metadata or None
    text = message.text if said.text is None else said.text
    changed = state.rewrite(message, text, said.blocks or (), metadata)
    return {
        "channel": channel.id,
        "ts": changed.ts,
        "text": changed.text,
        "message": _without_place(draw_message_with_metadata(changed)),
    }


def delete(state: State, given: Arguments) -> Json:
    """Take a message of the bot away."""
    channel = channel_to_change(state, _channel_given(given))
    message = _own_message(state, channel.id, given.needed("ts"), "cant_delete_message")
    state.remove(message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(state: State, given: Arguments) -> Json:
    """Return the address of a message."""
    channel = channel_to_read(state, given.needed("channel"))
    message = state.history.get(channel.id, given.needed("message_ts"))
    if message is None:
        raise SlackRefusal("message_not_found")
    link = draw_permalink(state.config, channel.id, message.ts, message.thread_ts)
    return {"channel": channel.id, "permalink": link}


def read_said(given: Arguments, text_limit: int) -> Said:
    """Read text, blocks and metadata. Raises SlackRefusal when there are no words, or too many."""
    text = given.text("text") if given.values.get("text") is not None else None
    raw = given.document("blocks", "invalid_blocks_format")
    if raw is not None and not isinstance(raw, list):
        raise SlackRefusal("invalid_blocks_format")
    blocks = None if raw is None else tuple(check_blocks(cast("object", raw)))
    if not (text and text.strip()) and not blocks:
        raise SlackRefusal("no_text")
    if text and len(text) > text_limit:
        raise SlackRefusal("msg_too_long")
    return Said(text=text, blocks=blocks, metadata=_read_metadata(given))


def _channel_given(given: Arguments) -> str:
    channel = given.text("channel")
    if not channel:
        raise SlackRefusal("channel_not_found")
    return channel


def _read_metadata(given: Arguments) -> Json | None:
    """Read an event type and its payload. https://docs.slack.dev/messaging/message-metadata ."""
    raw = given.document("metadata", "invalid_metadata_format")
    if raw is None or raw == {}:
        return cast("Json | None", raw)
    if not isinstance(raw, dict):
        raise SlackRefusal("invalid_metadata_format")
    metadata = cast("Json", raw)
    is_known = set(metadata) == {"event_type", "event_payload"}
    if not is_known or not isinstance(metadata["event_type"], str) or not metadata["event_type"]:
        raise SlackRefusal("invalid_metadata_format")
    if not isinstance(metadata["event_payload"], dict):
        raise SlackRefusal("invalid_metadata_schema")
    return metadata


def _thread(state: State, channel: str, given: Arguments) -> str | None:
    """Return the head of the thread asked for; a reply's stamp means the thread it stands in."""
    thread_ts = given.text("thread_ts")
    if not thread_ts:
        return None
    head = state.history.get(channel, thread_ts)
    if head is None:
        raise SlackRefusal("message_not_found")
    return head.thread_ts or head.ts


def _without_place(drawn: Json) -> Json:
    """Return what chat.update tells of the message itself: its stamp stands beside it only."""
    return {key: value for key, value in drawn.items() if key != "ts"}


def _own_message(state: State, channel: str, ts: str, error: str) -> Message:
    message = state.history.get(channel, ts)
    if message is None:
        raise SlackRefusal("message_not_found")
    if message.user != BOT_USER:
        raise SlackRefusal(error)
    return message
