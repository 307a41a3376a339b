"""The dialogs: asking for a reason, and saying why something was not counted. Details have a module of their own."""

import json
from dataclasses import dataclass
from typing import cast

from bot.core.request import ApprovalRequest
from bot.core.ruling import Verdict
from bot.slack.cards.asked import draw_place, short_digest
from bot.slack.dialogs.fields import draw_wanted
from bot.slack.words import endings, moments, rich
from bot.slack.words.escape import lines

WORDS_CALLBACK = "jit_review"
"""A dialog that is sent with words; its sealed value says what for."""

DETAILS_CALLBACK = "jit_details"
REASON_BLOCK = "reason"
REASON_ACTION = "text"
REASON_LIMIT = 3000
"""Slack's own limit for what is typed into a dialog."""

_SENTENCE = 2000
_TITLE = 24
_HINT = "Goes to whoever asked, into the thread and into the log."


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a dialog came from: the sealed value of the button, and the message it stood on."""

    value: str
    channel: str | None = None
    ts: str | None = None

    def draw(self) -> str:
        """Return it for ``private_metadata``."""
        return json.dumps({"value": self.value, "channel": self.channel, "ts": self.ts})


def read_origin(metadata: str) -> Origin | None:
    """Return where a dialog came from; None when this is no note of ours. Its value is still to be checked."""
    try:
        note: object = json.loads(metadata)
    except ValueError:
        return None
    fields = cast("dict[str, object]", note) if isinstance(note, dict) else {}
    value, channel, ts = fields.get("value"), fields.get("channel"), fields.get("ts")
    if not isinstance(value, str):
        return None
    return Origin(
        value=value, channel=channel if isinstance(channel, str) else None, ts=ts if isinstance(ts, str) else None
    )


def draw_reason_dialog(request: ApprovalRequest, verdict: Verdict, origin: Origin) -> rich.Json:
    """Return the dialog that asks why; the rule says whether the answer may be empty."""
    word = "Approve" if verdict is Verdict.APPROVE else "Reject"
    is_needed = request.ruling.require_reason.wants_one(verdict)
    asked = draw_input("Why? This rule wants a reason." if is_needed else "Why?", _HINT)
    bound = rich.section(
        rich.words(f"Counts for revision {request.revision}, digest "), rich.code(short_digest(request))
    )
    wanted = draw_wanted(request, verdict)
    blocks = [draw_place(request, 0), rich.block(bound), *wanted, asked | ({} if is_needed else _OPTIONAL)]
    return draw_dialog(origin, (f"{word} #{request.number}", word), blocks)


def draw_dialog(origin: Origin, words: tuple[str, str], blocks: list[rich.Json]) -> rich.Json:
    """Return a dialog that is sent with words: *words* are its title and its button, *origin* holds what it does."""
    title, submit = words
    return {
        "type": "modal",
        "callback_id": WORDS_CALLBACK,
        "title": rich.plain(_fitting(title)),
        "submit": rich.plain(submit),
        "close": rich.plain("Cancel"),
        "private_metadata": origin.draw(),
        "blocks": blocks,
    }


def _fitting(title: str) -> str:
    """Return *title* at Slack's length for one: a number of fifteen digits stands in the dialog anyway."""
    return title if len(title) <= _TITLE else title.partition("#")[0].rstrip(": ")


def draw_refusal_view(title: str, sentence: str, request: ApprovalRequest | None) -> rich.Json:
    """Return what replaces a dialog whose answer did not count: why, and what is true now."""
    blocks = [rich.block(rich.section(*moments.runs(lines(sentence, _SENTENCE) or "It was refused.")))]
    if request is not None:
        blocks.append(rich.block(rich.section(rich.bold("Now: "), rich.words(endings.headline(request)))))
        blocks.append(draw_place(request, 0))
    return {
        "type": "modal",
        "callback_id": DETAILS_CALLBACK,
        "title": rich.plain(title),
        "close": rich.plain("Close"),
        "blocks": blocks,
    }


_OPTIONAL: rich.Json = {"optional": True}


def draw_input(label: str, hint: str, initial: str = "", most: int = REASON_LIMIT) -> rich.Json:
    """Return the field for what somebody has to say, in *most* characters; *initial* stands in it already."""
    return {
        "type": "input",
        "block_id": REASON_BLOCK,
        "label": rich.plain(label),
        "hint": rich.plain(hint),
        "element": {
            "type": "plain_text_input",
            "action_id": REASON_ACTION,
            "multiline": True,
            "max_length": most,
            "focus_on_load": True,
            **({"initial_value": initial[:REASON_LIMIT]} if initial else {}),
        },
    }
