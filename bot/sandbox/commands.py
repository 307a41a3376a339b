"""Slash commands, and the answers that apps give in the ack or at the response URL."""

from collections.abc import Mapping
from typing import Any, cast

from bot.sandbox.blocks import check_blocks
from bot.sandbox.counter import Counter
from bot.sandbox.gestures import Interaction
from bot.sandbox.history import Message
from bot.sandbox.ids import BOT_USER
from bot.sandbox.outbound import Ack, Kind
from bot.sandbox.payloads import draw_command
from bot.sandbox.people import Channel
from bot.sandbox.references import escape_typed
from bot.sandbox.refusal import SlackRefusal
from bot.sandbox.reply_urls import ReplyUrl
from bot.sandbox.state import Draft, State

Json = dict[str, Any]


async def run_command(counter: Counter, user: str, channel: Channel, line: str) -> Interaction:
    """Send a slash command typed as *line*, and show what the ack says."""
    state = counter.state
    name, _, text = line.strip().partition(" ")
    if name not in {command.name for command in state.config.commands}:
        return Interaction(ack=None, complaint=f"{name} is not a valid command.")
    handle = counter.handle(user, channel, None)
    typed = escape_typed(text.strip(), state.roster)
    payload = draw_command(state.roster.person(user), channel, name, typed, handle)
    ack = await counter.send(Kind.COMMAND, payload)
    if ack.failure:
        return Interaction(ack=ack, complaint=f"{name} failed with the error “{_error(ack)}”.")
    try:
        said = _show_ack(state, user, channel, ack)
    except SlackRefusal as refusal:
        return Interaction(ack=ack, complaint=f"{name} failed with the error “{refusal.code}”.")
    return Interaction(ack=ack, said=said, view=state.views.top(user))


def reply(state: State, url: ReplyUrl, document: Mapping[str, Any]) -> None:
    """Do what was posted to a response URL. Raises SlackRefusal."""
    origin = state.find(url.channel, url.origin_ts, url.user) if url.origin_ts else None
    if document.get("delete_original") is True:
        if origin:
            state.remove(origin)
        return
    text, blocks = read_words(document)
    if document.get("replace_original") is True and origin:
        state.rewrite(origin, text, blocks, origin.metadata)
        return
    message = _speak(
        state,
        Draft(channel=url.channel, user=BOT_USER, text=text, blocks=blocks, thread_ts=_thread(document, url)),
        url.user,
        document,
    )
    if url.origin_ts is None:
        state.reply_urls.bind(url.secret, message.ts)


def read_words(document: Mapping[str, Any]) -> tuple[str, tuple[Json, ...]]:
    """Return text and blocks. Raises SlackRefusal when there are none, or wrong ones."""
    text, blocks = document.get("text", ""), document.get("blocks", [])
    if not isinstance(text, str) or not isinstance(blocks, list):
        raise SlackRefusal("invalid_payload")
    if not text and not blocks:
        raise SlackRefusal("no_text")
    return text, tuple(check_blocks(cast("object", blocks)))


def _show_ack(state: State, user: str, channel: Channel, ack: Ack) -> Message | None:
    if not ack.text.strip():
        return None
    document = ack.document
    if document == {}:
        return None
    text, blocks = read_words(document) if document else (ack.text, ())
    draft = Draft(channel=channel.id, user=BOT_USER, text=text, blocks=blocks)
    return _speak(state, draft, user, document or {})


def _speak(state: State, draft: Draft, user: str, document: Mapping[str, Any]) -> Message:
    kind = document.get("response_type", "ephemeral")
    if kind not in {"ephemeral", "in_channel"}:
        raise SlackRefusal("invalid_response_type")
    return state.say(draft) if kind == "in_channel" else state.whisper(draft, user)


def _thread(document: Mapping[str, Any], url: ReplyUrl) -> str | None:
    asked = document.get("thread_ts")
    return asked if isinstance(asked, str) else url.thread_ts


def _error(ack: Ack) -> str:
    return "operation_timeout" if ack.failure == "operation_timeout" else "dispatch_failed"
